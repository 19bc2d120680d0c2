import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { GROUP, POLICY, runMain, temporaryFolder } from "../run-main.ts";

let folder: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  writeFileSync(join(folder, "policy.yaml"), POLICY);
});

const RESOURCE =
  "{ type: alibaba:apigateway:apiGroup, account: '1111', region: cn-hangzhou, id: g1, tags: { env: moon } }";

const CASES = `policy: policy.yaml
cases:
  - name: moon is no env
    resource: ${RESOURCE}
    expect: { compliance: noncompliant, missing: [owner], invalid: [env], exempt: [], tags: { owner: platform } }
`;

function cases(text: string, name = "policy.policy-test.yaml"): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

interface Json {
  readonly cases: number;
  readonly failed: number;
  readonly results: readonly {
    readonly name: string;
    readonly passed: boolean;
    readonly line: number;
    readonly differences: readonly { field: string; wanted: unknown; found: unknown; line: number; column: number }[];
  }[];
  readonly coverage?: readonly ({ readonly share: number } & Record<string, { reached: string[]; missed: string[] }>)[];
}

async function run(...argv: readonly string[]): Promise<{ code: number; json: Json; stderr: string }> {
  const { code, stdout, stderr } = await runMain(["policy", "test", ...argv]);
  return { code, stderr, json: JSON.parse(stdout || "{}") as Json };
}

