import * as fc from "../properties.ts";
import { describe, expect, it } from "vitest";
import { resourceKey, scopeKey } from "../../lib/core/resource.ts";

/** Texts of few characters, the separator and JSON's own among them, so that collisions would be found. */
const hostile = fc.string({ unit: fc.constantFrom("\0", "a", '"', ",", "[", "]", "\\", "u0000"), maxLength: 4 });
const ref = fc.record({ type: hostile, account: hostile, region: hostile, id: hostile });
const fields = ({ type, account, region, id }: { type: string; account: string; region: string; id: string }) => [
  type,
  account,
  region,
  id,
];

describe("the key of a resource", () => {
  it("is equal exactly where type, account, region and id are equal", () => {
    fc.assert(
      fc.property(fc.array(ref, { minLength: 2, maxLength: 40 }), (refs) => {
        const distinct = new Set(refs.map((one) => JSON.stringify(fields(one)))).size;
        expect(new Set(refs.map((one) => resourceKey(one))).size).toBe(distinct);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["the separator moved", ["a\0b", "c", "d", "e"], ["a", "b\0c", "d", "e"]],
    ["an id that goes on like a region", ["a", "b", "c", "d\0e"], ["a", "b", "c\0d", "e"]],
    ["a type that looks like another's JSON", ['["a\\u0000","b","c","d"]', "", "", ""], ["a\0", "b", "c", "d"]],
  ])("tells apart %s", (_, one, other) => {
    const keyOf = ([type = "", account = "", region = "", id = ""]: readonly string[]) =>
      resourceKey({ type, account, region, id });
    expect(keyOf(one)).not.toBe(keyOf(other));
  });
});

it("has one scope for each project", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(ref, hostile), { minLength: 2, maxLength: 40 }), (refs) => {
      const distinct = new Set(refs.map(([one, project]) => JSON.stringify([fields(one).slice(0, 3), project]))).size;
      const keys = refs.map(([{ type, account, region }, project]) => scopeKey(type, account, region, project));
      expect(new Set(keys).size).toBe(distinct);
      for (const [{ type, account, region }] of refs) expect(keys).not.toContain(scopeKey(type, account, region));
    }),
    { numRuns: 500 },
  );
});

it("has one scope for each type, account and region", () => {
  fc.assert(
    fc.property(fc.array(ref, { minLength: 2, maxLength: 40 }), (refs) => {
      const distinct = new Set(refs.map((one) => JSON.stringify(fields(one).slice(0, 3)))).size;
      expect(new Set(refs.map(({ type, account, region }) => scopeKey(type, account, region))).size).toBe(distinct);
    }),
    { numRuns: 500 },
  );
});
