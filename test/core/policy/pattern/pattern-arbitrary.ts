import * as fc from "../../../properties.ts";

const ATOMS = [
  ..."abkAK1 é-ſ中",
  "\\.",
  ".",
  "\\d",
  "\\w",
  "\\s",
  "\\W",
  "\\pL",
  "\\p{Greek}",
  "\\PL",
  "[ab]",
  "[^ab]",
  "[a-k]",
  "[[:alpha:]]",
  "[[:^digit:]_]",
  "[\\d-]",
  "[^\\pLa]",
  "\\x41",
  "\\x{4e2d}",
  "\\101",
  "\\Qa.\\E",
  "\\b",
  "\\B",
  "^",
  "$",
  "\\A",
  "\\z",
  "\\n",
  "[]a]",
  "[a\\]]",
];

/** Patterns of RE2 syntax, more or less: not each of them is legal. */
export const patterns: fc.Arbitrary<string> = fc.letrec<{ pattern: string; atom: string; repeated: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    tie("repeated"),
    fc.tuple(tie("repeated"), tie("pattern")).map(([one, other]) => one + other),
    fc.tuple(tie("pattern"), tie("pattern")).map(([one, other]) => `${one}|${other}`),
  ),
  repeated: fc
    .tuple(tie("atom"), fc.constantFrom("", "", "", "*", "+", "?", "{2}", "{0,3}", "{1,}", "*?", "+?"))
    .map(([atom, operator]) => atom + operator),
  atom: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { arbitrary: fc.constantFrom(...ATOMS), weight: 4 },
    tie("pattern").map((inner) => `(${inner})`),
    tie("pattern").map((inner) => `(?:${inner})`),
    tie("pattern").map((inner) => `(?i:${inner})`),
    tie("pattern").map((inner) => `(?s-i:${inner})`),
    tie("pattern").map((inner) => `(?P<name>${inner})`),
    tie("pattern").map((inner) => `((?im)${inner})`),
  ),
})).pattern;

/** Short texts of the characters that the patterns tell apart. */
export const texts: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(..."abkAKſ\u212a1 é中-_.]αΑςσ\n\r\u2028", "😀", "aa", "ab"), { maxLength: 6 })
  .map((parts) => parts.join(""));
