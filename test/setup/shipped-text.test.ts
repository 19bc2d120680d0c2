import { expect, test } from "vitest";
import { shippedText } from "../../setup/shipped-text.ts";

const isShipped = (path: string): boolean => ["README.md", "docs/cli.md", "docs/report.png"].includes(path);

test.each([
  ["a link to what is there stays", "see [it](cli.md#init), [home](../README.md)", undefined],
  ["a link to the web or within the page stays", "[web](https://example.com/a) [below](#below)", undefined],
  ["a picture that is a link stays", "[![the report](report.png)](cli.md)", undefined],
  ["a link to what isn't there keeps its words", "see [how fast](../bench/README.md#ratios).", "see how fast."],
  [
    "a row about what isn't there is left out",
    "| [cli.md](cli.md) | a |\n| [bench](../bench/README.md) | b |\n| c | d |",
    "| [cli.md](cli.md) | a |\n| c | d |",
  ],
  ["a row that only speaks of it stays", "| fast | as [bench](../bench/README.md) says |", "| fast | as bench says |"],
])("%s", (_, markdown, expected = markdown) => {
  expect(shippedText(markdown, "docs/page.md", isShipped)).toBe(expected);
});
