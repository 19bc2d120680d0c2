import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createRateLimiter } from "../../../lib/app/cloud/rate/limiter.ts";
import { createRegistry } from "../../../lib/app/cloud/route.ts";
import { enforceTags } from "../../../lib/app/enforce/enforce-tags.ts";
import { systemClock } from "../../../lib/app/ports/system-clock.ts";
import { memoryWriteCap } from "../../../lib/app/write/cap.ts";
import type { Trouble } from "../../../lib/core/alert/trouble-alerts.ts";
import { parseConfig } from "../../../lib/core/config/schema.ts";
import { preparePolicies } from "../../../lib/core/policy/prepare.ts";
import { parseEvent } from "../../../lib/events/parse.ts";
import { createProvider } from "../../../lib/providers/index.ts";
import { composeCreatedEvent } from "../../../local/compose-events/compose.ts";
import type { EmulatedResource } from "../../../local/emulator/emulated-resource.ts";
import { startEmulator, type Emulator } from "../../../local/emulator/start.ts";
import { compile, quietLog } from "../audit-world.ts";

// The tagging API shows nothing of these, whatever they carry: each is read through its own service, over HTTP.

const ACCOUNT = "444455556666";
const iam = (kind: string, path: string, tags: Record<string, string> = {}): EmulatedResource => ({
  type: `aws:iam:${kind}`,
  account: ACCOUNT,
  region: "global",
  id: `arn:aws:iam::${ACCOUNT}:${kind}/${path}`,
  tags,
});
const group = (name: string, tags: Record<string, string> = {}): EmulatedResource => ({
  type: "aws:autoscaling:autoScalingGroup",
  account: ACCOUNT,
  region: "us-east-1",
  id: `arn:aws:autoscaling:us-east-1:${ACCOUNT}:autoScalingGroup:0a-1b:autoScalingGroupName/${name}`,
  tags,
});
const INSTANCE: EmulatedResource = {
  type: "aws:ec2:instance",
  account: ACCOUNT,
  region: "us-east-1",
  id: `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/i-1`,
};
const DENIED = { effect: "error", code: "AccessDenied", httpStatus: 403 } as const;

const policies = preparePolicies(
  compile(`
version: 1
requiredTags: { env: { values: [prod, dev], default: dev }, owner: { default: platform } }
policies: [{ name: all, match: { types: ["aws:*"] }, require: [env, owner], mode: enforce }]
`),
);

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());
beforeEach(() => emulator.reset());

/** Enforces on the events of these resources, which were created an hour ago. */
async function enforced(resources: readonly EmulatedResource[], existing = resources) {
  for (const one of existing) emulator.world.create(one);
  const parsed = parseConfig("config.json", JSON.stringify(emulator.config()));
  const accounts = parsed.accounts
    .filter(({ provider }) => provider === "aws")
    .map((account) => ({ ...account, callsPerSecond: { read: 5_000, write: 5_000 } }));
  const registry = createRegistry(
    accounts.map((one) => createProvider(one, { credential: async (name) => name, clock: systemClock })),
  );
  const troubles: Trouble[] = [];
  const messages = resources.map((one, index) => {
    const at = Date.now() - 3_600_000;
    const event = parseEvent(composeCreatedEvent({ ...one, tags: new Map() }, { at }));
    return {
      messageId: String(index),
      resources: event.kind === "created" ? event.resources : expect.fail("no creation"),
      sendCount: 0,
    };
  });
  const result = await enforceTags(
    messages,
    {
      registry,
      accounts,
      policies,
      log: quietLog,
      limiter: createRateLimiter(systemClock),
      clock: systemClock,
      random: Math.random,
      mode: "enforce",
      settleSeconds: 900,
      writeCap: memoryWriteCap(),
      alert: async (told) => void troubles.push(...told),
    },
    { remainingMs: () => 20_000 },
  );
  return { ...result, troubles };
}

const tagsOf = (ref: EmulatedResource) => emulator.world.get(ref)?.tags;

