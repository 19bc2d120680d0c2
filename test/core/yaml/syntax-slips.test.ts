import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseConfigFile } from "../../../lib/core/config/schema.ts";
import { InputError } from "../../../lib/core/errors.ts";
import { allContracts } from "../../../lib/providers/index.ts";
import { load, problemsOf, problemsOfFiles } from "../policy/policies.ts";

const PERFECT = `version: 1
requiredTags:
  env: { values: [prod, dev], default: dev }
  cost-center:
    pattern: "CC-[0-9]{4}"
policies:
  - name: all
    match: { types: ["alibaba:*"] }
    require: [env, cost-center]
    mode: enforce
    severity: high
`;

/** PERFECT with one difference. */
function but(from: string, to: string): string {
  expect(PERFECT).toContain(from);
  return PERFECT.replace(from, () => to);
}

test("the file without a slip is a good one", () => expect(load(PERFECT).warnings).toEqual([]));

describe("one slip is one message, which says what to write", () => {
  test.each([
    [
      "a colon without its space",
      "mode: e",
      "mode:e",
      "10:5: a space is missing after the colon: write `mode: enforce`",
    ],
    [
      "one in the first line of an entry",
      "- name: all",
      "- name:all",
      "7:5: a space is missing after the colon: write `name: all`",
    ],
    ["a capital in the first key", "version: 1", "Version: 1", '1:1: unknown key "Version" (did you mean "version"?)'],
    ["two letters that changed places", "name: all", "nmae: all", '7:5: unknown key "nmae" (did you mean "name"?)'],
    ["one in the first line", "version: 1", "version:1", "1:1: a space is missing after the colon: write `version: 1`"],
    [
      "one before a brace",
      "match: {",
      "match:{",
      '8:5: a space is missing after the colon: write `match: { types: ["alibaba:*"] }`',
    ],
    [
      "one within braces",
      "default: dev",
      "default:dev",
      "3:31: a space is missing after the colon: write `default: dev`",
    ],
    [
      "one that is all there is of a mapping",
      "pattern: ",
      "pattern:",
      '5:5: requiredTags.cost-center must be a mapping; a space is missing after the colon: write `pattern: "CC-[0-9]{4}"`',
    ],
    [
      "a file of one line, whose keys are missing then",
      PERFECT,
      "{ version:1, policies: [{ name:p, require: [{ key: env }] }] }",
      "1:3: a space is missing after the colon: write `version: 1`",
      "1:27: a space is missing after the colon: write `name: p`",
    ],
    [
      "a dash without its space",
      "- name: all",
      "-name: all",
      "7:3: a space is missing after the dash: write `- name: all`",
    ],
    ["a key without a colon", "name: all", "name all", "7:5: a colon is missing after name: write `name: all`"],
    [
      "a section without one",
      "center:\n",
      "center\n",
      "4:3: a colon is missing after cost-center: write `cost-center:`",
    ],
    ["an equals sign", "mode: e", "mode = e", "10:5: a key ends with a colon, not with =: write `mode: enforce`"],
    [
      "text with a colon in it",
      "name: all",
      "name: all: of them",
      '7:11: text that holds a colon and a space must be quoted: write "all: of them"',
    ],
    [
      "a line that is indented too little",
      "    mode",
      "   mode",
      "10:1: the line is indented by 3 columns, and what stands above it by 4 columns: keys of one mapping start in the same column, and so do the dashes of one list",
    ],
    [
      "one that is indented too far below a value",
      "    severity",
      "      severity",
      "11:1: the line is indented by 6 columns, and what stands above it by 4 columns: keys of one mapping start in the same column, and so do the dashes of one list",
    ],
    ["a tab", "    mode", "\tmode", "10:1: the line is indented by a tab: YAML takes spaces only"],
    [
      "tabs",
      "    mode: enforce\n    severity",
      "\tmode: enforce\n\tseverity",
      "10:1: the line is indented by a tab; so is 1 more line: YAML takes spaces only",
    ],
    ["a brace that stays open", "default: dev }", "default: dev", "3:8: this { is not closed: a } is missing"],
    ["a bracket that stays open", "center]", "center", "9:14: this [ is not closed: a ] is missing"],
    ["a brace that was never opened", "dev }", "dev }}", "3:45: this } closes nothing: remove it, or open it before"],
    [
      "a brace that is closed only",
      "{ values: [prod, dev]",
      "values: [prod, dev]",
      "3:8: a { is missing before `values: [prod, dev], default: dev }`",
    ],
    ["a quote that stays open", '{4}"', "{4}", '5:14: this " is not closed: a second one is missing'],
    ["a missing comma", "], default", "] default", '3:30: a comma is missing before "default"'],
    [
      "text behind a quoted text",
      "name: all",
      'name: "all" accounts',
      '7:17: "accounts" stands behind the end of a value: quote the whole value',
    ],
    ["a sign of YAML's", "name: all", "name: @all", '7:11: @ is a sign of YAML\'s own here: quote it ("@all")'],
    ["a star", '"alibaba:*"', "*", '8:22: * is a sign of YAML\'s own here: quote it ("*")'],
    [
      "a glob that looks like an alias",
      '"alibaba:*"',
      "*:*",
      '8:22: no anchor &:* before this: where text is meant, quote it ("*:*")',
    ],
    [
      "a tag of YAML",
      '"alibaba:*"',
      "!alibaba",
      '8:30: policies[0].match.types[0] has no value: !alibaba is a tag of YAML: quote it ("!alibaba")',
    ],
    [
      "an anchor",
      "name: all",
      "name: &all",
      '7:15: policies[0].name has no value: &all is an anchor of YAML: quote it ("&all")',
    ],
    [
      "a comment",
      "name: all",
      "name: #all",
      '7:11: policies[0].name has no value: what follows # is a comment: quote it ("#all")',
    ],
    [
      "an escape of patterns",
      "[0-9]",
      "\\d",
      "5:18: in double quotes \\d is no escape that YAML knows: write \\\\d, or use single quotes",
    ],
    [
      "a space that is none",
      "    mode",
      "\u00a0\u00a0\u00a0\u00a0mode",
      "10:1: the line begins with spaces that only look like such: type them anew",
    ],
    [
      "one in a line that is the last of its kind",
      "    severity",
      "\u00a0\u00a0\u00a0\u00a0severity",
      '11:1: unknown key "\\u{a0}\\u{a0}\\u{a0}\\u{a0}severity": it holds spaces or signs that only look like spaces or like none; type the line anew',
    ],
    [
      "a key that is there twice in an entry, and begins none",
      "    severity: high",
      "    mode: report",
      '11:5: the key "mode" is here twice',
    ],
    [
      "the first key of an entry at its end",
      "    severity: high",
      "    name: other",
      '11:5: the key "name" is here twice',
    ],
    [
      "a dash that is missing, behind which an entry is as wrong as others",
      "  - name: all",
      "  - name: dev\n    require: [env]\n    mode: report\n    name: all",
      "10:5: a dash is missing: write `- name: all`",
    ],
    [
      "a number with a fraction where there is none",
      "severity: high",
      "graceDays: 1.5",
      "11:16: policies[0].graceDays must be a whole number",
    ],
    [
      "definitions in a list, whose keys nobody knows then",
      '  env: { values: [prod, dev], default: dev }\n  cost-center:\n    pattern: "CC-[0-9]{4}"\n',
      "  - env: { values: [prod, dev] }\n  - cost-center\n",
      "3:3: requiredTags must be a mapping of keys",
    ],
    [
      "text that goes on behind a bracket",
      '"CC-[0-9]{4}"',
      "[A-Z]{2}-[0-9]+",
      "5:14: text with signs of YAML's own must be quoted: write '[A-Z]{2}-[0-9]+'",
    ],
    [
      "text that goes on behind a brace",
      '"CC-[0-9]{4}"',
      "{x}x",
      "5:14: text with signs of YAML's own must be quoted: write '{x}x'",
    ],
    [
      "text with a bracket in the middle, within braces",
      "default: dev",
      "default: dev, overwrite: f[a]lse",
      "3:56: text with signs of YAML's own must be quoted: write 'f[a]lse'",
      "3:56: requiredTags.env.overwrite must be true or false",
    ],
    [
      "a list without brackets",
      '["alibaba:*"]',
      "alibaba:*",
      "8:21: policies[0].match.types must be a list: write [alibaba:*]",
    ],
    [
      "one within braces",
      "values: [prod, dev]",
      "values: prod, dev",
      "3:18: requiredTags.env.values must be a list: write [prod, dev]",
    ],
    [
      "a key that slid to the left",
      "    match",
      "match",
      "8:1: match stands too far to the left: indent its line by 4 more",
    ],
    [
      "one in the middle of definitions",
      "    pattern",
      "pattern",
      "5:1: pattern stands too far to the left: indent its line as those beside it are",
    ],
    [
      "the last one of an entry",
      "    severity",
      "severity",
      "11:1: severity stands too far to the left: indent its line as those beside it are",
    ],
    [
      "a definition that slid",
      "  cost-center:",
      "cost-center:",
      "4:1: cost-center stands too far to the left: indent its line as those beside it are",
    ],
    [
      "all definitions",
      "  env: { values: [prod, dev], default: dev }\n  cost-center:",
      "env: { values: [prod, dev], default: dev }\ncost-center:",
      "3:1: env stands too far to the left: indent its line as those beside it are",
      "4:1: cost-center stands too far to the left: indent its line as those beside it are",
    ],
    [
      "what belongs below an empty key",
      ' { types: ["alibaba:*"] }',
      '\n    types: ["alibaba:*"]',
      "8:11: policies[0].match has no value: indent what belongs to it further, types",
    ],
    [
      "a colon without its space, alone in its entry",
      "[env, cost-center]",
      "[env, key:cost-center]",
      "9:20: a space is missing after the colon: write `key: cost-center`",
    ],
    [
      "a full-width colon",
      "version: 1",
      "version：1",
      "1:8: ： is no colon to YAML, though it looks like one: write `version: 1`",
    ],
    [
      "one behind a section",
      "policies:",
      "policies：",
      "6:9: ： is no colon to YAML, though it looks like one: write `policies:`",
    ],
    [
      "one that is all there is of a mapping",
      "pattern: ",
      "pattern：",
      '5:5: requiredTags.cost-center must be a mapping; ： is no colon to YAML, though it looks like one: write `pattern: "CC-[0-9]{4}"`',
    ],
    [
      "a full-width comma",
      "[prod, dev]",
      "[prod、dev]",
      "3:19: 、 is no comma to YAML, though it looks like one: write `prod, dev`",
    ],
    [
      "one behind a list",
      "], default",
      "]，default",
      "3:29: ， is no comma to YAML, though it looks like one: write `env: { values: [prod, dev], default: dev }`",
    ],
    [
      "brackets of print",
      "[env, cost-center]",
      "【env，cost-center】",
      "9:14: policies[0].require must be a list; 【 is no bracket to YAML, though it looks like one: write `[env, cost-center]`",
    ],
    [
      "full-width quotes",
      '"CC-[0-9]{4}"',
      "＂CC-[0-9]{4}＂",
      '5:14: the quotes ＂CC-[0-9]{4}＂ are part of the text: write straight ones ("CC-[0-9]{4}")',
    ],
    [
      "a space of another width behind the colon",
      "mode: e",
      "mode:\u00a0e",
      "10:10: U+00A0 is no space to YAML, though it looks like one: write `mode: enforce`",
    ],
    [
      "a dash of print",
      "- name: all",
      "– name: all",
      "7:3: – is no dash to YAML, though it looks like one: write `- name: all`",
    ],
  ])("%s", (_, from, to, ...expected) => {
    expect(problemsOf(but(from, to))).toEqual(expected.map((message) => `policy.yaml:${message}`));
  });

  test.each(["王，李", "「共享」网络：平台", "prod、", "a，王"])("%s is text like any other", (value) => {
    expect(load(but("[prod, dev]", `[${value}, dev]`)).warnings).toEqual([]);
  });

  test("three slips are three, and what else is wrong is said beside them, where it stands", () => {
    const text = but("mode: enforce\n    severity: high", "mode:enforce\n    severity:hihg").replace(
      "[prod, dev], default",
      "[prod, dev] defualt",
    );
    expect(problemsOf(text)).toEqual([
      'policy.yaml:3:30: a comma is missing before "defualt"',
      'policy.yaml:3:30: unknown key "defualt" (did you mean "default"?)',
      "policy.yaml:10:5: a space is missing after the colon: write `mode: enforce`",
      "policy.yaml:11:5: a space is missing after the colon: write `severity: hihg`",
      'policy.yaml:11:14: policies[0].severity must be one of low, medium, high (did you mean "high"?)',
    ]);
  });

  test("keys of a file that can't be read are not called undefined in another", () => {
    expect(
      problemsOfFiles([
        { path: "a.yaml", text: "version: 1\nrequiredTags: { env: {}\n" },
        { path: "b.yaml", text: "version: 1\npolicies:\n  - { name: p, require: [env] }\n" },
      ]),
    ).toEqual(["a.yaml:2:15: this { is not closed: a } is missing"]);
  });
});