describe("policy test", () => {
  test("a case passes where the policies say what it expects, keys in any order", async () => {
    const { code, json, stderr } = await run(cases(CASES));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "1 case, all passed\n" });
    expect(json).toMatchObject({ cases: 1, failed: 0, results: [{ name: "moon is no env", passed: true, line: 3 }] });
  });

  test.each([
    ["compliance", "noncompliant", "compliant", "compliant", "noncompliant"],
    ["missing", "missing: [owner]", "missing: []", [], ["owner"]],
    ["invalid", "invalid: [env]", "invalid: [env, owner]", ["env", "owner"], ["env"]],
    ["exempt", "exempt: []", "exempt: [env]", ["env"], []],
    ["tags", "owner: platform", "owner: web", { owner: "web" }, { owner: "platform" }],
  ])(
    "another %s is exit 1, with what was wanted and found, and where that stands",
    async (field, from, to, wanted, found) => {
      const { code, json } = await run(cases(CASES.replace(from, to)));
      expect(code).toBe(1);
      expect(json.failed).toBe(1);
      expect(json.results[0]?.differences).toMatchObject([{ field, wanted, found, line: 5 }]);
    },
  );

  test("--policy takes the place of the policies that a file names", async () => {
    writeFileSync(join(folder, "other.yaml"), POLICY.replace("prod, ", "moon, "));
    const { code, json } = await run(cases(CASES), "--policy", join(folder, "other.yaml"));
    expect(code).toBe(1);
    expect(json.results[0]?.differences.map(({ field }) => field)).toEqual(["invalid"]);
  });

  test("exemptions count as of `at`", async () => {
    const exemption = `exemptions: [{ match: {}, reason: r, expires: "2026-11-22" }]\n`;
    writeFileSync(join(folder, "policy.yaml"), POLICY + exemption);
    const on = async (at: string) =>
      (
        await run(
          cases(CASES.replace("cases:", `at: ${at}\ncases:`).replace(/expect: .*/, "expect: { exempt: [env, owner] }")),
        )
      ).code;
    expect([await on("2026-11-22"), await on("2026-11-23")]).toEqual([0, 1]);
  });

  test("an event that was recorded stands for what it creates, with the tags that its request named", async () => {
    const policy = POLICY.replace('["*"]', '["aws:s3:*"]');
    writeFileSync(join(folder, "policy.yaml"), policy);
    mkdirSync(join(folder, "events"));
    writeFileSync(join(folder, "events/created.json"), readFileSync("examples/events/cloudtrail.json"));
    const { code, json } = await run(
      cases(
        CASES.replace(/resource: .*/, "event: events/created.json").replace(
          /expect: .*/,
          "expect: { compliance: not-applicable }",
        ),
      ),
    );
    expect(code).toBe(1);
    expect(json.results[0]?.differences).toMatchObject([
      { id: "arn:aws:s3:::acme-invoices", field: "compliance", found: "noncompliant" },
    ]);
  });

  test("an event may stand in the case itself", async () => {
    const { tags: _, ...ref } = GROUP;
    const event = {
      specversion: "1.0",
      type: "com.tagwarden.resource.created.v1",
      source: "test",
      id: "e1",
      time: "2026-11-22T10:00:00Z",
      data: { ...ref, requestTags: { env: "prod" } },
    };
    const text = CASES.replace(/resource: .*/, `event: ${JSON.stringify(event)}`);
    const { code, stderr } = await run(cases(text.replace(/expect: .*/, "expect: { missing: [owner], invalid: [] }")));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "1 case, all passed\n" });
  });

  test("a folder has its files of cases run, those below it too, and loads none of them as policies", async () => {
    cases(CASES);
    mkdirSync(join(folder, "more/node_modules"), { recursive: true });
    cases(CASES.replace("policy.yaml", "../policy.yaml"), "more/a.policy-test.yaml");
    cases(CASES, "more/node_modules/b.policy-test.yaml");
    expect((await run(folder)).json.cases).toBe(2);
    const compiled = await runMain(["policy", "check", "--policy", folder]);
    expect(compiled).toMatchObject({ code: 0, stderr: "" });
  });

  test("--coverage says what no case reaches, until one does", async () => {
    const { json } = await run(cases(CASES), "--coverage");
    const [covered] = json.coverage ?? [];
    expect(covered?.["defaults"]).toEqual({
      reached: ['owner: the constant "platform"'],
      missed: ['env: the constant "dev"'],
    });
    expect(covered?.["constraints"]?.missed).toEqual([]);
    const more = `${CASES}  - name: nothing\n    resource: ${RESOURCE.replace("env: moon", "")}\n    expect: { missing: [env, owner] }\n`;
    expect((await run(cases(more), "--coverage")).json.coverage?.[0]?.share).toBe(1);
  });

  test("--coverage counts each source of a default, and an exemption that took something out", async () => {
    const policy = POLICY.replace("default: platform", "default: [{ fromTag: team }, platform]");
    writeFileSync(
      join(folder, "policy.yaml"),
      `${policy}exemptions: [{ match: { ids: [x] }, reason: r, expires: "2099-01-01" }]\n`,
    );
    const [covered] = (await run(cases(CASES), "--coverage")).json.coverage ?? [];
    expect(covered?.["defaults"]?.missed).toEqual(['env: the constant "dev"', 'owner: the tag "team"']);
    expect(covered?.["exemptions"]?.missed).toEqual(["1: r (until 2099-01-01)"]);
    const exempt = CASES.replace("id: g1", "id: x").replace(/expect: .*/, "expect: { compliance: exempt }");
    const [both] = (await run(cases(exempt), "--coverage")).json.coverage ?? [];
    expect(both?.["exemptions"]?.missed).toEqual([]);
  });

  test("--format junit is a suite for each file and a failure for each case, with XML's signs escaped", async () => {
    const path = cases(CASES.replace("moon is no env", `'"a" & <b>'`).replace("[owner]", "[]"));
    const { stdout, code } = await runMain(["policy", "test", path, "--format", "junit"]);
    expect(code).toBe(1);
    expect(stdout.replaceAll(path, "FILE")).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="1" failures="1" errors="0">
  <testsuite name="FILE" tests="1" failures="1" errors="0">
    <testcase classname="FILE" name="&quot;a&quot; &amp; &lt;b&gt;">
      <failure message="missing: wanted none, found owner" type="difference">FILE:5:41: missing: wanted none, found owner</failure>
    </testcase>
  </testsuite>
</testsuites>
`);
  });

  test("--format table has a row for each case, and the words of what is different", async () => {
    const path = cases(CASES.replace("[owner]", "[]"));
    const { stdout } = await runMain(["policy", "test", path, "--format", "table", "--coverage"]);
    expect(stdout).toMatch(/^failed +moon is no env +\S+:5:41 +missing: wanted none, found owner$/m);
    expect(stdout).toMatch(/defaults +1 of 2 +env: the constant "dev"$/m);
  });
});

describe("what is wrong with a file of cases is exit 2, with line and column", () => {
  test.each([
    ["an unknown key", "expect:", "expct:", '5:5: unknown key "expct" (did you mean "expect"?)'],
    ["one within what is expected", "missing", "mising", '5:41: unknown key "mising" (did you mean "missing"?)'],
    ["a number for an account", "'1111'", "1111", '4:61: cases[0].resource.account must be text: quote it ("1111")'],
    [
      "a type that is none",
      "alibaba:apigateway:apiGroup",
      "ecs",
      "4:23: cases[0].resource.type must be provider:service:kind",
    ],
    ["a compliance that is none", "noncompliant", "bad", "5:27: cases[0].expect.compliance must be one of compliant"],
    [
      "neither resource nor event",
      /resource: .*/,
      "",
      '3:11: the case "moon is no env" needs either a resource or an event',
    ],
    ["nothing that is expected", /expect: .*/, "expect: {}", "5:13: expect nothing and nothing is tested"],
    ["an `at` that is no time", "cases:", "at: tomorrow\ncases:", "2:5: at must be a day such as 2026-12-31"],
    ["a policy that isn't named", "policy: policy.yaml\n", "", "1:1: policy is missing"],
    ["an event that can't be read", /resource: .*/, "event: { }", "4:12: the event can't be read"],
    [
      "an event that creates nothing",
      /resource: .*/,
      "event: { specversion: '1.0' }",
      "4:12: the event creates nothing",
    ],
  ])("%s", async (_, from, to, said) => {
    const path = cases(CASES.replace(from, () => to));
    const ran = await runMain(["policy", "test", path]);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain(`tagwarden: ${path}:${said}`);
  });

  test("two cases of one name", async () => {
    const twice = CASES + CASES.slice(CASES.indexOf("  - name"));
    expect((await runMain(["policy", "test", cases(twice)])).stderr).toContain("already in line 3");
  });

  test("a policy that can't be loaded", async () => {
    writeFileSync(join(folder, "policy.yaml"), POLICY.replace("mode:", "mod:"));
    const ran = await runMain(["policy", "test", cases(CASES)]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('policy.yaml:9:5: unknown key "mod" (did you mean "mode"?)');
  });

  test("a folder without any, and a format that is none", async () => {
    expect((await runMain(["policy", "test", folder])).stderr).toContain(
      "is a folder without *.policy-test.yaml files",
    );
    expect((await runMain(["policy", "test", "--format", "xml"])).stderr).toContain("choose one of table, json, junit");
  });
});
