import * as fc from "../../../properties.ts";
import { RE2JS } from "re2js";
import { checkSync } from "recheck/lib/browser.js";
import { describe, expect, test } from "vitest";
import type { TextLimits } from "../../../../lib/core/contract.ts";
import { nativeSource } from "../../../../lib/core/policy/pattern/native.ts";
import { parsePattern } from "../../../../lib/core/policy/pattern/parse.ts";
import { shareBeginnings } from "../../../../lib/core/policy/pattern/share-beginnings.ts";
import { compilePattern } from "../../../../lib/core/policy/pattern/compile.ts";
import { patterns, texts } from "./pattern-arbitrary.ts";

function compiled(text: string) {
  const result = compilePattern(text);
  if ("problem" in result) throw new Error(`${text} ${result.problem}`);
  return { ...result, native: new RegExp(result.pattern.source, result.pattern.flags) };
}

function problemOf(text: string): string | undefined {
  const result = compilePattern(text);
  return "problem" in result ? result.problem : undefined;
}

describe("a translated pattern", () => {
  test("accepts the values that RE2 accepts, and no others", () => {
    let compared = 0;
    fc.assert(
      fc.property(patterns, fc.array(texts, { minLength: 5, maxLength: 20 }), (pattern, values) => {
        const result = compilePattern(pattern);
        if ("problem" in result) return;
        const native = new RegExp(result.pattern.source, result.pattern.flags);
        const re2 = RE2JS.compile(pattern);
        for (const value of values) {
          compared += 1;
          expect([pattern, value, native.test(value)]).toEqual([pattern, value, re2.matches(value)]);
        }
      }),
      { numRuns: 2_000 },
    );
    expect(compared).toBeGreaterThan(5_000);
  });

  test.each([
    ["CC-[0-9]{4}", ["CC-0001"], ["CC-001", "xCC-0001", "CC-0001\n", "cc-0001"]],
    ["prod|dev", ["prod", "dev"], ["prod dev", "produce", "xdev"]],
    ["(?i)prod", ["prod", "PROD", "pRoD"], ["prods"]],
    ["a(?i)b|c", ["ab", "aB", "C"], ["Ab"]],
    ["(?i:k)k", ["kk", "Kk", "\u212ak"], ["kK"]],
    ["(?P<letters>[[:alpha:]]+)", ["abc"], ["ab1"]],
    ["\\Qa.b\\E+", ["a.b", "a.bbb"], ["axb", "a.ba.b"]],
    ["\\A\\pL+\\z", ["é中"], ["é1"]],
    ["\\p{^Greek}", ["a"], ["α"]],
    [".", ["a", "\r", "😀"], ["\n"]],
    ["(?s).", ["\n"], [""]],
    ["(?U)a+", ["aaa"], [""]],
    ["[^a]", ["\n", "b"], ["a"]],
    ["a{,2}", ["a{,2}"], ["aa"]],
    ["__proto__", ["__proto__"], [""]],
  ])("%s accepts %j and refuses %j", (pattern, accepted, refused) => {
    const { native } = compiled(pattern);
    expect(accepted.filter((value) => !native.test(value))).toEqual([]);
    expect(refused.filter((value) => native.test(value))).toEqual([]);
  });
});

