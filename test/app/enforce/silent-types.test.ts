import { describe, expect, test } from "vitest";
import { undo } from "../../../lib/app/change/undo.ts";
import { createCaller } from "../../../lib/app/cloud/call.ts";
import { readTags } from "../../../lib/app/cloud/read-tags.ts";
import { createRouter } from "../../../lib/app/cloud/route.ts";
import { enforceTags } from "../../../lib/app/enforce/enforce-tags.ts";
import type { CreatedMessage } from "../../../lib/app/enforce/messages.ts";
import type { Trouble } from "../../../lib/core/alert/trouble-alerts.ts";
import type { TypeContract } from "../../../lib/core/contract.ts";
import { resourceKey, type Resource } from "../../../lib/core/resource.ts";
import { vpcIpamContract } from "../../../lib/providers/alibaba/contract.ts";
import { resourceGroupsTaggingContract } from "../../../lib/providers/aws/contract.ts";
import { allContracts } from "../../../lib/providers/index.ts";
import { memoryProvider, type MemoryResource } from "../../../lib/providers/memory.ts";
import { ALIBABA, AWS, created, createWorld, instance, messagesOf, POLICY, tags } from "../enforce-world.ts";

const SOURCE = "https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/supported-services.html";
const PROD = tags({ env: "prod" });
const ROLE: MemoryResource = {
  type: "aws:iam:role",
  region: "global",
  id: `arn:aws:iam::${AWS}:role/billing/export`,
  tags: PROD,
};
const PERSON: MemoryResource = { ...ROLE, type: "aws:iam:user", id: `arn:aws:iam::${AWS}:user/ops` };
const SCALED: MemoryResource = {
  type: "aws:autoscaling:autoScalingGroup",
  region: "us-east-1",
  id: `arn:aws:autoscaling:us-east-1:${AWS}:autoScalingGroup:0a-1b:autoScalingGroupName/web`,
  tags: PROD,
};
const SILENT = [ROLE, PERSON, SCALED];
/** As if nothing but the tagging API read the types that it is silent about. */
const CONTRACTS = allContracts.map((contract) => ({ ...contract, nativeLists: {} }));
const UNREADABLE = { outcome: "report-only", code: "TagsUnreadable", tags: [] };

/** Enforces on these resources, which all exist. */
async function enforced(resources: readonly Resource[], message: Partial<CreatedMessage> = {}, policy = POLICY) {
  const troubles: Trouble[] = [];
  const deps = { alert: async (told: readonly Trouble[]) => void troubles.push(...told) };
  const world = createWorld({
    resources: [...SILENT, instance("i-1", { env: "prod" })],
    contracts: CONTRACTS,
    policy,
    deps,
  });
  const messages = messagesOf(resources).map((one) => ({ ...one, ...message }));
  const result = await enforceTags(messages, world.deps, world.deadline);
  const acknowledged = result.actions.filter(({ action }) => action === "acknowledge");
  return { ...world, ...result, troubles, allAcknowledged: acknowledged.length === messages.length };
}

