import { expect, test } from "vitest";
import { plan } from "../../../lib/core/plan/plan.ts";
import { contract, perfect, planWith, resource, tagsOf, text } from "./planning.ts";

test("slots are given away in policy order, and what doesn't fit is unresolved as TagQuota", () => {
  const crowded = { ...resource("r1", { z: "1", a: "1" }), current: tagsOf(5) };
  const result = planWith([crowded]);
  expect(result.batches).toMatchObject([{ tags: new Map([["z", "1"]]) }]);
  expect(result.unresolved).toMatchObject([{ id: "r1", key: "a", code: "TagQuota" }]);
  expect(result.unresolved[0]?.reason).toContain("allows 6 tags");
});

test("a key that is there already leaves the free slot to the next", () => {
  const crowded = { ...resource("r1", { k0: "new", z: "1" }), current: tagsOf(5) };
  expect(planWith([crowded])).toMatchObject({ calls: 1, unresolved: [] });
});

test("a key that is there already needs no slot", () => {
  const full = { ...resource("r1", { k0: "new" }), current: tagsOf(6) };
  expect(planWith([full])).toMatchObject({ calls: 1, unresolved: [] });
});

test("tags under a reserved prefix take no slot", () => {
  const system = { ...resource("r1", { a: "1" }), current: new Map([...tagsOf(5), ["sys:owner", "cloud"]]) };
  expect(planWith([system])).toMatchObject({ calls: 1, unresolved: [] });
});

test("another spelling of a reserved prefix takes one where only this one is reserved", () => {
  const current = new Map([...tagsOf(5), ["SYS:owner", "me"]]);
  const planned = { ...resource("r1", { a: "1" }), current };
  expect(planWith([planned]).unresolved).toEqual([]);
  const exact = contract({ key: { ...text, minLength: 1, prefixCase: "exact" } });
  expect(planWith([planned], exact).unresolved).toMatchObject([{ key: "a", code: "TagQuota" }]);
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
  expect(result.unresolved[0]?.reason).toContain("no provider here can tag");
});

test("a resource that is listed twice is planned once, and two values for one key conflict", () => {
  const result = planWith([perfect, perfect, resource("r1", { env: "prod" })]);
  expect(result.batches).toMatchObject([{ resourceIds: ["r1"], tags: new Map([["env", "dev"]]) }]);
  expect(result.unresolved).toMatchObject([{ key: "env", value: "prod", code: "ConflictingValue" }]);
  expect(result.unresolved[0]?.reason).toContain('"dev" and "prod"');
});

test("of a resource that is listed twice, the order of the listings decides nothing", () => {
  const listings = [
    { ...resource("r1", { env: "dev", a: "1" }), current: new Map([["k", "1"]]) },
    { ...resource("r1", { env: "prod", k: "1" }), current: new Map([["k", "2"]]) },
    { ...resource("r1", { env: "prod", k: "1" }), current: new Map([["k", "1"]]) },
    { ...resource("r1", { env: "prod", k: "3" }), current: new Map([["k", "1"]]) },
  ];
  for (const [one, other] of listings.flatMap((a) => listings.map((b) => [a, b] as const))) {
    expect(planWith([one, other])).toEqual(planWith([other, one]));
  }
});

test("a resource that is listed twice has the slots that both listings leave", () => {
  const half = { ...resource("r1", {}), current: new Map([...tagsOf(5)].slice(0, 3)) };
  const other = { ...resource("r1", { a: "1", b: "1" }), current: new Map([...tagsOf(5)].slice(2)) };
  const result = planWith([half, other]);
  expect(result.batches).toMatchObject([{ tags: new Map([["a", "1"]]) }]);
  expect(result.unresolved).toMatchObject([{ key: "b", code: "TagQuota" }]);
});
