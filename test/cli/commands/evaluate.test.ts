import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { GROUP, ndjson, POLICY, runMain, temporaryFile, temporaryFolder } from "../run-main.ts";

const evaluate = async (resources: string | Uint8Array, ...more: string[]) => {
  const policy = await temporaryFile("policy.yaml", POLICY);
  const path = await temporaryFile("resources.ndjson", resources);
  return runMain(["evaluate", "--policy", policy, "--resources", path, ...more]);
};

const EVALUATION = {
  id: "g1",
  type: GROUP.type,
  account: GROUP.account,
  region: GROUP.region,
  compliance: "compliant",
  missing: [],
  invalid: [],
  nearMisses: [],
  broken: [],
  policies: ["everything"],
};

describe("evaluate", () => {
  test("a compliant resource is one NDJSON line and exit 0", async () => {
    const ran = await evaluate(ndjson([GROUP]));
    expect(ran).toEqual({ code: 0, stdout: ndjson([EVALUATION]), stderr: "1 compliant\n" });
  });

  test("a resource's project is said of it, and of no other", async () => {
    const ran = await evaluate(ndjson([{ ...GROUP, project: "p1" }, GROUP]));
    const { id, type, account, region, ...rest } = EVALUATION;
    expect(ran.stdout).toBe(ndjson([{ id, type, account, region, project: "p1", ...rest }, EVALUATION]));
    const wrong = await evaluate(ndjson([{ ...GROUP, project: 1 }]));
    expect(wrong).toMatchObject({ code: 2, stdout: "" });
    expect(wrong.stderr).toContain('resources.ndjson:1: "project" must be the id of a Huawei project as text');
  });

  test("a noncompliant resource names what is missing and invalid, and exit is 1", async () => {
    const ran = await evaluate(ndjson([{ ...GROUP, tags: { env: "moon", Owner: "web" } }]));
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      compliance: "noncompliant",
      missing: ["owner"],
      invalid: [{ key: "env", value: "moon" }],
      nearMisses: [{ key: "owner", found: "Owner" }],
    });
  });

  test("absent tags are unknown, and empty ones are none", async () => {
    const { tags: _tags, ...unknown } = GROUP;
    const ran = await evaluate(ndjson([unknown, { ...GROUP, id: "g2", tags: {} }]));
    const lines = ran.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { compliance: string });
    expect(lines.map(({ compliance }) => compliance)).toEqual(["unknown", "noncompliant"]);
    expect(ran.code).toBe(1);
  });

  test("json is one array, also of nothing", async () => {
    expect(JSON.parse((await evaluate(ndjson([GROUP, GROUP]), "--format", "json")).stdout)).toEqual([
      EVALUATION,
      EVALUATION,
    ]);
    expect((await evaluate("\n\n", "--format", "json")).stdout).toBe("[]\n");
  });

  test("table has a heading and one line a resource", async () => {
    const { stdout } = await evaluate(ndjson([GROUP]), "--format", "table");
    expect(stdout.split("\n")[0]).toMatch(/^compliance\s+type\s+account\s+region\s+id/);
    expect(stdout.split("\n")[1]).toMatch(/^compliant\s+alibaba:apigateway:apiGroup\s+111122223333\s+cn-hangzhou\s+g1/);
  });

  test("a value with control characters can't reach the terminal", async () => {
    const { stdout } = await evaluate(ndjson([{ ...GROUP, id: "g\u001b[2J1" }]), "--format", "table");
    expect(stdout).not.toContain("\u001b");
    expect(stdout).toContain("g\\u{1b}[2J1");
  });

  test("gzip, a byte order mark, CRLF and empty lines make no difference", async () => {
    const plain = ndjson([GROUP]);
    const odd = `\ufeff\r\n${plain.trim()}\r\n\r\n`;
    for (const content of [gzipSync(plain), odd, gzipSync(odd)]) {
      expect((await evaluate(content)).stdout).toBe(ndjson([EVALUATION]));
    }
  });

  test("a folder is read file by file, in the order of their names", async () => {
    const policy = await temporaryFile("policy.yaml", POLICY);
    const folder = await temporaryFolder();
    await writeFile(join(folder, "b.ndjson"), ndjson([{ ...GROUP, id: "g2" }]));
    await writeFile(join(folder, "a.ndjson.gz"), gzipSync(ndjson([GROUP])));
    const ran = await runMain(["evaluate", "--policy", policy, "--resources", folder]);
    expect(ran.stdout).toBe(ndjson([EVALUATION, { ...EVALUATION, id: "g2" }]));
  });

  test("- is stdin", async () => {
    const policy = await temporaryFile("policy.yaml", POLICY);
    const ran = await runMain(["evaluate", "--policy", policy, "--resources", "-"], {
      stdin: gzipSync(ndjson([GROUP])),
    });
    expect(ran.stdout).toBe(ndjson([EVALUATION]));
  });

  test("tag keys that objects are born with are keys like any other", async () => {
    const line = JSON.stringify(GROUP).replace('"env"', '"__proto__":"x","constructor":"y","env"');
    expect((await evaluate(`${line}\n`)).stdout).toBe(ndjson([EVALUATION]));
  });

  test("a table has values and other spellings in quotes, with what can't be seen escaped; JSON has them as they are", async () => {
    const line = ndjson([
      { ...GROUP, tags: { env: "рrod\u00a0" } },
      { ...GROUP, tags: { "env\u200b": "prod" } },
    ]);
    const table = (await evaluate(line, "--format", "table")).stdout;
    expect(table).toContain(String.raw`env="\u{440}rod\u{a0}" must be`);
    expect(table).toContain(String.raw`"env\u{200b}" for env`);
    const [invalid, near] = (await evaluate(line)).stdout
      .trim()
      .split("\n")
      .map((one) => JSON.parse(one) as unknown);
    expect(invalid).toMatchObject({ invalid: [{ key: "env", value: "рrod\u00a0" }] });
    expect(near).toMatchObject({ nearMisses: [{ key: "env", found: "env\u200b" }] });
  });

  test("--at decides whether an exemption has expired", async () => {
    const policy = await temporaryFile(
      "policy.yaml",
      `${POLICY}exemptions:
  - match: { ids: [g1] }
    reason: agreed
    approvedBy: netops@example.com
    expires: "2027-03-31"
`,
    );
    const resources = await temporaryFile("resources.ndjson", ndjson([{ ...GROUP, tags: {} }]));
    const at = async (day: string) =>
      JSON.parse(
        (await runMain(["evaluate", "--policy", policy, "--resources", resources, "--at", day])).stdout,
      ) as unknown;
    expect(await at("2027-03-31")).toMatchObject({ compliance: "exempt" });
    expect(await at("2027-04-01")).toMatchObject({ compliance: "noncompliant" });
  });

  test.each(["2027-02-30", "2027-3-1", "2027-03", "2027-03-31T23:00:00", "Mar 31 2027", "yesterday", ""])(
    "--at %j is refused",
    async (day) => {
      const ran = await evaluate(ndjson([GROUP]), "--at", day);
      expect(ran.code).toBe(2);
      expect(ran.stderr).toMatch(/^tagwarden: --at .*: not a date/);
    },
  );

  test("a reader that has seen enough ends it quietly", async () => {
    const policy = await temporaryFile("policy.yaml", POLICY);
    const many = ndjson(Array.from({ length: 2000 }, (_, index) => ({ ...GROUP, id: `g${index}` })));
    const ran = await runMain(["evaluate", "--policy", policy, "--resources", "-"], { stdin: many, closeAfter: 1 });
    expect(ran.code).toBe(0);
    expect(ran.stderr).toBe("");
  });
});

