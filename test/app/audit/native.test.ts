import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { auditShard, type AuditShardDeps } from "../../../lib/app/audit/audit-shard.ts";
import { flatLayout } from "../../../lib/app/audit/layout.ts";
import { startAudit } from "../../../lib/app/audit/start-audit.ts";
import { createRateLimiter } from "../../../lib/app/cloud/rate/limiter.ts";
import { enforceTags } from "../../../lib/app/enforce/enforce-tags.ts";
import { systemClock } from "../../../lib/app/ports/system-clock.ts";
import { publishReport } from "../../../lib/app/report/publish-report.ts";
import { memoryWriteCap } from "../../../lib/app/write/cap.ts";
import type { AwsAccountConfig } from "../../../lib/core/config/config.ts";
import { parseConfig } from "../../../lib/core/config/schema.ts";
import { preparePolicies } from "../../../lib/core/policy/prepare.ts";
import type { Finding } from "../../../lib/core/report/finding.ts";
import type { ResourceRef } from "../../../lib/core/resource.ts";
import { parseEvent } from "../../../lib/events/parse.ts";
import { createProvider } from "../../../lib/providers/index.ts";
import { createRegistry } from "../../../lib/app/cloud/route.ts";
import { memorySeen } from "../../../lib/sinks/dynamo/memory-seen.ts";
import { memoryObjects } from "../../../lib/sinks/objects/memory.ts";
import { objectRunStore } from "../../../lib/sinks/objects/run-store.ts";
import { memoryEnforceQueue, memoryAuditQueue } from "../../../lib/sinks/sqs/memory-queues.ts";
import type { EmulatedResource } from "../../../local/emulator/emulated-resource.ts";
import { startEmulator, type Emulator } from "../../../local/emulator/start.ts";
import { AT, compile, quietLog, written } from "../audit-world.ts";