describe("types that the tag listing is silent about, and that no other API reads", () => {
  test.each(SILENT)("are read as unknown and not asked for, under whatever type they come: $type", async (one) => {
    const { deps, deadline, clock, calls } = createWorld({ resources: SILENT, contracts: CONTRACTS });
    const routeTo = createRouter(deps.registry, deps.accounts);
    const routed = [one.type, "aws:*:*", "aws:iam:Role"].map((type) => {
      const ref = { type, account: AWS, region: one.region, id: one.id };
      const route = routeTo({ ...ref, type: "aws:*:*" });
      return { ref, route: "problem" in route ? expect.fail(route.problem) : route };
    });
    const readings = await readTags(routed, { caller: createCaller({ ...deps, deadline }), clock });
    const message = `aws:tagging:GetResources never shows the tags of ${one.type} (${SOURCE})`;
    for (const { ref } of routed) {
      expect(readings.get(resourceKey(ref))).toMatchObject({
        kind: "unknown",
        error: { code: "TagsUnreadable", kind: "unreadable", retryable: false, message },
      });
    }
    expect(calls()).toEqual({});
  });

  test("leave the resources that are read with them known", async () => {
    const { resources, tagsOf } = await enforced([...SILENT, instance("i-1")].map((one) => created(one)));
    expect(resources).toMatchObject([UNREADABLE, UNREADABLE, UNREADABLE, { outcome: "tagged" }]);
    expect(tagsOf(instance("i-1").id)).toEqual({ env: "prod", owner: "alice" });
  });

  const justNow = { createdAt: new Date(Date.UTC(2026, 10, 22, 11, 59)).toISOString() };
  test.each([
    ["an event", SILENT.map((one) => created(one)), {}],
    ["an event of a moment ago", SILENT.map((one) => created(one, justNow)), {}],
    [
      "an event whose request named all tags",
      SILENT.map((one) => created(one, { ...justNow, requestTags: tags({ env: "dev", owner: "bob" }) })),
      {},
    ],
    ["a line that says that there are none", SILENT.map((one) => ({ ...created(one), tags: tags({}) })), {}],
    [
      "an audit's repair",
      SILENT.map((one) => ({ ...one, account: AWS, tags: undefined })),
      { isRepair: true as const },
    ],
  ])(
    "are never written and end as report-only by %s, acknowledged and without a trouble",
    async (_, named, message) => {
      const { resources, calls, tagsOf, troubles, allAcknowledged } = await enforced(named, message);
      expect(resources).toMatchObject([UNREADABLE, UNREADABLE, UNREADABLE]);
      expect(calls()).toEqual({});
      for (const { id } of SILENT) expect(tagsOf(id)).toEqual({ env: "prod" });
      expect(allAcknowledged).toBe(true);
      expect(troubles).toEqual([]);
    },
  );

  test("are not applicable where no policy matches them, whatever their tags are", async () => {
    const policy = POLICY.replace('"aws:*"', '"aws:ec2:*"');
    const { resources } = await enforced(
      SILENT.map((one) => created(one)),
      {},
      policy,
    );
    expect(resources.map(({ outcome }) => outcome)).toEqual(["not-applicable", "not-applicable", "not-applicable"]);
  });

  test("are left alone by undo, which says that their tags can't be read", async () => {
    const { deps, calls, tagsOf, clock } = createWorld({ resources: SILENT, contracts: CONTRACTS });
    const entries = SILENT.map(({ type, region, id }) => {
      const at = new Date(clock.now()).toISOString();
      return { type, account: AWS, region, id, key: "env", value: "prod", policyHash: "h", requestId: "r", at };
    });
    const endsAt = clock.now() + 60_000;
    const undone = await undo(
      entries,
      { ...deps, route: createRouter(deps.registry, deps.accounts) },
      { apply: true, deadline: { remainingMs: () => endsAt - clock.now() } },
    );
    expect(undone.plannedCalls).toEqual([]);
    expect(undone.tags).toMatchObject(
      SILENT.map(({ id, type }) => ({
        id,
        outcome: "report-only",
        code: "TagsUnreadable",
        message: `aws:tagging:GetResources never shows the tags of ${type} (${SOURCE})`,
      })),
    );
    expect(calls()).toEqual({});
    for (const { id } of SILENT) expect(tagsOf(id)).toEqual({ env: "prod" });
  });

  test("are those that a contract names, on any cloud", async () => {
    const { deps, deadline, clock } = createWorld();
    const [account] = deps.accounts;
    if (account === undefined) throw new Error("no account");
    const types = ["alibaba:vpcipam:IPAM", "alibaba:vpcipam:IPAMPOOL"];
    const resources = types.map((type) => ({ type, region: "cn-hangzhou", id: type, tags: PROD }));
    const silentTypes = { "alibaba:vpcipam:IPAM": "https://example.com/" };
    const contract: TypeContract = { ...vpcIpamContract, list: { ...vpcIpamContract.list, silentTypes } };
    const provider = memoryProvider({ account: ALIBABA, regions: ["cn-hangzhou"], contracts: [contract], resources });
    const routed = resources.map(({ type, region, id }) => ({
      ref: { type, account: ALIBABA, region, id },
      route: { provider, account, contract },
    }));
    const readings = await readTags(routed, { caller: createCaller({ ...deps, deadline }), clock });
    expect([...readings.values()]).toMatchObject([
      { kind: "unknown", error: { code: "TagsUnreadable" } },
      { kind: "known", tags: PROD },
    ]);
  });

  test("are in AWS those of its page of supported services, each with that page", () => {
    expect(resourceGroupsTaggingContract.list.silentTypes).toEqual({
      "aws:iam:role": SOURCE,
      "aws:iam:user": SOURCE,
      "aws:autoscaling:autoScalingGroup": SOURCE,
    });
  });
});