describe("a bad resource line is one clear message and exit 2", () => {
  const { type: _type, ...typeless } = GROUP;
  test.each([
    ["no type", typeless, 'the resource has no "type"'],
    ["a type of one part", { ...GROUP, type: "apiGroup" }, '"apiGroup" is not a resource type'],
    ["a type of no provider", { ...GROUP, type: "azure:vm:disk" }, '"azure:vm:disk" is not a resource type'],
    [
      "an account without quotes",
      { ...GROUP, account: 111122223333 },
      '"account" is a number; quote it: "111122223333"',
    ],
    ["an empty region", { ...GROUP, region: "" }, '"region" must be text that is not empty'],
    ["no id", { ...GROUP, id: undefined }, 'the resource has no "id"'],
    ["tags as a list", { ...GROUP, tags: [] }, '"tags" must be an object of text'],
    ["tags that are null", { ...GROUP, tags: null }, '"tags" must be an object of text'],
    [
      "a tag that is a number",
      { ...GROUP, tags: { cc: 7 } },
      'the value of tag "cc" in "tags" is not text; quote it: "7"',
    ],
    ["an event that is text", { ...GROUP, event: "x" }, '"event" must be an object'],
    ["a creation time that is none", { ...GROUP, event: { createdAt: "noon" } }, '"event.createdAt" must be a time'],
    [
      "a creation time of this machine's zone",
      { ...GROUP, event: { createdAt: "2026-11-22T10:00:00" } },
      '"event.createdAt" must be a time',
    ],
    ["a list instead of a resource", [GROUP], "not a resource; write one JSON object a line"],
  ])("%s", async (_name, line, message) => {
    const ran = await evaluate(ndjson([GROUP, line]));
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/^tagwarden: .*resources\.ndjson:2: /);
    expect(ran.stderr).toContain(message);
    expect(ran.stderr.trim().split("\n")).toHaveLength(1);
  });

  test("malformed JSON names line and character, never the text", async () => {
    const ran = await evaluate(`${ndjson([GROUP])}{"type":"secret stuff`);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/resources\.ndjson:2: not valid JSON; /);
    expect(ran.stderr).not.toContain("secret");
  });

  test("a line of 20 MB is refused before it fills the memory", async () => {
    const ran = await evaluate(`{"type":"${"a".repeat(20 * 1024 * 1024)}`);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("resources.ndjson:1: the line is longer than 16 MB");
  });

  test("bytes that are not UTF-8", async () => {
    const ran = await evaluate(Uint8Array.from([0xff, 0xfe, 0x41]));
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("is not UTF-8 text");
  });

  test("gzip that was cut off", async () => {
    const ran = await evaluate(gzipSync(ndjson([GROUP])).subarray(0, 40));
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("is not a whole gzip file");
  });
});

