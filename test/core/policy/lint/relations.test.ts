import { describe, expect, it } from "vitest";
import * as fc from "../../../properties.ts";
import { globMatcher, globsMeet } from "../../../../lib/core/glob.ts";
import type { CompiledMatch } from "../../../../lib/core/policy/compiled.ts";
import { globCovers, textOfBoth } from "../../../../lib/core/policy/lint/globs.ts";
import { arePart, covers, doMeet, neverHolds } from "../../../../lib/core/policy/lint/relations.ts";
import { prepareMatch } from "../../../../lib/core/policy/match.ts";
import type { Resource } from "../../../../lib/core/resource.ts";

const glob = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 6 });
const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 6 });

describe("of two globs", () => {
  it("one covers the other only where it stands for all that the other does", () => {
    let covered = 0;
    fc.assert(
      fc.property(glob, glob, fc.array(text, { maxLength: 20 }), (wide, narrow, texts) => {
        if (!globCovers(wide, narrow)) return;
        covered += 1;
        for (const one of texts) expect(globMatcher(narrow)(one) && !globMatcher(wide)(one)).toBe(false);
      }),
      { numRuns: 3_000 },
    );
    expect(covered).toBeGreaterThan(100);
  });

  it.each([
    ["*", "a*b", true],
    ["a*", "a", true],
    ["a*", "ab*", true],
    ["*a*", "ba*", true],
    ["a", "a*", false],
    ["a*b", "a*", false],
    ["a*b", "a*cb", true],
  ])("%s covers %s: %s", (wide, narrow, is) => expect(globCovers(wide, narrow)).toBe(is));

  it("a text of both is found exactly where they meet, and both stand for it", () => {
    fc.assert(
      fc.property(glob, glob, (one, other) => {
        const found = textOfBoth(one, other);
        expect(found !== undefined).toBe(globsMeet(one, other));
        if (found !== undefined) expect([globMatcher(one)(found), globMatcher(other)(found)]).toEqual([true, true]);
      }),
      { numRuns: 2_000 },
    );
  });

  it("of a thousand stars nothing takes long", () => {
    const long = "a*".repeat(1_000);
    expect(textOfBoth(long, long)).toBeUndefined();
    expect(globCovers(long, "a".repeat(1_000))).toBe(true);
  });
});

const few = fc.uniqueArray(fc.constantFrom("a", "b", "a*", "*b", "*", "*"), { minLength: 1, maxLength: 2 });
const fields = fc
  .record({ types: few, accounts: few, regions: few, ids: few, x: few, y: few }, { requiredKeys: [] })
  .map(({ x, y, ...places }) => {
    const tags = Object.entries({ x, y }).flatMap(([key, globs]) =>
      globs === undefined ? [] : [[key, globs] as const],
    );
    return tags.length === 0 ? places : { ...places, tags };
  });
const match: fc.Arbitrary<CompiledMatch> = fc
  .tuple(fields, fc.option(fields, { nil: undefined }))
  .map(([one, not]) => (not === undefined || Object.keys(not).length === 0 ? one : { ...one, not }));
const word = fc.constantFrom("a", "b", "ab", "c");
const resource: fc.Arbitrary<Resource> = fc
  .record({ type: word, account: word, region: word, id: word, tags: fc.dictionary(fc.constantFrom("x", "y"), word) })
  .map((one) => ({ ...one, tags: new Map(Object.entries(one.tags)) }));

function holds(one: CompiledMatch, of: Resource): boolean {
  const matched = prepareMatch(one)(of);
  return typeof matched === "boolean" ? matched : matched(of) === "yes";
}

describe("of two matches", () => {
  it("what is said of how they lie to each other holds for every resource", () => {
    const said = { covers: 0, part: 0, never: 0, meet: 0 };
    fc.assert(
      fc.property(match, match, fc.array(resource, { minLength: 20, maxLength: 20 }), (one, other, all) => {
        const [isCovering, isPart, isNever] = [covers(one, other), arePart(one, other), neverHolds(one)];
        if (isCovering) said.covers += 1;
        if (isPart) said.part += 1;
        if (isNever) said.never += 1;
        if (doMeet(one, other)) said.meet += 1;
        expect(isPart && doMeet(one, other)).toBe(false);
        for (const of of all) {
          const [first, second] = [holds(one, of), holds(other, of)];
          expect(isCovering && second && !first).toBe(false);
          expect(isPart && first && second).toBe(false);
          expect(isNever && first).toBe(false);
        }
      }),
      { numRuns: 3_000 },
    );
    expect(Math.min(...Object.values(said))).toBeGreaterThan(10);
  });
});
