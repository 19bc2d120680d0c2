import { describe, expect, test } from "vitest";
import { load } from "../policies.ts";

/** Two policies of which nothing is odd. */
const PERFECT = `version: 1
requiredTags:
  env: { values: [prod, dev], default: dev }
policies:
  - { name: a, match: { types: ["aws:ec2:*"] }, require: [{ key: env, values: [prod, dev], default: prod }] }
  - { name: b, match: { types: ["aws:*"] }, require: [{ key: env, values: [prod], default: prod }], mode: enforce }
`;

function warnings(from = "", to = ""): readonly string[] {
  expect(PERFECT).toContain(from);
  return load(PERFECT.replace(from, () => to)).warnings;
}

test("nothing is said where nothing is odd", () => expect(warnings()).toEqual([]));

/** What is said where the two policies have these patterns. */
function patterns(one: string, other: string, more = ""): readonly string[] {
  const text = PERFECT.replace("{ values: [prod, dev], default: dev }", "{}")
    .replace("values: [prod, dev], default: prod", `pattern: '${one}'${more}`)
    .replace("values: [prod], default: prod }], mode: enforce", `pattern: '${other}'${more} }]`);
  return load(text).warnings;
}

test("two patterns of one key that part are told", () => {
  const text = PERFECT.replace("{ values: [prod, dev], default: dev }", "{ pattern: 'CC-.*' }")
    .replace("values: [prod, dev], default: prod", "pattern: 'XX-.*'")
    .replace("[{ key: env, values: [prod], default: prod }], mode: enforce", "[{ key: owner }]");
  expect(load(text).warnings).toEqual([
    'policy.yaml:5:66: no value of env matches both patterns that "a" holds it to, that of requiredTags and its own',
  ]);
});

describe("two policies whose values have none in common", () => {
  const contradiction = [expect.stringMatching(/^policy.yaml:6:\d+: no value of env satisfies both "a" and "b"/)];
  const other = ["[{ key: env, values: [prod, dev], default: prod }]", "[{ key: env, values: [dev] }]"] as const;

  test("contradict each other", () => expect(warnings(...other)).toEqual(contradiction));

  test("so does a pattern that takes none of them", () => {
    expect(warnings("[{ key: env, values: [prod, dev], default: prod }]", '[{ key: env, pattern: "d.*" }]')).toEqual(
      contradiction,
    );
  });

  test.each([
    ["with other beginnings", "prod-[a-z]+", "dev-[a-z]+"],
    ["with other endings", "[a-z]+-prod", "[a-z]+-dev"],
    ["of other lengths", "[a-z]{1,3}", "[a-z]{5,}"],
    ["with a digit where the other has a letter", "[a-z][0-9].*", "[a-z]{2,}"],
    ["in other cases", "(?i)ab.*", "[^Aa].*"],
  ])("so do patterns %s", (_, one, other) => {
    expect(patterns(one, other)).toEqual(contradiction);
    expect(patterns(other, one)).toEqual(contradiction);
  });

  test.each([
    ["share a value", "prod-[a-z]+", "[a-z]+-eu"],
    ["share the empty end", "a|ab", "a.*"],
    ["are one", "[a-z]+", "[a-z]+"],
    ["part in the middle alone, which nobody looks at", "a(bb)+c", "a(bbb)+xc|ab{6}c"],
  ])("don't where patterns %s", (_, one, other) => expect(patterns(one, other)).toEqual([]));

  test("don't where a blank value passes both", () => {
    expect(patterns("a.*", "b.*", ", allowBlank: true")).toEqual([]);
  });

  test("do where a blank value passes one of them alone", () => {
    const text = PERFECT.replace("{ values: [prod, dev], default: dev }", "{}")
      .replace("values: [prod, dev], default: prod", "pattern: a.*, allowBlank: true")
      .replace("values: [prod], default: prod }], mode: enforce", "pattern: b.* }]");
    expect(load(text).warnings).toEqual(contradiction);
  });

  test.each([
    ["match no type together", '{ types: ["aws:ec2:*"] }', '{ types: ["huawei:*"] }'],
    ["match different values of a tag", '"aws:ec2:*"] }', '"aws:ec2:*"], tags: { tier: x }, accounts: ["1"] }'],
    ["are kept apart by a not", '"aws:ec2:*"] }', '"aws:ec2:*"], not: { accounts: ["1"] } }'],
  ])("don't where they %s", (_, from, to) => {
    const text = PERFECT.replace(...other)
      .replace(from, to)
      .replace('{ types: ["aws:*"] }', '{ types: ["aws:*"], tags: { tier: y }, accounts: ["1"] }');
    expect(load(text).warnings.filter((warning) => warning.includes("satisfies both"))).toEqual([]);
  });
});

test("do where a not leaves some that both match", () => {
  const text = PERFECT.replace("values: [prod, dev], default: prod", "values: [dev]").replace(
    '"aws:ec2:*"] }',
    '"aws:ec2:*"], not: { regions: [global], tags: { sandbox: "*" } } }',
  );
  expect(load(text).warnings).toEqual([expect.stringMatching(/no value of env satisfies both "a" and "b"/)]);
});

describe("a policy that enforces without any default", () => {
  const idle = [expect.stringMatching(/^policy.yaml:6:\d+: policy b says mode: enforce, and none of its keys has/)];
  const keys = "[{ key: env, values: [prod], default: prod }]";

  test("never writes", () => expect(warnings(keys, "[{ key: owner }]")).toEqual(idle));

  test.each([
    ["one of its keys has one", "[{ key: owner }, env]"],
    ["another policy brings one", "[{ key: env, values: [prod] }]"],
  ])("is not one where %s", (_, to) => {
    expect(warnings(keys, to).filter((warning) => warning.includes("never writes"))).toEqual([]);
  });

  test("nor where another spelling is adopted", () => {
    const text = PERFECT.replace("default: dev }", "adoptNearMiss: true }").replace(keys, "[env]");
    expect(load(text).warnings).toEqual([]);
  });
});

describe("signs of other languages", () => {
  test.each([
    ["in a match", '{ types: ["aws:ec2:*"] }', '{ tags: { env: "a|b" } }', /5:\d+: "a\|b" stands for itself/],
    ["in a list of tag values", '{ types: ["aws:ec2:*"] }', '{ tags: { env: [a, ".*"] } }', /5:\d+: "\.\*" is a glob/],
    ["in an id", '{ types: ["aws:ec2:*"] }', '{ ids: ["^i-1"] }', /5:\d+: "\^i-1" is a glob/],
    ["in a not", '{ types: ["aws:ec2:*"] }', '{ not: { types: ["aws:ec2:.*"] } }', /5:\d+: "aws:ec2:\.\*" is a glob/],
    ["in a default", "default: dev", "default: { byRegion: { us-east-1a: dev } }", /3:\d+: "us-east-1a" is a zone/],
    ["in one within one", "default: dev", "default: [{ byAccount: { 1-*|2-*: dev } }]", /3:\d+: "1-\*\|2-\*" stands/],
    [
      "in an exemption",
      "policies:",
      'exemptions: [{ match: { regions: ["us-.*"] }, reason: x, expires: "2027-01-01" }]\npolicies:',
      /4:\d+: "us-\.\*" is a glob/,
    ],
    [
      "in the values of an entry",
      "values: [prod],",
      'values: ["it\'s*", prod],',
      /6:\d+: "it's\*" .* pattern: 'it''s\.\*'$/,
    ],
  ])("%s", (_, from, to, expected) => {
    expect(warnings(from, to)).toContainEqual(expect.stringMatching(expected));
  });
});
