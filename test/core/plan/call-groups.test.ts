import { expect, test } from "vitest";
import { api, contract, planWith, resource, text, uniform } from "./planning.ts";

test("where one resource fills a call, each takes one", () => {
  const huawei = contract({ cap: 1, tagsPerCall: 20, tagsPerResource: 50 });
  expect(planWith(uniform(500, 8, 1), huawei)).toMatchObject({ calls: 500, lowerBound: 500 });
});

test("resources with a tag of their own are written whole, and the others as if those weren't there", () => {
  const owned = uniform(100, 4, 1).map((one, index) => ({
    ...one,
    tags: [...one.tags, { key: "owner", value: `o${index}` }],
  }));
  const others = [resource("x1", { a: "1" }), resource("x2", { a: "1" })];
  expect(planWith([...owned, ...others], api)).toMatchObject({ calls: 101, lowerBound: 101 });
});

test("resources of one type share a call, those of two types don't", () => {
  const mixed = [resource("r1", { env: "dev" }), resource("r2", { env: "dev" }, { type: "alibaba:test:b" })];
  expect(planWith(mixed).calls).toBe(2);
  expect(planWith([...mixed, resource("r3", { env: "dev" })]).calls).toBe(2);
});

test("types of a contract that says so share a call, under the type that the contract names", () => {
  const together = contract({ batching: "together", types: ["alibaba:*:*"] });
  const mixed = [resource("r1", { env: "dev" }), resource("r2", { env: "dev" }, { type: "alibaba:test:b" })];
  expect(planWith(mixed, together).batches).toMatchObject([{ type: "alibaba:*:*", resourceIds: ["r1", "r2"] }]);
});

test("projects never share a call, and a batch names its own", () => {
  const inProject = (id: string, project: string) => resource(id, { env: "dev" }, { project });
  const { batches } = planWith([inProject("r1", "p1"), inProject("r2", "p2"), inProject("r3", "p1")]);
  expect(batches.map(({ project, resourceIds }) => [project, resourceIds])).toEqual([
    ["p1", ["r1", "r3"]],
    ["p2", ["r2"]],
  ]);
});

test("accounts and regions never share a call", () => {
  const apart = [
    resource("r1", { env: "dev" }),
    resource("r2", { env: "dev" }, { region: "eu" }),
    resource("r3", { env: "dev" }, { account: "2" }),
  ];
  expect(planWith(apart).calls).toBe(3);
});

test("a resource that misses more tags than a call takes is written in several", () => {
  const many = resource("r1", { a: "1", b: "1", c: "1", d: "1", e: "1" });
  expect(planWith([many])).toMatchObject({ calls: 3, lowerBound: 3 });
});

test("keys that are missed together go together where that needs fewer calls than one per tag or identical sets", () => {
  // 3 × {a,b}, 3 × {c,d} and one of each mixed set: blocks {a,b} and {c,d} need 4 calls.
  const one = contract({ cap: 6, tagsPerCall: 4 });
  const sets = ["ab", "ab", "ab", "cd", "cd", "cd", "abcd", "abcd", "abcd"];
  const resources = sets.map((keys, index) =>
    resource(`r${index}`, Object.fromEntries([...keys].map((key) => [key, "1"]))),
  );
  expect(planWith(resources, one)).toMatchObject({ calls: 2, lowerBound: 2 });
});

test("keys with the names of object members are keys like any other", () => {
  const result = planWith(
    [resource("r1", { constructor: "1" }), resource("r2", { constructor: "1" })],
    contract({ key: { ...text, maxLength: 20 } }),
  );
  expect(result).toMatchObject({ calls: 1, unresolved: [] });
});
