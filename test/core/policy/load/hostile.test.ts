import { describe, expect, test } from "vitest";
import { NOON, prepare, problemsOf, resource } from "../policies.ts";

/** Each of these must come to an answer, and to one that people can read. */
describe("a hostile policy is refused plainly:", () => {
  test.each([
    ["nothing", "", /empty/],
    ["a text", "hello", /must be a mapping/],
    ["a list", "[]", /must be a mapping/],
    ["10 MB", `version: 1\n#${"x".repeat(10_000_000)}`, /longer than 1000000 characters/],
    ["50,000 brackets", "[".repeat(50_000), /nested too deeply|:1:/],
    ["deep flow collections", `version: 1\nx: ${"[".repeat(500)}${"]".repeat(500)}`, /nested/],
    ["20,000 dashes", "- ".repeat(20_000), /nested/],
    ["a bomb of aliases", bomb(), /more than 500000 values/],
    ["an alias of itself", "version: 1\npolicies: &a [*a]", /an alias of itself/],
    ["control characters", "version: 1\n\u0000: 1", /policy.yaml:2:1/],
    ["a tag of YAML", "version: !!js/function 1", /policy.yaml:1:/],
    ["a key that is a mapping", "version: 1\n? { a: 1 }\n: 2", /a key must be text/],
    [
      "50,000 unknown keys",
      `version: 1\n${Array.from({ length: 50_000 }, (_, i) => `k${i}: 1`).join("\n")}`,
      /and 49800 more problems/,
    ],
  ])("%s", (_, text, expected) => {
    expect(problemsOf(text).join("\n")).toMatch(expected);
  });

  test("an expression without measure", () => {
    const text = `version: 1\npolicies: [{ name: p, require: [{ key: a, default: { jmespath: "${"a.".repeat(1_000)}a" } }] }]`;
    expect(problemsOf(text)).toEqual([expect.stringMatching(/longer than 1000 characters/)]);
  });
});

test("a policy with ten thousand required tags loads and evaluates", () => {
  const keys = Array.from({ length: 10_000 }, (_, index) => `key-${index}`);
  const text = `version: 1\nrequiredTags:\n${keys.map((key) => `  ${key}: {}\n`).join("")}policies: [{ name: p, require: [${keys.join(", ")}] }]`;
  expect(prepare(text).evaluate(resource({ "key-7": "x" }), NOON).missing).toHaveLength(9_999);
});

test("keys that JavaScript objects know are keys like any other", () => {
  const text = `version: 1
requiredTags:
  __proto__: { values: [a], default: a }
  constructor: { default: { byAccount: { __proto__: x, "111122223333": y } } }
policies: [{ name: p, require: [__proto__, constructor], mode: enforce }]
`;
  const policies = prepare(text);
  const subject = resource({});
  expect(policies.decide(subject, policies.evaluate(subject, NOON), NOON)).toEqual([
    { key: "__proto__", action: "write", value: "a" },
    { key: "constructor", action: "write", value: "y" },
  ]);
  const other = resource({}, { account: "__proto__" });
  expect(policies.decide(other, policies.evaluate(other, NOON), NOON)[1]).toMatchObject({ value: "x" });
});

test("a value of megabytes is invalid, not an overflow", () => {
  const policies = prepare(`version: 1\npolicies: [{ name: p, require: [{ key: a, pattern: "(?:a|b)*" }] }]`);
  expect(policies.evaluate(resource({ a: "ab".repeat(10_000_000) }), NOON).invalid).toHaveLength(1);
});

test("as many accounts and keys as there are resources don't pile up", () => {
  const policies = prepare(`version: 1\npolicies: [{ name: p, require: [{ key: env }] }]`);
  for (let index = 0; index < 30_000; index++) {
    const subject = resource({ [`env${index}`]: "x" }, { account: String(index) });
    expect(policies.evaluate(subject, NOON).missing.length).toBe(1);
  }
});

/** 10 levels of 10 aliases each. */
function bomb(): string {
  const levels = Array.from({ length: 10 }, (_, level) => {
    const inner = level === 0 ? "[x, x]" : `[${Array.from({ length: 10 }, () => `*l${level - 1}`).join(", ")}]`;
    return `l${level}: &l${level} ${inner}`;
  });
  return `version: 1\n${levels.join("\n")}\n`;
}
