import * as fc from "../../properties.ts";
import { expect, test } from "vitest";
import { nearMissFinder, spelling } from "../../../lib/core/policy/near-miss.ts";

const ALPHABET = [
  ..."aAbBiIkKsS09-_.:/ ",
  "ü",
  "Ü",
  "İ",
  "\u212a",
  "ſ",
  "𐐀",
  "𐐨",
  "\u00a0",
  "\t",
  "\u3000",
  "\u200b",
  "\u00ad",
  "\u2011",
  "–",
];
const keys = fc.string({ unit: fc.constantFrom(...ALPHABET), maxLength: 4 });
const required = fc.uniqueArray(keys, { minLength: 1, maxLength: 40 });

/** What the rule says, word for word; of required keys with the same spelling the first counts. */
function plainly(names: readonly string[], other: string): number {
  return names.includes(other) ? -1 : names.findIndex((name) => spelling(name) === spelling(other));
}

test("another spelling of a required key is found, and nothing else is", () => {
  fc.assert(
    fc.property(required, keys, (names, other) => {
      const finder = nearMissFinder(names);
      expect(finder.find(other)).toBe(plainly(names, other));
      expect(finder.find(other)).toBe(plainly(names, other));
    }),
    { numRuns: 1_000 },
  );
});

test("a key's first character never rules out a required key that it is another spelling of", () => {
  fc.assert(
    fc.property(required, fc.nat(), keys, fc.constantFrom("-", "_", " ", ""), (names, at, other, lead) => {
      const name = names[at % names.length] ?? "";
      for (const found of [other, lead + name, name.toUpperCase(), name.toLowerCase(), `${name}${lead}`]) {
        const index = plainly(names, found);
        const { byFirstCharacter } = nearMissFinder(names);
        const code = found.charCodeAt(0);
        if (index >= 0 && code < byFirstCharacter.length) {
          expect((byFirstCharacter[code] ?? 0) & (1 << (index & 31))).not.toBe(0);
        }
      }
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ["a no-break space", "cost\u00a0center"],
  ["a space with no width behind it", "cost-center\u200b"],
  ["a byte order mark before it", "\ufeffcost-center"],
  ["a tab behind it", "cost-center\t"],
  ["an ideographic space", "cost\u3000center"],
  ["a hyphen that breaks no line", "cost\u2011center"],
  ["a soft hyphen", "cost\u00adcenter"],
])("a key is another spelling with %s", (_, key) => {
  expect(nearMissFinder(["cost-center"]).find(key)).toBe(0);
});

test.each([
  ["letters of full width", "\uff43ost-center"],
  ["another sign between its words", "cost+center"],
  ["a dash", "cost\u2013center"],
  ["a letter of another script", "cost-c\u0435nter"],
])("a key is no other spelling with %s", (_, key) => {
  expect(nearMissFinder(["cost-center"]).find(key)).toBe(-1);
});

test("a key that starts with a letter is told apart at once from required keys that start with another", () => {
  const { byFirstCharacter } = nearMissFinder(["env", "owner", "Team", "ünit", "-"]);
  const maskOf = (key: string) => byFirstCharacter[key.charCodeAt(0)];
  expect([maskOf("ENV"), maskOf("o"), maskOf("t"), maskOf("Name"), maskOf("_"), maskOf("Ü")]).toEqual([
    0b1,
    0b10,
    0b100,
    0,
    -1,
    undefined,
  ]);
});
