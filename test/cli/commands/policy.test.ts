import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeFile } from "node:fs/promises";
import { POLICY, runMain, temporaryFile, temporaryFolder } from "../run-main.ts";

describe("policy compile", () => {
  test("prints plain data with a hash, the same for the same policies", async () => {
    const compile = async (text: string) => {
      const ran = await runMain(["policy", "compile", "--policy", await temporaryFile("policy.yaml", text)]);
      expect(ran.code).toBe(0);
      return JSON.parse(ran.stdout) as { hash: string; policies: { name: string }[] };
    };
    const compiled = await compile(POLICY);
    expect(compiled.policies.map(({ name }) => name)).toEqual(["everything"]);
    expect(compiled.hash).not.toBe("");
    expect((await compile(POLICY)).hash).toBe(compiled.hash);
    expect((await compile(POLICY.replace("platform", "web"))).hash).not.toBe(compiled.hash);
  });

  test("--out writes the same to a file", async () => {
    const policy = await temporaryFile("policy.yaml", POLICY);
    const out = join(await temporaryFolder(), "policies.json");
    expect(await runMain(["policy", "compile", "--policy", policy, "--out", out])).toMatchObject({
      code: 0,
      stdout: "",
    });
    const { stdout } = await runMain(["policy", "compile", "--policy", policy]);
    expect(readFileSync(out, "utf8")).toBe(stdout);
  });

  test("--out into what is no folder is exit 2", async () => {
    const policy = await temporaryFile("policy.yaml", POLICY);
    const ran = await runMain(["policy", "compile", "--policy", policy, "--out", join(policy, "policies.json")]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/policies\.json: a part of this path is not a folder/);
  });

  test("a folder of policies is read in the bytewise order of its paths", async () => {
    const folder = await temporaryFolder();
    const named = (name: string) => POLICY.replace("everything", name).replace(/requiredTags:\n.*\n.*\n/, "");
    await writeFile(join(folder, "b.yaml"), named("second"));
    await writeFile(
      join(folder, "B.yml"),
      named("first").replace("policies:", `${POLICY.split("\n").slice(1, 4).join("\n")}\npolicies:`),
    );
    await writeFile(join(folder, "notes.txt"), "not a policy");
    const ran = await runMain(["policy", "compile", "--policy", folder]);
    expect(ran.stderr).toBe("");
    const { policies } = JSON.parse(ran.stdout) as { policies: { name: string }[] };
    expect(policies.map(({ name }) => name)).toEqual(["first", "second"]);
  });

  test("a default that a configured provider can't hold is refused", async () => {
    const text = POLICY.replace("default: platform", 'default: "a#b"').replace(
      'types: ["*"]',
      'types: ["huawei:iam:user"]',
    );
    const ran = await runMain(["policy", "compile", "--policy", await temporaryFile("policy.yaml", text)]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/policy\.yaml:4:\d+: .*huawei:iam:user.*owner/);
  });

  test("a bad configuration is refused with its place", async () => {
    const policy = await temporaryFile("policy.yaml", POLICY);
    const config = await temporaryFile(
      "config.yaml",
      "accounts:\n  - provider: aws\n    account: 444455556666\n    regions: [us-east-1]\n",
    );
    const ran = await runMain(["policy", "compile", "--policy", policy, "--config", config]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/config\.yaml:3:14: accounts\[0\]\.account must be text: quote it \("444455556666"\)/);
  });
});

test("policy schema is a JSON Schema", async () => {
  const ran = await runMain(["policy", "schema"]);
  expect(ran.code).toBe(0);
  expect(JSON.parse(ran.stdout)).toMatchObject({ type: "object", properties: { version: {}, policies: {} } });
});