describe("a pattern that could hang the process is refused", () => {
  test.each([
    "(a*)*",
    "(a+)+",
    "(a|aa)*",
    "(a|b|ab)*",
    ".*a.*b",
    "(x+x+)+y",
    "(a?){30}a{30}",
    "(a|[ab]){30}",
    "\\w*\\d*x",
  ])("%s", (pattern) => {
    expect(problemOf(pattern)).toMatch(/linear time/);
  });

  test("where an independent checker finds it vulnerable, so do we", () => {
    fc.assert(
      fc.property(patterns, (pattern) => {
        const result = compilePattern(pattern);
        // The checker doesn't read modifiers such as (?i:…).
        if ("problem" in result || result.pattern.source.includes("(?i:")) return;
        const { status } = checkSync(result.pattern.source, result.pattern.flags, {
          checker: "automaton",
          timeout: 5_000,
        });
        expect([pattern, status]).not.toEqual([pattern, "vulnerable"]);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    "[a-z]{1,200}[0-9]{1,200}",
    "[^@]+@[^@]+\\.[a-z]+",
    "[a-z]+(-[a-z]+)*",
    "\\pL+( \\pL+)*",
    "[a-z0-9-]{1,63}",
    // Alternatives that begin alike are read together.
    "(a|a)*",
    `(${Array.from({ length: 190 }, (_, number) => `w${number}`).join("|")})`,
  ])("%s, which is linear, is not", (pattern) => {
    expect(problemOf(pattern)).toBeUndefined();
  });

  test.each([
    ["x-(a+)+", "`(a+)+` repeats `a+`, which repeats already: write `a+` alone"],
    ["(x[ab]*)*b|(?:(a*)*)", "`(a*)*` repeats `a*`, which repeats already: write `a*` alone"],
    [".+@.+\\..+", "`.+` and the `.+` behind it can read the same text: write `[^@]+@` for `.+@`"],
    ["https?://.+/.+", "`.+` and the `.+` behind it can read the same text: write `[^/]+/` for `.+/`"],
    [".+foo.+bar", "`.+` and the `.+` behind it can read the same text: let only one of them"],
    ["a-[a-z]+[a-z0-9]+", "`[a-z]+` and the `[a-z0-9]+` behind it can read the same text: let only one of them"],
    ["((?:ab)+c?)+", "`((?:ab)+c?)+` repeats `(?:ab)+`, which repeats already: repeat only one of the two"],
  ])("the refusal of %s names the parts that can't stand together, and what to write", (pattern, says) => {
    expect(problemOf(pattern)).toContain(says);
  });

  test.each([
    [".+@.+\\..+", "[^@]+@[^.]+\\..+"],
    ["https?://.+/.+", "https?://[^/]+/.+"],
    ["x-(a+)+", "x-a+"],
  ])("%s, mended as its refusal says, is taken", (refused, mended) => {
    expect([problemOf(refused) === undefined, problemOf(mended)]).toEqual([false, undefined]);
  });

  test("the refusal shows what is read in too many ways where no two parts are to blame", () => {
    expect(problemOf("(x|y|xy)*z")).toMatch(/it can read "xyxy.*" in more than 100 ways.*let only one of them read/);
  });

  const letters = Array.from({ length: 190 }, (_, number) => String.fromCodePoint(0x4e00 + number)).join("|");

  test.each([`(${letters})`, `team-(${letters})`, `(${letters})*`])(
    "alternatives that differ in their first character cost a look each: %s is taken",
    (pattern) => expect(problemOf(pattern)).toBeUndefined(),
  );

  test("alternatives that share their beginnings accept the same values", () => {
    fc.assert(
      fc.property(patterns, fc.string({ unit: fc.constantFrom(..."ab01-") }), (pattern, value) => {
        const result = compilePattern(pattern);
        if ("problem" in result) return;
        const shared = nativeSource(shareBeginnings(parsePattern(pattern)));
        const { source, flags } = result.pattern;
        expect(new RegExp(`^(?:${shared})$`, flags).test(value)).toBe(new RegExp(source, flags).test(value));
      }),
    );
  });

  test.each([
    ["a".repeat(1_001), /longer than 1000/],
    ["(".repeat(300) + "a" + ")".repeat(300), /nested/],
    ["[a-z]{1000}".repeat(20), /repetitions written out/],
    ["(((a?){10}){10}){10}", /can begin in more than 1000 ways.*list alternatives under values|too many optional/],
    ["(((((a?)?)?)?)?)?".repeat(40), /too many/],
  ])("%#: a pattern without measure gets a plain answer", (pattern, problem) => {
    expect(problemOf(pattern)).toMatch(problem);
  });
});

describe("a pattern that isn't RE2 syntax is refused", () => {
  test.each(["(?=a)", "(?<!a)b", "(a)\\1", "[0-9", "a**", "(", ")", "\\", "a{2}{3}", "[z-a]", "\\p{Nonsense}"])(
    "%s",
    (pattern) => {
      expect(problemOf(pattern)).toMatch(/is not RE2 syntax/);
    },
  );

  test.each([
    ["(?!XX)CC-[0-9]+", "`(?!XX)` looks around"],
    ["(?<=a\\))b", "`(?<=a\\))` looks around"],
    ["(a)-\\1", "`\\1` stands for what a group has read"],
    ["(?P<x>a)\\k<x>", "`\\k<x>` stands for what a group has read"],
  ])("%s, as other languages have it, and the message names the part", (pattern, says) => {
    expect(problemOf(pattern)).toContain(says);
  });

  test("a backslash before a digit is no reference where another backslash stands before it", () => {
    expect(problemOf("[\\\\1")).not.toContain("stands for");
  });

  test("a property of another case has no native counterpart, and the message says so", () => {
    expect(problemOf("(?i)\\P{Lu}")).toMatch(/no native counterpart/);
  });
});

describe("a pattern that can't be met", () => {
  const limits: TextLimits = {
    minLength: 1,
    maxLength: 8,
    pattern: "[a-z:]*",
    forbiddenPrefixes: ["acs:"],
    forbiddenParts: [],
  };

  test.each(["", "\\s*", "a$b", "b^a", "[^\\x00-\\x{10FFFF}]"])(
    "%j matches nothing but blanks, and is refused",
    (pattern) => {
      expect(problemOf(pattern)).toMatch(/matches no value/);
    },
  );

  test.each(["[0-9]+", "[a-z]{9}", "acs:.*", "é", "[a-z]{4}[a-z]{5,}"])("%s matches no legal value", (pattern) => {
    expect(compiled(pattern).canMatch(limits)).toBe(false);
  });

  test.each(["[0-9]*a", "[a-z]{8}", "acs.*", ".*", "[a-z]{4,100}"])("%s matches one", (pattern) => {
    expect(compiled(pattern).canMatch(limits)).toBe(true);
  });

  test("another case of a forbidden prefix is no way out, unless its spelling is all that is forbidden", () => {
    const shouted = { ...limits, pattern: "[A-Z:]*" };
    expect(compiled("ACS:.*").canMatch(shouted)).toBe(false);
    expect(compiled("ACS:.*").canMatch({ ...shouted, prefixCase: "exact" })).toBe(true);
    expect(compiled("acs:.*").canMatch({ ...limits, prefixCase: "exact" })).toBe(false);
  });

  test("a pattern that a legal value matches is never called impossible", () => {
    fc.assert(
      fc.property(patterns, texts, (pattern, value) => {
        const result = compilePattern(pattern);
        if (value.trim() === "" || !re2Accepts(pattern, value)) return;
        if ("problem" in result) expect(result.problem).not.toMatch(/matches no value/);
        else
          expect(result.canMatch({ minLength: 1, maxLength: 20, forbiddenPrefixes: [], forbiddenParts: [] })).toBe(
            true,
          );
      }),
      { numRuns: 1_500 },
    );
  });
});

function re2Accepts(pattern: string, value: string): boolean {
  try {
    return RE2JS.compile(pattern).matches(value);
  } catch {
    return false;
  }
}
