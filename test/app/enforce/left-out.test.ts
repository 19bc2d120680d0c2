import { expect, test } from "vitest";
import { enforceTags } from "../../../lib/app/enforce/enforce-tags.ts";
import { allContracts } from "../../../lib/providers/index.ts";
import type { MemoryResource } from "../../../lib/providers/memory.ts";
import { memorySeen } from "../../../lib/sinks/dynamo/memory-seen.ts";
import { ALIBABA, created, createWorld, messagesOf, tags, type WorldOptions } from "../enforce-world.ts";
import { genericContract } from "../generic-contract.ts";

const DISK: MemoryResource = { type: "alibaba:ecs:disk", region: "cn-hangzhou", id: "d-1", tags: tags({}) };
const seeds = allContracts.filter(({ types }) => !types.includes("alibaba:*:*"));

/** A disk is created in an account. */
async function enforce(options: WorldOptions) {
  const seen = memorySeen();
  const world = createWorld({ resources: [DISK], ...options, deps: { seen } });
  const { actions, resources } = await enforceTags(messagesOf([created(DISK)]), world.deps, world.deadline);
  const place = { type: DISK.type, account: ALIBABA, region: DISK.region };
  const noted = (await seen.list(place, undefined)).resources.map(({ id }) => id);
  return { actions: actions.map(({ action }) => action), outcomes: resources, noted, tags: world.tagsOf(DISK.id) };
}

/** The cloud has a contract that accounts opt in to. */
const OPTIONAL: WorldOptions = { leavesTypes: true };

const LEFT = {
  actions: ["acknowledge"],
  outcomes: [{ outcome: "not-applicable", code: "TypeLeftOut" }],
  noted: [],
  tags: {},
};

test("what is created of a type that an account's `types` name is tagged, and known to its audit", async () => {
  const account = { types: ["alibaba:*"] };
  expect(await enforce({ ...OPTIONAL, contracts: [...seeds, genericContract], account })).toMatchObject({
    actions: ["acknowledge"],
    outcomes: [{ outcome: "tagged" }],
    noted: ["d-1"],
    tags: { env: "dev" },
  });
});

test("what is created of a type that an account leaves out ends at once, and no audit looks for it", async () => {
  expect(await enforce({ ...OPTIONAL, contracts: seeds })).toMatchObject(LEFT);
});

test("so does one that its `types` leave out beside others of the same contract", async () => {
  const account = { types: ["alibaba:oss:*"] };
  expect(await enforce({ ...OPTIONAL, contracts: [...seeds, genericContract], account })).toMatchObject(LEFT);
});

test("a type of a cloud whose contracts are for every account comes back, for somebody to correct it", async () => {
  const { actions, outcomes } = await enforce({ contracts: seeds });
  expect(actions).not.toEqual(["acknowledge"]);
  expect(outcomes).toMatchObject([{ outcome: "redelivered", code: "NotConfigured" }]);
});
