import { describe, expect, test } from "vitest";
import { hash, load, problemsOf, problemsOfFiles } from "../policies.ts";

const PERFECT = `version: 1
requiredTags:
  env: { values: [prod, dev], default: dev }
  cost-center: { pattern: "CC-[0-9]{4}" }
policies:
  - name: all
    match: { types: ["alibaba:*"] }
    require: [env, cost-center]
exemptions:
  - match: { ids: ["g1"] }
    reason: legacy
    expires: "2027-01-01"
`;

/** PERFECT with one difference. */
function but(from: string, to: string): string {
  expect(PERFECT).toContain(from);
  return PERFECT.replace(from, to);
}

describe("a good policy", () => {
  test("loads without warnings, with the defaults of the language", () => {
    const { compiled, warnings } = load(PERFECT);
    expect(warnings).toEqual([]);
    expect(compiled.policies).toMatchObject([
      { name: "all", mode: "report", severity: "medium", repair: "never", graceDays: 0 },
    ]);
  });

  test("loads from JSON, tabs and all, as from YAML", () => {
    const json = JSON.stringify(
      {
        version: 1,
        requiredTags: { env: { values: ["prod", "dev"], default: "dev" }, "cost-center": { pattern: "CC-[0-9]{4}" } },
        policies: [{ name: "all", match: { types: ["alibaba:*"] }, require: ["env", "cost-center"] }],
        exemptions: [{ match: { ids: ["g1"] }, reason: "legacy", expires: "2027-01-01" }],
      },
      null,
      "\t",
    );
    expect(load(json).compiled).toEqual(load(PERFECT).compiled);
  });

  test("is plain JSON data when compiled, named by its hash", () => {
    const { compiled } = load(PERFECT);
    expect(JSON.parse(JSON.stringify(compiled))).toEqual(compiled);
    const { hash: name, ...content } = compiled;
    expect(name).toBe(hash(JSON.stringify(content)));
    expect(load(but("legacy", "old")).compiled.hash).not.toBe(name);
  });

  test("says recheck in its compiled form, which without it is that of earlier versions", () => {
    const asked = load(but("- name: all", "- name: all\n    recheck: true")).compiled;
    expect(asked.policies[0]).toMatchObject({ recheck: true });
    const { compiled } = load(but("- name: all", "- name: all\n    recheck: false"));
    expect(compiled.policies[0]).not.toHaveProperty("recheck");
    expect(compiled.hash).toBe(load(PERFECT).compiled.hash);
    expect(asked.hash).not.toBe(compiled.hash);
  });

  test("may use anchors and aliases", () => {
    const text = but(
      "require: [env, cost-center]",
      "require: &keys [env, cost-center]\n  - { name: more, require: *keys }",
    );
    expect(load(text).compiled.policies[1]?.require.map(({ key }) => key)).toEqual(["env", "cost-center"]);
  });

  test("a definition may be bare", () => {
    expect(problemsOf(but(`cost-center: { pattern: "CC-[0-9]{4}" }`, "cost-center:"))).toEqual([]);
  });

  test("an entry with a key of its own needs no definition", () => {
    expect(problemsOf(but("[env, cost-center]", "[env, cost-center, { key: team }]"))).toEqual([]);
  });
});

