import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { LintFinding } from "../../../lib/core/policy/lint/rules.ts";
import { GROUP, ndjson, POLICY, runMain, temporaryFolder } from "../run-main.ts";

let folder: string;

beforeEach(async () => {
  folder = await temporaryFolder();
});

/** A warning in line 8, an error in line 9, and an info in line 10. */
const ODD = `version: 1
requiredTags:
  env: { values: [prod, staging, dev], default: dev }
policies:
  - name: everything
    match: { types: ["aws:ec2:*"] }
    require: [env]
  - { name: "a:b,c%", match: { types: ["aws:s3:*"], accounts: ["1111-2222-3333"] }, require: [env] }
  - { name: none, match: { types: ["aws:s3:*"], not: { types: ["aws:*"] } }, require: [env] }
  - { name: any, match: { types: ["aws:sqs:*"] }, require: [{ key: owner, pattern: ".*" }] }
`;

async function lint(text: string, ...more: readonly string[]) {
  const path = join(folder, "policy.yaml");
  writeFileSync(path, text);
  const ran = await runMain(["policy", "lint", "--policy", path, ...more]);
  return { ...ran, path };
}

describe("policy lint", () => {
  test("of policies without anything odd is an empty list, and exit 0", async () => {
    const { code, stdout, stderr } = await lint(POLICY);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "[]\n", stderr: "nothing to say\n" });
  });

  test("is a list of what is odd, in the order of the places, with the rule, its severity and what to do", async () => {
    const { code, stdout, stderr, path } = await lint(ODD);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "1 error, 1 warning, 1 info\n" });
    expect(JSON.parse(stdout)).toEqual([
      {
        rule: "odd-account",
        severity: "warning",
        file: path,
        line: 8,
        column: 64,
        message: '"1111-2222-3333" is no account id: write it without dashes, "111122223333"',
        fix: "write the account's id as its cloud does",
      },
      {
        rule: "never-matches",
        severity: "error",
        file: path,
        line: 9,
        column: 54,
        message: 'policy "none" matches nothing: its `not` leaves out all that it would match',
        fix: "let `not` leave out less, or take the entry away",
      },
      {
        rule: "matches-everything",
        severity: "info",
        file: path,
        line: 10,
        column: 84,
        message: "the pattern .* takes any value",
        fix: "take the pattern away: a required tag has a value anyway",
      },
    ]);
  });

  test.each([
    ["error", ODD, 1],
    ["error", ODD.replace(/.*name: none.*\n/, ""), 0],
    ["warning", ODD.replace(/.*name: none.*\n/, ""), 1],
    ["warning", ODD.replace(/.*name: (none|"a:b).*\n/g, ""), 0],
    ["never", ODD, 0],
  ])("--fail-on %s is exit %#", async (failOn, text, code) => {
    expect((await lint(text, "--fail-on", failOn)).code).toBe(code);
  });

  test("says all that policy check and compile warn of, and they warn of all but what is info", async () => {
    const { stdout, path } = await lint(ODD);
    const said = (JSON.parse(stdout) as LintFinding[])
      .filter(({ severity }) => severity !== "info")
      .map(({ file, line, column, message }) => `tagwarden: warning: ${file}:${line}:${column}: ${message}\n`);
    const check = await runMain(["policy", "check", "--policy", path]);
    const compile = await runMain(["policy", "compile", "--policy", path]);
    expect([check.stderr, compile.stderr]).toEqual([said.join(""), said.join("")]);
  });

  test("--format github is a line for each that GitHub shows beside the change", async () => {
    const { stdout, path } = await lint(
      ODD.replace('types: ["aws:s3:*"], accounts', 'types: ["aws:*"], not: { types: ["*"] }, accounts'),
      "--format",
      "github",
    );
    expect(stdout.split("\n").slice(0, 2)).toEqual([
      `::error file=${path},line=8,col=55,title=never-matches::policy "a:b,c%25" matches nothing: its \`not\` leaves out all that it would match; let \`not\` leave out less, or take the entry away`,
      expect.stringMatching(/^::warning file=\S+,line=8,col=\d+,title=odd-account::/),
    ]);
    expect(stdout).toContain("::notice ");
  });

  test("--format table has a row for each, and all of its words", async () => {
    const { stdout } = await lint(ODD, "--format", "table");
    expect(stdout).toMatch(
      /^error +never-matches +\S+:9:54 +policy "none" matches nothing: .* +let `not` leave out less/m,
    );
  });

  test("--resources says which policies and exemptions match none of them", async () => {
    const resources = join(folder, "resources.ndjson");
    writeFileSync(resources, ndjson([GROUP, { ...GROUP, id: "g2", tags: undefined }]));
    const text = `version: 1
policies:
  - { name: here, match: { types: ["alibaba:*"] }, require: [{ key: env }] }
  - { name: elsewhere, match: { types: ["aws:*"] }, require: [{ key: env }] }
  - { name: perhaps, match: { types: ["alibaba:*"], tags: { team: web } }, require: [{ key: env }] }
exemptions:
  - { match: { ids: [g3] }, reason: r, expires: "2099-01-01" }
`;
    const { stdout } = await lint(text, "--resources", resources);
    expect((JSON.parse(stdout) as LintFinding[]).map(({ rule, line, message }) => [rule, line, message])).toEqual([
      ["matches-nothing-here", 4, 'policy "elsewhere" matches none of these 2 resources'],
      ["matches-nothing-here", 7, 'the exemption "r" matches none of these 2 resources'],
    ]);
  });

  test("--config holds the policies to the types configured there", async () => {
    const config = join(folder, "config.yaml");
    writeFileSync(
      config,
      'accounts:\n  - { provider: huawei, account: d0001, regions: [cn-north-4], projects: { cn-north-4: p1 }, types: ["huawei:iam:*"], credentials: { accessKey: "env:A", secretKey: "env:B" } }\n',
    );
    const text = POLICY.replace("default: platform", 'default: "a#b"');
    expect((await lint(text, "--config", config)).code).toBe(2);
  });

  test("what can't be loaded is exit 2, and so is an option that is none", async () => {
    const broken = await lint(POLICY.replace("mode:", "mod:"));
    expect(broken).toMatchObject({ code: 2, stdout: "" });
    expect(broken.stderr).toContain('unknown key "mod" (did you mean "mode"?)');
    expect((await lint(POLICY, "--fail-on", "info")).stderr).toContain(
      "--fail-on info: choose one of error, warning, never",
    );
    expect((await lint(POLICY, "--format", "ndjson")).stderr).toContain("choose one of table, json, github");
  });
});