describe("bad files are one clear message and exit 2", () => {
  test("a policy that doesn't exist", async () => {
    const ran = await runMain(["evaluate", "--policy", "nowhere.yaml", "--resources", "-"]);
    expect(ran).toEqual({ code: 2, stdout: "", stderr: "tagwarden: nowhere.yaml: no such file; check the path\n" });
  });

  test("resources that don't exist", async () => {
    const policy = await temporaryFile("policy.yaml", POLICY);
    const ran = await runMain(["evaluate", "--policy", policy, "--resources", "nowhere.ndjson"]);
    expect(ran).toEqual({ code: 2, stdout: "", stderr: "tagwarden: nowhere.ndjson: no such file; check the path\n" });
  });

  test("a folder without resources", async () => {
    const policy = await temporaryFile("policy.yaml", POLICY);
    const folder = await temporaryFolder();
    const ran = await runMain(["evaluate", "--policy", policy, "--resources", folder]);
    expect(ran.stderr).toBe(`tagwarden: ${folder}: is a folder without .ndjson or .ndjson.gz files; name another\n`);
  });

  test.each([
    ["an unknown key", POLICY.replace("mode:", "mood:"), /policy\.yaml:9:5: .*mood/],
    [
      "a pattern that is not RE2",
      POLICY.replace("{ default: platform }", '{ pattern: "(?=a)b" }'),
      /policy\.yaml:4:\d+: /,
    ],
    ["an account without quotes", POLICY.replace('types: ["*"]', "accounts: [111122223333]"), /quote it.*111122223333/],
  ])("a policy with %s", async (_name, policy, message) => {
    const path = await temporaryFile("policy.yaml", policy);
    const ran = await runMain(["evaluate", "--policy", path, "--resources", "-"]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(message);
    expect(ran.stderr.trim().split("\n")).toHaveLength(1);
  });
});
