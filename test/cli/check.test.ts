import { describe, expect, test } from "vitest";
import { POLICY, runMain, temporaryFile } from "./run-main.ts";

const CONFIG = `accounts:
  - provider: huawei
    account: d0001
    regions: [cn-north-4]
    projects: { cn-north-4: p0001 }
    credentials: { accessKey: "env:NOT_SET_HERE", secretKey: "env:NOT_SET_HERE" }
`;
const ORGANIZATION = "accounts:\n  - provider: aws\n    fromOrganization: all\n    regions: [us-east-1]\n";

const policyFile = (text: string) => temporaryFile("policy.yaml", text);
const configFile = (text: string) => temporaryFile("config.yaml", text);
const SILENT = { code: 0, stdout: "", stderr: "" };

describe("policy check", () => {
  test("says nothing of a policy that is right", async () => {
    expect(await runMain(["policy", "check", "--policy", await policyFile(POLICY)])).toEqual(SILENT);
  });

  test("says nothing of a configuration that is right, whose keys and organization it doesn't look up", async () => {
    const policy = await policyFile(POLICY);
    for (const text of [CONFIG, ORGANIZATION]) {
      expect(await runMain(["policy", "check", "--policy", policy, "--config", await configFile(text)])).toEqual(
        SILENT,
      );
    }
  });

  test("names everything that is wrong, each with its place, and nothing else", async () => {
    const policy = await policyFile(
      POLICY.replace("mode: enforce", "mode: perhaps").replace("version: 1", "version: 7"),
    );
    const ran = await runMain(["policy", "check", "--policy", policy]);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/^tagwarden: .*policy\.yaml:1:10: /),
      expect.stringMatching(/^tagwarden: .*policy\.yaml:9:11: /),
    ]);
  });

  test("names what is wrong with the policy beside what is wrong with the configuration", async () => {
    const policy = await policyFile(POLICY.replace("mode: enforce", "mode: perhaps"));
    const config = await configFile(CONFIG.replace("provider: huawei", "provider: moon"));
    const { code, stderr } = await runMain(["policy", "check", "--policy", policy, "--config", config]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/config\.yaml:2:15: .*\n.*policy\.yaml:9:11: /);
  });

  test("names a default that a configured cloud can't hold", async () => {
    const policy = await policyFile(POLICY.replace("default: platform", 'default: "a#b"'));
    const config = await configFile(CONFIG);
    const { code, stderr } = await runMain(["policy", "check", "--policy", policy, "--config", config]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/policy\.yaml:4:\d+: .*huawei/);
  });

  test("names a file that isn't there, and checks the other one", async () => {
    const config = await configFile(CONFIG.replace("provider: huawei", "provider: moon"));
    const { code, stderr } = await runMain(["policy", "check", "--policy", "nowhere.yaml", "--config", config]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/config\.yaml:2:15: .*\ntagwarden: nowhere\.yaml: no such file/);
  });
});

describe("config check", () => {
  test.each([
    ["accounts", CONFIG],
    ["an organization", ORGANIZATION],
  ])("says nothing of %s that are right", async (_name, text) => {
    expect(await runMain(["config", "check", "--config", await configFile(text)])).toEqual(SILENT);
  });

  test("names everything that is wrong, and prints no configuration", async () => {
    const text = CONFIG.replace("regions: [cn-north-4]", "regions: [CN, cn-north-4]").replace(
      "env:NOT_SET_HERE",
      "a key",
    );
    const { code, stdout, stderr } = await runMain(["config", "check", "--config", await configFile(text)]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.trimEnd().split("\n").length).toBeGreaterThanOrEqual(1);
    expect(stderr).toMatch(/config\.yaml:4:/);
  });
});
