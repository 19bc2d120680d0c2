import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { EmulatedResource } from "../../../local/emulator/emulated-resource.ts";
import { startEmulator, type Emulator } from "../../../local/emulator/start.ts";
import { POLICY, runMain, temporaryFolder } from "../run-main.ts";

const MANAGEMENT = "1000000000000001";
const [OPEN, CLOSED, OWN] = ["2000000000000001", "2000000000000002", "2000000000000003"] as const;
const type = "alibaba:apigateway:apiGroup";
const region = "cn-hangzhou";
const RESOURCES: readonly EmulatedResource[] = [OPEN, CLOSED, OWN].map((account) => ({
  type,
  account,
  region,
  id: `group-of-${account}`,
  tags: {},
}));

let emulator: Emulator;
let folder: string;

beforeAll(async () => {
  const members = [{ account: OPEN }, { account: CLOSED, trusts: false }, { account: OWN, folders: ["fd-shop"] }];
  emulator = await startEmulator({ resources: RESOURCES, directory: { management: MANAGEMENT, members } });
});

afterAll(() => emulator.close());

beforeEach(async () => {
  emulator.reset();
  folder = await temporaryFolder();
  writeFileSync(join(folder, "policy.yaml"), POLICY);
});

/** The directory's entry, entered by the key of an account. */
function configured(change: object = {}, by: string = MANAGEMENT): string {
  const { endpoints, accounts } = emulator.description.alibaba;
  const key = accounts[by];
  if (key === undefined) throw new Error(`the emulator serves no ${by}`);
  const entry = {
    provider: "alibaba",
    fromOrganization: "all",
    regions: [region],
    endpoints,
    credentials: { accessKeyId: key.accessKeyId, accessKeySecret: key.accessKeySecret },
    ...change,
  };
  const file = join(folder, "config.yaml");
  writeFileSync(file, stringify({ accounts: [entry] }));
  return file;
}

const audit = async (config: string) => {
  const files = ["--policy", join(folder, "policy.yaml"), "--config", config, "--out", join(folder, "out")];
  const { code, stdout, stderr } = await runMain(["audit", ...files, "--format", "json"]);
  return { code, stderr, report: code === 2 ? undefined : JSON.parse(stdout) };
};

describe("the members of a resource directory", () => {
  test("are audited by roles of theirs; one that can't be entered is named, and the others go on", async () => {
    const { code, stderr, report } = await audit(configured());
    expect(code).toBe(3);
    expect(report.resources).toBe(2);
    const gaps = stderr.split("\n").filter((line) => line.includes("not audited"));
    expect(new Set(gaps.map((line) => line.split(".")[1]))).toEqual(new Set([CLOSED]));
    expect(stderr).toContain(`the role acs:ram::${CLOSED}:role/tagwarden can't be taken`);
    expect(emulator.calls()["alibaba:resourcedirectory:ListAccounts"]).toBe(1);
  });

  test("are those of the folders that are named, without those that are excluded", async () => {
    const compiled = await runMain(["config", "compile", "--config", configured({ fromOrganization: ["fd-shop"] })]);
    expect(JSON.parse(compiled.stdout).accounts.map(({ account }: { account: string }) => account)).toEqual([OWN]);
    const others = await runMain(["config", "compile", "--config", configured({ exclude: [CLOSED] })]);
    expect(JSON.parse(others.stdout).accounts.map(({ account }: { account: string }) => account)).toEqual([OPEN, OWN]);
  });

  test("can't be listed by one of them, which is one clear error and not an empty organization", async () => {
    const { code, stderr } = await audit(configured({}, OPEN));
    expect(code).toBe(2);
    expect(stderr).toContain("the accounts of the organization can't be listed: NoPermission");
    expect(stderr).toContain("It takes resourcemanager:ListAccounts in the management account");
  });

  test("that don't have the role are named with it", async () => {
    const { code, stderr } = await audit(configured({ role: "nobody-made-it" }));
    expect(code).toBe(3);
    expect(stderr).toContain(`the role acs:ram::${OPEN}:role/nobody-made-it can't be taken`);
  });
});