const ACCOUNT = "444455556666";
const PROD = { env: "prod" };
const ROLE: EmulatedResource = {
  type: "aws:iam:role",
  account: ACCOUNT,
  region: "global",
  id: `arn:aws:iam::${ACCOUNT}:role/billing-export`,
  tags: PROD,
};
const SCALED: EmulatedResource = {
  type: "aws:autoscaling:autoScalingGroup",
  account: ACCOUNT,
  region: "us-east-1",
  id: `arn:aws:autoscaling:us-east-1:${ACCOUNT}:autoScalingGroup:0a-1b:autoScalingGroupName/web`,
  tags: PROD,
};
const PERSON: EmulatedResource = { ...ROLE, type: "aws:iam:user", id: `arn:aws:iam::${ACCOUNT}:user/ops`, tags: {} };
/** Only AWS may change it. */
const LINKED: EmulatedResource = {
  ...ROLE,
  id: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/x.amazonaws.com/Linked`,
  tags: {},
};
/** What the tag listing does show, with the same tags. */
const INSTANCE: EmulatedResource = {
  type: "aws:ec2:instance",
  account: ACCOUNT,
  region: "us-east-1",
  id: `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/i-1`,
  tags: PROD,
};
const RESOURCES = [ROLE, PERSON, LINKED, SCALED, INSTANCE];
const NATIVE = [ROLE, PERSON, SCALED];

const policyFor = (types: string) =>
  preparePolicies(
    compile(`
version: 1
requiredTags: { env: { values: [prod, dev], default: dev }, owner: { default: platform } }
policies: [{ name: all, match: { types: ["${types}"] }, require: [env, owner], mode: enforce, repair: nightly }]
`),
  );

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ resources: RESOURCES });
});
afterAll(() => emulator.close());
beforeEach(() => emulator.reset());

const HOUR = 3_600_000;
const tagsOf = (ref: ResourceRef) => emulator.world.get(ref)?.tags;

interface Night {
  readonly inventory: AwsAccountConfig["inventory"];
  /** What events told of. */
  readonly heardOf?: readonly ResourceRef[];
  readonly types?: string;
}

/** One night's audit of the emulated account, and what enforcement makes of the repairs that it sends. */
async function night({ inventory, heardOf = [], types = "aws:*" }: Night) {
  const policies = policyFor(types);
  const parsed = parseConfig("config.json", JSON.stringify(emulator.config()));
  const accounts = parsed.accounts
    .filter(({ provider }) => provider === "aws")
    .map((account) => ({ ...account, inventory, callsPerSecond: { read: 5_000, write: 5_000 } }));
  const credential = async (reference: string) => reference;
  const registry = createRegistry(accounts.map((one) => createProvider(one, { credential, clock: systemClock })));
  const objects = memoryObjects();
  const queue = memoryAuditQueue();
  const seen = memorySeen();
  await seen.note(heardOf, AT - HOUR);
  const enforceQueue = memoryEnforceQueue();
  const shared = {
    registry,
    log: quietLog,
    limiter: createRateLimiter(systemClock),
    clock: systemClock,
    random: Math.random,
  };
  let attempts = 0;
  const deps: AuditShardDeps & Parameters<typeof publishReport>[1] = {
    ...shared,
    config: { ...parsed, accounts },
    runs: objectRunStore(objects),
    queue,
    objects,
    seen,
    enforceQueue,
    layout: flatLayout,
    policies: async () => policies,
    newAttempt: () => `a${(attempts += 1)}`,
  };
  const run = "2026-11-22T02-00-00-000Z";
  const { shards } = await startAudit({ run, startedAt: AT, at: AT, policyHash: policies.hash }, deps);
  expect(shards).toHaveLength(1);
  for (const message of queue.shards.splice(0)) await auditShard(message, deps, { remainingMs: () => Infinity });
  const publication = await publishReport(run, deps);
  if (publication.state !== "published") throw new Error(publication.state);
  const repairs = enforceQueue.bodies.flatMap((body) => {
    const event = parseEvent(body);
    return event.kind === "created" ? event.resources : [];
  });
  const messages = [{ messageId: "repairs", resources: repairs, sendCount: 0, isRepair: true as const }];
  const { resources: outcomes } = await enforceTags(
    messages,
    { ...shared, policies, accounts, mode: "enforce", settleSeconds: 900, writeCap: memoryWriteCap() },
    { remainingMs: () => 60_000 },
  );
  const findings: readonly Finding[] = await written(objects, "findings");
  const kept = await seen.list({ type: "aws:*:*", account: ACCOUNT, region: "global" }, undefined);
  return { report: publication.report, findings, outcomes, kept: kept.resources.map(({ id }) => id) };
}

const GRANTED = "aws:iam:GetAccountAuthorizationDetails";
const DENIED = { effect: "error", code: "AccessDenied", httpStatus: 403 } as const;
const deny = (...actions: readonly string[]): void =>
  emulator.setFaults(actions.map((action) => ({ match: { action }, ...DENIED })));

describe("an audit of roles, users and Auto Scaling groups, which no tag listing shows", () => {
  it.each(["none", "config", "resource-explorer"] as const)(
    "judges each once by the tags that its own service shows, with %s as inventory, and repairs them",
    async (inventory) => {
      deny(GRANTED);
      const { report, findings, outcomes } = await night({ inventory });
      expect(report.evaluated).toMatchObject({ unknown: 0, noncompliant: 4, compliant: 0, "not-applicable": 1 });
      expect(report.notTaggable).toEqual({ ServiceLinkedRole: 1 });
      expect(report.resources).toBe(5);
      expect(report.complete).toBe(true);
      expect(report.gaps).toEqual([]);
      expect(report.coverage.byType["aws:iam:role"]).toMatchObject({ inventory: 2 });
      expect(findings.map(({ id, missing }) => [id, missing])).toEqual([
        [INSTANCE.id, ["owner"]],
        [SCALED.id, ["owner"]],
        [ROLE.id, ["owner"]],
        [PERSON.id, ["env", "owner"]],
      ]);
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(["tagged", "tagged", "tagged", "tagged"]);
      expect([...NATIVE, LINKED].map(tagsOf)).toEqual([
        { env: "prod", owner: "platform" },
        { env: "dev", owner: "platform" },
        { env: "prod", owner: "platform" },
        {},
      ]);
    },
  );

  it("reads roles and users in one listing where the account grants it, and one by one where it doesn't", async () => {
    const granted = await night({ inventory: "none" });
    expect(granted.report.calls).toMatchObject({ [GRANTED]: 2 });
    expect(granted.report.calls).not.toHaveProperty("aws:iam:ListRoleTags");
    emulator.reset();
    deny(GRANTED);
    const refused = await night({ inventory: "none" });
    expect(refused.report.calls).toMatchObject({ "aws:iam:ListRoleTags": 1, "aws:iam:ListUserTags": 1 });
    expect(refused.findings).toEqual(granted.findings);
    expect(refused.report.evaluated).toEqual(granted.report.evaluated);
  });

  it.each([
    ["aws:iam:ListRoleTags", ROLE],
    ["aws:iam:ListUserTags", PERSON],
    ["aws:autoscaling:DescribeTags", SCALED],
  ])(
    "counts as unknown what it has no right to read by %s, says why, and has its repair leave it alone",
    async (action, one) => {
      deny(GRANTED, action);
      const { report, findings, outcomes } = await night({ inventory: "none" });
      expect(report.evaluated).toMatchObject({ unknown: 1, noncompliant: 3 });
      expect(report.readErrors).toEqual({ [`${one.type} AccessDenied`]: 1 });
      expect(findings.find(({ id }) => id === one.id)).toMatchObject({ compliance: "unknown", code: "AccessDenied" });
      expect(outcomes.map(({ id }) => id)).not.toContain(one.id);
      expect(tagsOf(one)).toEqual(one.tags);
    },
  );

  it.each([
    ["aws:iam:ListRoles", "aws:iam:role"],
    ["aws:iam:ListUsers", "aws:iam:user"],
    ["aws:autoscaling:DescribeAutoScalingGroups", "aws:autoscaling:autoScalingGroup"],
  ])("has a gap where it has no right to list by %s, and is not complete", async (action, type) => {
    deny(action);
    const { report } = await night({ inventory: "config" });
    expect(report.complete).toBe(false);
    expect(report.gaps.map((gap) => [gap.type, gap.reason.split(":")[0]])).toEqual([[type, "AccessDenied"]]);
  });

  it("leaves out and forgets what only events told of and is there no more", async () => {
    emulator.world.remove(ROLE);
    emulator.world.remove(SCALED);
    const { report, findings, kept } = await night({ inventory: "none", heardOf: [ROLE, PERSON, SCALED] });
    expect(report.evaluated).toMatchObject({ unknown: 0, noncompliant: 2 });
    expect(findings.map(({ id }) => id)).toEqual([INSTANCE.id, PERSON.id]);
    expect(kept).toEqual([PERSON.id]);
  });

  it("has no word on those that no policy matches", async () => {
    const { report } = await night({ inventory: "config", types: "aws:ec2:*" });
    expect(report.evaluated).toMatchObject({ unknown: 0, "not-applicable": 4 });
    expect(report.readErrors).toEqual({});
    expect(report.coverage.notes).toEqual([]);
  });
});
