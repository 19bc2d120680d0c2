import { expect, test } from "vitest";
import { enforceTags } from "../../../lib/app/enforce/enforce-tags.ts";
import type { MemoryFaults, MemoryResource } from "../../../lib/providers/memory.ts";
import { allContracts } from "../../../lib/providers/index.ts";
import { created, createWorld, messagesOf, providerError, tags, type WorldOptions } from "../enforce-world.ts";
import { genericContract } from "../generic-contract.ts";

const region = "cn-hangzhou";
const bucket = (object: Record<string, string> = {}): MemoryResource => ({
  type: "alibaba:oss:bucket",
  region,
  id: "logs",
  tags: tags(object),
});
const project = (object: Record<string, string> = {}): MemoryResource => ({
  ...bucket(object),
  type: "alibaba:log:project",
});

/** Two resources of one id, created and enforced in a call. */
async function enforce(resources: readonly MemoryResource[], options: WorldOptions = {}) {
  const contracts = [...allContracts.filter(({ types }) => !types.includes("alibaba:*:*")), genericContract];
  const world = createWorld({ resources, contracts, account: { types: ["alibaba:*"] }, ...options });
  const result = await enforceTags(messagesOf(resources.map((one) => created(one))), world.deps, world.deadline);
  const state = Object.fromEntries(
    world.alibaba.state().map(({ type, tags: own }) => [type, Object.fromEntries(own ?? [])]),
  );
  return { ...world, result, state };
}

test("two resources of one id are read and written in one call, each by itself", async () => {
  const { state, calls } = await enforce([bucket({ env: "prod" }), project()]);
  expect(state).toEqual({
    "alibaba:oss:bucket": { env: "prod", owner: "alice" },
    "alibaba:log:project": { env: "dev", owner: "alice" },
  });
  expect(calls()["alibaba:tag:ListTagResources"]).toBe(1);
});

test("of two resources of one id only the one that is refused is named", async () => {
  const { result, state } = await enforce([{ ...bucket(), notTaggable: "it is locked" }, project()]);
  expect(state["alibaba:log:project"]).toEqual({ env: "dev", owner: "alice" });
  const outcomes = result.resources.map(({ type, id, outcome }) => ({ type, id, outcome }));
  expect(outcomes).toEqual([
    { type: "alibaba:oss:bucket", id: "logs", outcome: "not-applicable" },
    { type: "alibaba:log:project", id: "logs", outcome: "tagged" },
  ]);
});

test("what a whole call is refused for is found among resources of one id", async () => {
  const faults: MemoryFaults = {
    before({ operation, resourceIds }) {
      if (operation === "listTagResources" || !resourceIds.some((name) => name.startsWith("oss/"))) return;
      throw providerError("not-taggable", { code: "InvalidParameter.ResourceType" });
    },
  };
  const { result, state } = await enforce([bucket(), project()], { faults });
  expect(state).toEqual({ "alibaba:oss:bucket": {}, "alibaba:log:project": { env: "dev", owner: "alice" } });
  expect(result.resources.map(({ outcome }) => outcome)).toEqual(["not-applicable", "tagged"]);
});

test("a resource's outcome has its bare id", async () => {
  const { result } = await enforce([bucket()]);
  expect(result.resources).toMatchObject([{ type: "alibaba:oss:bucket", id: "logs", outcome: "tagged" }]);
});
