import { describe, expect, it } from "vitest";
import { shown, shownTag, visible } from "../../lib/core/shown.ts";
import * as fc from "../properties.ts";

/** What looks like something else, or like nothing. */
const ODD = [" ", "\u00a0", "\u3000", "\u200b", "\u200d", "\ufeff", "\u00ad", "\u202e", "\n", "\t", "\u2028", "\u0301"];
const texts = fc.oneof(
  fc.string({
    unit: fc.constantFrom(...ODD, "\ud800", "\u2800", "\u3164", "\ufe0f", "р", "ο", "p", "o", "é", '"', "\\"),
  }),
  fc.string({ unit: "binary" }),
);

describe("shown", () => {
  it.each([
    ["a space at the end", "prod ", '"prod "'],
    ["a space at the start", " prod", '" prod"'],
    ["two spaces, which pages show as one", "my  prod", String.raw`"my \u{20}prod"`],
    ["a no-break space", "prod\u00a0", String.raw`"prod\u{a0}"`],
    ["a space with no width", "pr\u200bod", String.raw`"pr\u{200b}od"`],
    ["a line end", "prod\n", String.raw`"prod\u{a}"`],
    ["a mark that turns the direction", "\u202eprod", String.raw`"\u{202e}prod"`],
    ["a Cyrillic letter among Latin ones", "рrod", String.raw`"\u{440}rod"`],
    ["a Greek letter among Latin ones", "prοd", String.raw`"pr\u{3bf}d"`],
    ["a letter apart from its mark", "e\u0301", String.raw`"e\u{301}"`],
    ["half a character", "\ud800", String.raw`"\u{d800}"`],
    ["a filler that looks like a space", "a\u3164", String.raw`"a\u{3164}"`],
    ["a hyphen that breaks no line", "a\u2011b", String.raw`"a\u{2011}b"`],
    ["quotes", 'a"b', String.raw`"a\"b"`],
    ["what looks like an escape", String.raw`\u{a0}`, String.raw`"\\u{a0}"`],
    ["nothing", "", '""'],
  ])("shows %s", (_, text, wanted) => {
    expect(shown(text)).toBe(wanted);
  });

  it.each(["prod", "my prod", "команда web", "日本", "é", "Größe", "αβγ", "team-веб", "a+b=c@d"])(
    "leaves %s as it is, in quotes",
    (text) => {
      expect(shown(text)).toBe(`"${text}"`);
    },
  );

  it("shows two texts that differ in two ways, and nothing that can't be seen", () => {
    const told = new Map<string, string>();
    fc.assert(
      fc.property(texts, (text) => {
        const seen = shown(text);
        expect(told.get(seen) ?? text).toBe(text);
        told.set(seen, text);
        expect(seen).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}| {2}/u);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("visible", () => {
  it("escapes what can't be seen, and no more", () => {
    expect(visible('a\\d"\u00a0')).toBe(String.raw`a\d"\u{a0}`);
  });
});

describe("shownTag", () => {
  it.each([
    ["env", "prod", "env=prod"],
    ["env", "prod ", 'env="prod "'],
    ["env\u00a0", "prod", String.raw`"env\u{a0}"=prod`],
    ["env", "", 'env=""'],
    ["team", "日本", 'team="日本"'],
    ["a=b", "c", '"a=b"=c'],
  ])("quotes what is no plain word: %j %j", (key, value, wanted) => {
    expect(shownTag(key, value)).toBe(wanted);
  });
});
