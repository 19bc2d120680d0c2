import { expect, test } from "vitest";
import { plan } from "../../../lib/core/plan.ts";
import { perfect, planWith, resource, tagsOf } from "./planning.ts";

test("slots are given away in policy order, and what doesn't fit is unresolved as TagQuota", () => {
  const crowded = { ...resource("r1", { z: "1", a: "1" }), current: tagsOf(5) };
  const result = planWith([crowded]);
  expect(result.batches).toMatchObject([{ tags: new Map([["z", "1"]]) }]);
  expect(result.unresolved).toMatchObject([{ id: "r1", key: "a", code: "TagQuota" }]);
});

test("a key that is there already needs no slot", () => {
  const full = { ...resource("r1", { k0: "new" }), current: tagsOf(6) };
  expect(planWith([full])).toMatchObject({ calls: 1, unresolved: [] });
});

test("tags under a reserved prefix take no slot", () => {
  const system = { ...resource("r1", { a: "1" }), current: new Map([...tagsOf(5), ["sys:owner", "cloud"]]) };
  expect(planWith([system])).toMatchObject({ calls: 1, unresolved: [] });
});

test("a tag that the provider would refuse is unresolved as IllegalTag, with the reason", () => {
  const result = planWith([resource("r1", { env: "dev", "sys:x": "1", b: "123456789" })]);
  expect(result.batches).toMatchObject([{ tags: new Map([["env", "dev"]]) }]);
  expect(result.unresolved.map(({ key, code }) => [key, code])).toEqual([
    ["sys:x", "IllegalTag"],
    ["b", "IllegalTag"],
  ]);
  expect(result.unresolved[1]?.reason).toContain("longer than 8 characters");
});

test("a type without a contract is unresolved, not lost", () => {
  const result = plan({ resources: [perfect], contractFor: () => undefined });
  expect(result).toMatchObject({ calls: 0, unresolved: [{ id: "r1", key: "env", code: "UnsupportedType" }] });
});

test("a resource that is listed twice is planned once, and two values for one key conflict", () => {
  const result = planWith([perfect, perfect, resource("r1", { env: "prod" })]);
  expect(result.batches).toMatchObject([{ resourceIds: ["r1"], tags: new Map([["env", "dev"]]) }]);
  expect(result.unresolved).toMatchObject([{ key: "env", value: "prod", code: "ConflictingValue" }]);
});
