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
const PAGE = "https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/supported-services.html";
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
/** What the tag listing does show, with the same tags. */
const INSTANCE: EmulatedResource = {
  type: "aws:ec2:instance",
  account: ACCOUNT,
  region: "us-east-1",
  id: `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/i-1`,
  tags: PROD,
};
const RESOURCES = [ROLE, SCALED, INSTANCE];

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

describe("an audit of types that the tag listing is silent about", () => {
  it.each(["config", "resource-explorer"] as const)(
    "counts what %s shows of them as unknown, says why, and has its nightly repair leave them alone",
    async (inventory) => {
      const { report, findings, outcomes } = await night({ inventory });
      expect(report.evaluated).toMatchObject({ unknown: 2, noncompliant: 1, compliant: 0 });
      expect(report.readErrors).toEqual({
        "aws:autoscaling:autoScalingGroup TagsUnreadable": 1,
        "aws:iam:role TagsUnreadable": 1,
      });
      expect(report.coverage).toMatchObject({ inventory: 3, tagListing: 1 });
      expect(report.coverage.notes).toEqual([
        `aws:tagging:GetResources never shows the tags of aws:autoscaling:autoScalingGroup (${PAGE})`,
        `aws:tagging:GetResources never shows the tags of aws:iam:role (${PAGE})`,
      ]);
      const unknown = findings.filter(({ compliance }) => compliance === "unknown");
      expect(unknown.map(({ id, code, missing }) => [id, code, missing])).toEqual([
        [SCALED.id, "TagsUnreadable", []],
        [ROLE.id, "TagsUnreadable", []],
      ]);
      expect(outcomes.map(({ id, outcome }) => [id, outcome])).toEqual([[INSTANCE.id, "tagged"]]);
      expect([tagsOf(ROLE), tagsOf(SCALED)]).toEqual([PROD, PROD]);
      expect(tagsOf(INSTANCE)).toEqual({ env: "prod", owner: "platform" });
    },
  );

  it("counts what only events told of as unknown, and keeps it: without an inventory nobody can tell whether it is still there", async () => {
    const { report, kept } = await night({ inventory: "none", heardOf: [ROLE] });
    expect(report.evaluated).toMatchObject({ unknown: 1, noncompliant: 1 });
    expect(report.coverage).toMatchObject({ onlyEvents: 1, gone: {} });
    expect(kept).toEqual([ROLE.id]);
  });

  it.each(["config", "resource-explorer"] as const)(
    "leaves out and forgets what only events told of and %s doesn't list",
    async (inventory) => {
      emulator.world.remove(ROLE);
      const { report, findings, kept } = await night({ inventory, heardOf: [ROLE] });
      expect(report.evaluated).toMatchObject({ unknown: 1, noncompliant: 1 });
      expect(findings.map(({ id }) => id)).not.toContain(ROLE.id);
      expect(kept).toEqual([]);
    },
  );

  it("says without an inventory that they are not seen", async () => {
    const { report } = await night({ inventory: "none" });
    expect(report.evaluated).toMatchObject({ unknown: 0, noncompliant: 1 });
    expect(report.coverage.notes).toEqual([
      `aws:autoscaling:autoScalingGroup, aws:iam:role, aws:iam:user of account ${ACCOUNT} are seen only where events tell of them: aws:tagging:GetResources never shows them, and no inventory is configured there`,
    ]);
  });

  it("has no word on those that no policy matches", async () => {
    const { report } = await night({ inventory: "config", types: "aws:ec2:*" });
    expect(report.evaluated).toMatchObject({ unknown: 0, "not-applicable": 2 });
    expect(report.readErrors).toEqual({});
    expect(report.coverage.notes).toEqual([]);
  });
});