describe("a role, a user and an Auto Scaling group", () => {
  test("that were tagged by a call after the creating one keep what they carry", async () => {
    const tagged = { owner: "finance-team", env: "prod" };
    const all = [iam("role", "billing-export", tagged), iam("user", "ops", tagged), group("web", tagged)];
    const { resources } = await enforced(all);
    expect(resources.map(({ outcome }) => outcome)).toEqual(["compliant", "compliant", "compliant"]);
    for (const one of all) expect(tagsOf(one)).toEqual(tagged);
    expect(emulator.calls()).toEqual({
      "aws:iam:ListRoleTags": 1,
      "aws:iam:ListUserTags": 1,
      "aws:autoscaling:DescribeTags": 1,
    });
  });

  test("get what they lack, in the call of their neighbours, and keep the rest", async () => {
    const all = [iam("role", "a/b/r", { env: "prod" }), iam("user", "u"), group("g", { owner: "x" }), INSTANCE];
    const { resources } = await enforced(all);
    expect(resources.map(({ outcome }) => outcome)).toEqual(["tagged", "tagged", "tagged", "tagged"]);
    expect(all.map(tagsOf)).toEqual([
      { env: "prod", owner: "platform" },
      { env: "dev", owner: "platform" },
      { env: "dev", owner: "x" },
      { env: "dev", owner: "platform" },
    ]);
  });

  test("that carry more tags than a page holds are read to the end", async () => {
    const many = Object.fromEntries(Array.from({ length: 48 }, (_, n) => [`k${n}`, "v"]));
    const all = ["a", "b", "c"].map((name) => group(name, { ...many, env: "prod", owner: "x" }));
    const { resources } = await enforced(all);
    expect(resources.map(({ outcome }) => outcome)).toEqual(["compliant", "compliant", "compliant"]);
    expect(emulator.calls()).toEqual({ "aws:autoscaling:DescribeTags": 2 });
  });

  test.each([
    ["aws:iam:ListRoleTags", iam("role", "r", { env: "prod" })],
    ["aws:iam:ListUserTags", iam("user", "u", { env: "prod" })],
    ["aws:autoscaling:DescribeTags", group("g", { env: "prod" })],
  ])(
    "are unknown without the right to call %s: never written, told at once, and back with the reason",
    async (action, one) => {
      emulator.setFaults([{ match: { action }, ...DENIED }]);
      const { resources, troubles, actions } = await enforced([one, INSTANCE]);
      expect(resources).toMatchObject([{ outcome: "redelivered", code: "AccessDenied" }, { outcome: "tagged" }]);
      expect(tagsOf(one)).toEqual({ env: "prod" });
      expect(troubles).toMatchObject([{ kind: "access" }]);
      expect(actions.map(({ action }) => action)).toEqual(["send-again", "acknowledge"]);
    },
  );

  test("are gone where their service doesn't find them", async () => {
    const { resources } = await enforced([iam("role", "gone"), iam("user", "gone")], []);
    expect(resources).toMatchObject([
      { outcome: "gone", code: "NoSuchEntity" },
      { outcome: "gone", code: "NoSuchEntity" },
    ]);
  });
});

test.each([
  [
    "a service-linked role",
    "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
    "ServiceLinkedRole",
  ],
  ["a role of IAM Identity Center", "aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0a", "ReservedRole"],
])("%s is not applicable, with the reason, and nothing is asked or written", async (_, path, code) => {
  const one = iam("role", path);
  const { resources } = await enforced([one]);
  expect(resources).toMatchObject([{ outcome: "not-applicable", code }]);
  expect(tagsOf(one)).toEqual({});
  expect(emulator.calls()).toEqual({});
});

test("a role whose name looks like one of AWS's own is tagged as any other", async () => {
  const { resources } = await enforced([iam("role", "AWSReservedSSO_not"), iam("role", "aws-reserved-not/x")]);
  expect(resources.map(({ outcome }) => outcome)).toEqual(["tagged", "tagged"]);
});