describe("a mistake is named with its line and column", () => {
  test.each([
    [
      "an unknown key",
      "values: [prod",
      "valuse: [prod",
      /^policy.yaml:3:10: unknown key "valuse" \(did you mean "values"\?\)/,
    ],
    [
      "an unknown section",
      "exemptions:",
      "exceptions:",
      /^policy.yaml:9:1: unknown key "exceptions" \(did you mean "exemptions"\?\)/,
    ],
    [
      "an unquoted number",
      "values: [prod, dev]",
      "values: [prod, 5]",
      /^policy.yaml:3:25: .* must be text: quote it \("5"\)/,
    ],
    [
      "an unquoted account",
      `types: ["alibaba:*"]`,
      "accounts: [111122223333]",
      /^policy.yaml:7:25: .* quote it \("111122223333"\)/,
    ],
    ["an unquoted default", "default: dev", "default: 012", /^policy.yaml:3:40: .* quote it \("012"\)/],
    ["an unquoted truth", "values: [prod, dev]", "values: [true]", /^policy.yaml:3:19: .* quote it \("true"\)/],
    [
      "an unquoted account as a key",
      "default: dev",
      "default: { byAccount: { 111122223333: dev } }",
      /^policy.yaml:3:55: .* quote it/,
    ],
    ["another version", "version: 1", "version: 2", /^policy.yaml:1:10: version must be 1/],
    ["no version", "version: 1\n", "", /^policy.yaml:1:1: version is missing/],
    ["no name", "name: all", "mode: report", /^policy.yaml:6:5: policies\[0\].name is missing/],
    [
      "an unknown mode",
      "name: all",
      "name: all\n    mode: enforced",
      /^policy.yaml:7:11: .* one of enforce, report \(did you mean "enforce"\?\)/,
    ],
    ["a list that is none", `["alibaba:*"]`, `"alibaba:*"`, /^policy.yaml:7:21: .* must be a list/],
    ["an empty list", `["alibaba:*"]`, "[]", /^policy.yaml:7:21: .* at least one glob/],
    ["an empty not", `types: ["alibaba:*"]`, "not: {}", /^policy.yaml:7:19: an empty not/],
    [
      "an undefined key",
      "[env, cost-center]",
      "[env, cost-centre]",
      /^policy.yaml:8:20: "cost-centre" is not in requiredTags \(did you mean "cost-center"\?\)/,
    ],
    ["a key required twice", "[env, cost-center]", "[env, env]", /^policy.yaml:8:20: "env" is required twice/],
    ["a pattern that is none", "CC-[0-9]{4}", "CC-[0-9", /^policy.yaml:4:27: the pattern is not RE2 syntax/],
    ["look-ahead", "CC-[0-9]{4}", "(?=C)", /^policy.yaml:4:27: the pattern is not RE2 syntax/],
    [
      "a pattern that could hang",
      "CC-[0-9]{4}",
      "(a+)+",
      /^policy.yaml:4:27: the pattern could take more than linear time/,
    ],
    [
      "a default against its values",
      "default: dev",
      "default: qa",
      /^policy.yaml:3:40: the default "qa" is never legal: it must be one of "prod", "dev"/,
    ],
    [
      "a default against its pattern",
      `pattern: "CC-[0-9]{4}"`,
      `pattern: "CC-[0-9]{4}", default: CC-1`,
      /^policy.yaml:4:51: the default "CC-1" is never legal/,
    ],
    ["a blank default", "default: dev", `default: " "`, /^policy.yaml:3:40: the default " " is never legal/],
    [
      "values that no pattern takes",
      `pattern: "CC-[0-9]{4}"`,
      `pattern: "CC-[0-9]{4}", values: [a]`,
      /^policy.yaml:4:50: none of the values can ever pass/,
    ],
    [
      "values that the definition refuses",
      "[env, cost-center]",
      "[{ key: env, values: [qa] }]",
      /^policy.yaml:8:35: none of the values can ever pass/,
    ],
    [
      "an unknown event value",
      "default: dev",
      "default: { fromEvent: creator }",
      /^policy.yaml:3:53: .* one of createdBy/,
    ],
    [
      "an unknown kind of default",
      "default: dev",
      "default: { fromTags: a }",
      /^policy.yaml:3:42: unknown key "fromTags" \(did you mean "fromTag"\?\)/,
    ],
    [
      "a broken template",
      "default: dev",
      `default: { template: "{a" }`,
      /^policy.yaml:3:52: the template has a \{ without/,
    ],
    [
      "a broken expression",
      "default: dev",
      `default: { jmespath: "a[" }`,
      /^policy.yaml:3:52: not a JMESPath expression/,
    ],
    ["a date that is none", "2027-01-01", "2027-02-30", /^policy.yaml:12:14: .* must be a date/],
    ["no expiry", `    expires: "2027-01-01"\n`, "", /^policy.yaml:10:5: exemptions\[0\].expires is missing/],
    ["a key twice", "requiredTags:", "requiredTags:\n  env: {}", /^policy.yaml:4:3: the key "env" is here twice/],
    ["broken YAML", "[prod, dev]", "[prod, dev", /^policy.yaml:\d+:\d+: /],
    ["a second document", "exemptions:", "---\nexemptions:", /^policy.yaml:9:1: a file holds one document/],
    ["an alias of nothing", "[prod, dev]", "*nothing", /^policy.yaml:3:18: /],
  ])("%s", (_, from, to, expected) => {
    expect(problemsOf(but(from, to))).toContainEqual(expect.stringMatching(expected));
  });

  test("all of them at once, in the order of the file", () => {
    const text = but("values: [prod", "valuse: [prod")
      .replace("CC-[0-9]{4}", "[")
      .replace("name: all", "name: all\n    mode: on")
      .replace("2027-01-01", "soon");
    expect(problemsOf(text).map((problem) => problem.split(":")[1])).toEqual(["3", "4", "7", "13"]);
  });

  test("a definition that is wrong doesn't make its key an undefined one", () => {
    expect(problemsOf(but("values: [prod, dev]", "values: 5"))).toEqual([expect.stringMatching(/^policy.yaml:3:18: /)]);
  });
});

describe("files together", () => {
  const tags = (key: string): string => `version: 1\nrequiredTags:\n  ${key}: {}\n`;
  const policy = (name: string, key: string): string =>
    `version: 1\npolicies:\n  - { name: ${name}, require: [${key}] }\n`;

  test("a policy may require what another file defines", () => {
    expect(
      problemsOfFiles([
        { path: "b.yaml", text: tags("env") },
        { path: "a.yaml", text: policy("p", "env") },
      ]),
    ).toEqual([]);
  });

  test("a key that two files define is an error in the second", () => {
    const files = [
      { path: "b.yaml", text: tags("env") },
      { path: "a.yaml", text: tags("env") },
    ];
    expect(problemsOfFiles(files)).toEqual([`b.yaml:3:3: "env" is defined already in a.yaml:3; keep one definition`]);
  });

  test("a name that two policies have is an error in the second", () => {
    const files = [
      { path: "a.yaml", text: tags("env") + policy("p", "env").replace("version: 1\n", "") },
      { path: "b.yaml", text: policy("p", "env") },
    ];
    expect(problemsOfFiles(files)).toEqual([`b.yaml:3:13: there is a policy "p" already in a.yaml:5`]);
  });

  test("they count in the bytewise order of their paths", async () => {
    const { loadPolicies } = await import("../../../../lib/core/policy/load/load.ts");
    const paths = ["b.yaml", "a/z.yaml", "B.yaml", "\u{1f600}.yaml", "\uff5e.yaml", "a-b.yaml"];
    const files = paths.map((path, index) => ({ path, text: policy(`p${index}`, "{ key: env }") }));
    const { compiled } = loadPolicies(files, { contracts: [], hash });
    expect(compiled.policies.map(({ name }) => paths[Number(name.slice(1))])).toEqual([
      "B.yaml",
      "a-b.yaml",
      "a/z.yaml",
      "b.yaml",
      "\uff5e.yaml",
      "\u{1f600}.yaml",
    ]);
  });
});

describe("what is legal but odd gets a warning", () => {
  test.each([
    ["a definition that no policy requires", "[env, cost-center]", "[env]", /4:3: no policy requires "cost-center"/],
    [
      "an exemption from a key that no policy requires",
      "reason: legacy",
      "reason: legacy\n    tags: [enf]",
      /12:12: no policy requires "enf" \(did you mean "env"\?\)/,
    ],
    [
      "a default that one policy's values refuse",
      "[env, cost-center]",
      "[{ key: env, values: [prod] }, cost-center]",
      /8:22: the default "dev" of env/,
    ],
    [
      "two spellings of one key",
      "cost-center: {",
      "Env: {}\n  cost-center: {",
      /4:3: "Env" and "env" are two spellings/,
    ],
    [
      "two spellings of one key that look the same",
      "cost-center: {",
      '"env\\u00a0": {}\n  cost-center: {',
      /4:3: "env\\u\{a0\}" and "env" are two spellings/,
    ],
  ])("%s", (_, from, to, expected) => {
    expect(load(but(from, to)).warnings).toContainEqual(expect.stringMatching(expected));
  });

  test("no policy at all", () => {
    expect(load("version: 1").warnings).toEqual([expect.stringMatching(/^policy.yaml:1:1: there is no policy/)]);
  });
});
