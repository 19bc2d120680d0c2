import * as fc from "../properties.ts";
import { expect, it } from "vitest";
import { canonicalQuery } from "../../lib/providers/canonical-query.ts";

const values = fc.array(fc.string({ maxLength: 5 }), { maxLength: 120 });

it("a list is what its members are, each named by itself, sorted among the others", () => {
  fc.assert(
    fc.property(values, values, (ids, keys) => {
      const numbered = (name: string, list: readonly string[]) =>
        list.map((value, index) => [`${name}.${index + 1}`, value]);
      const others = { ResourceType: "api", NextToken: "a/b=" };
      const oneByOne = Object.fromEntries([...numbered("ResourceId", ids), ...numbered("TagKey", keys)]);
      expect(canonicalQuery({ TagKey: keys, ...others, ResourceId: ids })).toBe(
        canonicalQuery({ ...others, ...oneByOne }),
      );
    }),
  );
});

it("the ninth comes after the tenth to nineteenth, and nothing of an empty list is sent", () => {
  const ids = Array.from({ length: 10 }, (_, index) => String(index + 1));
  expect(canonicalQuery({ A: ids.slice(8), B: [] })).toBe("A.1=9&A.2=10");
  expect(canonicalQuery({ A: ids })).toMatch(/^A\.1=1&A\.10=10&A\.2=2&.*&A\.9=9$/);
});
