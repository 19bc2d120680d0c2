import { describe, expect, it } from "vitest";
import { STYLE } from "../../../../lib/core/report/html/style.ts";

/** The colours of each setting, by name: the first rule is light, the second dark. */
const SETTINGS = [...STYLE.html.matchAll(/:root\{([^}]*)\}/gu)].map(
  ([, rule = ""]) => new Map([...rule.matchAll(/--([a-z]+):(#[0-9a-f]{3,6})/gu)].map(([, name, hex]) => [name, hex])),
);

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(hex: string): number {
  const digits =
    hex.length === 4
      ? hex
          .slice(1)
          .split("")
          .map((digit) => digit + digit)
      : (hex.slice(1).match(/../gu) ?? []);
  const [red = 0, green = 0, blue = 0] = digits
    .map((pair) => Number.parseInt(pair, 16) / 255)
    .map((part) => (part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(colours: ReadonlyMap<string | undefined, string | undefined>, one: string, other: string): number {
  const [a, b] = [luminance(colours.get(one) ?? ""), luminance(colours.get(other) ?? "")];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

describe.each([
  ["light", 0],
  ["dark", 1],
])("the %s colours", (_, setting) => {
  const colours = SETTINGS[setting] ?? new Map<string, string>();

  it.each(["text", "soft", "link"])("show %s on page and panel with a contrast of at least 4.5", (name) => {
    for (const ground of ["page", "panel"]) expect(contrast(colours, name, ground)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(["compliant", "noncompliant", "exempt", "na", "unknown", "link"])(
    "show the mark %s on the page with a contrast of at least 3",
    (name) => {
      expect(contrast(colours, name, "page")).toBeGreaterThanOrEqual(3);
    },
  );
});
