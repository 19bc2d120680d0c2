import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListAccountsCommand, OrganizationsClient } from "@aws-sdk/client-organizations";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { runMain } from "./run-main.ts";

const organizations = mockClient(OrganizationsClient);
const ORGANIZATION = "accounts:\n  - provider: aws\n    fromOrganization: all\n    regions: [us-east-1]\n";

beforeEach(() => organizations.reset());

describe("tagwarden config compile", () => {
  test("writes the checked configuration with its defaults, as the functions read it", async () => {
    const { code, stdout } = await runMain(["config", "compile", "--config", "examples/config.yaml"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ settleSeconds: expect.any(Number), accounts: expect.any(Array) });
  });

  test("keeps the projects of a region as they are written, one or several", async () => {
    const stdin = `accounts:
  - provider: huawei
    account: d0001
    regions: [cn-north-4, cn-south-1]
    projects: { cn-north-4: [p0001, p0002], cn-south-1: p0003 }
    credentials: { accessKey: "env:AK", secretKey: "env:SK" }
`;
    const { code, stdout } = await runMain(["config", "compile", "--config", "-"], { stdin });
    expect(code).toBe(0);
    const projects = { "cn-north-4": ["p0001", "p0002"], "cn-south-1": "p0003" };
    expect(JSON.parse(stdout)).toMatchObject({ accounts: [{ projects }] });
  });

  test("makes the folder that it is to write into", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tagwarden-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const out = join(folder, "deploy", "config.json");
    const { code } = await runMain(["config", "compile", "--config", "examples/config.yaml", "--out", out]);
    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(out, "utf8"))).toMatchObject({ accounts: expect.any(Array) });
  });

  test("lists the accounts of an organization", async () => {
    organizations.on(ListAccountsCommand).resolves({ Accounts: [{ Id: "222222222222", State: "ACTIVE" }] });
    const { code, stdout, stderr } = await runMain(["config", "compile", "--config", "-"], { stdin: ORGANIZATION });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ accounts: [{ account: "222222222222" }] });
    expect(stderr).toContain("1 account\n");
  });

  test("says beside the result what the deployment must be told", async () => {
    organizations.on(ListAccountsCommand).resolves({ Accounts: [{ Id: "222222222222", State: "ACTIVE" }] });
    const stdin = `${ORGANIZATION}    role: keeper\n`;
    const { code, stdout, stderr } = await runMain(["config", "compile", "--config", "-"], { stdin });
    expect(code).toBe(0);
    expect(stderr).toContain(
      'note: accounts are entered by a role called "keeper": deploy with --param="accountRole=keeper"',
    );
    expect(JSON.parse(stdout)).toMatchObject({ accounts: [{ account: "222222222222" }] });
  });

  test("exits 2 and says what it takes where the organization can't be listed", async () => {
    organizations.on(ListAccountsCommand).rejects(new Error("no"));
    const { code, stderr } = await runMain(["config", "compile", "--config", "-"], { stdin: ORGANIZATION });
    expect(code).toBe(2);
    expect(stderr).toMatch(/can't be listed: Error: no\. It takes organizations:ListAccounts/);
  });
});