/** Every text with one sign of YAML's less than this, or one space less behind a colon. */
function withOneLess(text: string): string[] {
  return [...text.matchAll(/(?<=:) |[{}[\]"',]/g)].flatMap(({ index }) => {
    const line = text.slice(text.lastIndexOf("\n", index) + 1, index);
    return line.includes("#") ? [] : [text.slice(0, index) + text.slice(index + 1)];
  });
}

test.each([
  ["examples/policies/starter.yaml", (text: string) => load(text, { contracts: allContracts }).warnings],
  ["examples/config.yaml", (text: string) => parseConfigFile("config.yaml", text)],
] as const)("whatever single sign is left out of %s, that is one message at most", (path, read) => {
  const texts = withOneLess(readFileSync(path, "utf8"));
  expect(texts.length).toBeGreaterThan(15);
  for (const text of texts) {
    try {
      read(text);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      expect(error.message.split("\n"), text).toHaveLength(1);
    }
  }
});

test("a file that is wrong on every line is refused as quickly as one that is wrong once", () => {
  const lines = Array.from({ length: 10_000 }, (_, index) => `  k${index}: @x`);
  const problems = problemsOf(`version: 1\nrequiredTags:\n${lines.join("\n")}\n`);
  expect(problems.length).toBeGreaterThan(0);
  expect(problems.length).toBeLessThan(100);
});
