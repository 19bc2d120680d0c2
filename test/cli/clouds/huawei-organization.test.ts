import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { EmulatedResource } from "../../../local/emulator/emulated-resource.ts";
import { startEmulator, type Emulator } from "../../../local/emulator/start.ts";
import { POLICY, runMain, temporaryFolder } from "../run-main.ts";

const MANAGEMENT = "d0000";
const [OPEN, CLOSED, OWN] = ["d0001", "d0002", "d0003"] as const;
const region = "cn-north-4";
const RESOURCES: readonly EmulatedResource[] = [OPEN, CLOSED, OWN].map((account) => ({
  type: "huawei:apig:instance",
  account,
  region,
  id: `gateway-of-${account}`,
  tags: {},
}));

let emulator: Emulator;
let folder: string;

beforeAll(async () => {
  const members = [{ account: OPEN }, { account: CLOSED, trusts: false }, { account: OWN, folders: ["ou-1", "ou-2"] }];
  const organization = { management: MANAGEMENT, members: [...members, { account: "d0004", status: "suspended" }] };
  emulator = await startEmulator({ resources: RESOURCES, organization });
});

afterAll(() => emulator.close());

beforeEach(async () => {
  emulator.reset();
  folder = await temporaryFolder();
  writeFileSync(join(folder, "policy.yaml"), POLICY);
});

/** The organization's entry, entered by the key of an account. */
function configured(change: object = {}, by: string = MANAGEMENT): string {
  const { endpoints, accounts } = emulator.description.huawei;
  const key = accounts[by];
  if (key === undefined) throw new Error(`the emulator serves no ${by}`);
  const entry = {
    provider: "huawei",
    account: by,
    fromOrganization: "all",
    regions: [region],
    endpoints,
    credentials: { accessKey: key.accessKey, secretKey: key.secretKey },
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

const compile = async (config: string) => {
  const out = join(folder, "compiled.json");
  const { code, stderr } = await runMain(["config", "compile", "--config", config, "--out", out]);
  return { code, stderr, out };
};

const gapsIn = (stderr: string) =>
  new Set(
    stderr
      .split("\n")
      .filter((line) => line.includes("not audited"))
      .map((line) => line.split(".")[1]),
  );

describe("the members of an organization of Huawei Cloud", () => {
  test("are audited by agencies of theirs; one that can't be entered is named, and the others go on", async () => {
    const { code, stderr, report } = await audit(configured());
    expect(code).toBe(3);
    expect(report.resources).toBe(2);
    expect(stderr).toContain(`account ${CLOSED} can't be entered, and is not covered: PAP5.0001`);
    expect(gapsIn(stderr)).toEqual(new Set([CLOSED]));
    expect(stderr).toContain(`the agency iam::${CLOSED}:agency:tagwarden can't be taken`);
    expect(emulator.calls()["huawei:organizations:ListAccounts"]).toBe(1);
  });

  test("are written down with their projects, and one that can't be entered with the reason, until it can be", async () => {
    const { code, out } = await compile(configured());
    expect(code).toBe(0);
    const { accounts } = JSON.parse((await runMain(["config", "compile", "--config", out])).stdout);
    const known = emulator.description.huawei.accounts;
    expect(accounts.map((one: { account: string; projects: object }) => [one.account, one.projects])).toEqual([
      [OPEN, { [region]: known[OPEN]?.projects[region] }],
      [CLOSED, {}],
      [OWN, { [region]: known[OWN]?.projects[region] }],
    ]);
    expect(accounts[1].notEntered).toContain("PAP5.0001");
    // What was compiled knows them, and asks nobody again.
    emulator.reset();
    const later = await audit(out);
    expect(later.code).toBe(3);
    expect(gapsIn(later.stderr)).toEqual(new Set([CLOSED]));
    expect(later.report.resources).toBe(2);
    expect(emulator.calls()).not.toHaveProperty("huawei:iam:KeystoneListProjects");
  });

  test("are those below the units that are named, without those that are excluded", async () => {
    const accountsOf = async (change: object) => {
      const { stdout } = await runMain(["config", "compile", "--config", configured(change)]);
      return JSON.parse(stdout).accounts.map(({ account }: { account: string }) => account);
    };
    expect(await accountsOf({ fromOrganization: ["ou-1"] })).toEqual([OWN]);
    expect(await accountsOf({ exclude: [CLOSED, OWN] })).toEqual([OPEN]);
  });

  test("can't be listed by one of them, which is one clear error and not an empty organization", async () => {
    const { code, stderr } = await audit(configured({}, OPEN));
    expect(code).toBe(2);
    expect(stderr).toContain("the accounts of the organization can't be listed: PAP5.0001");
    expect(stderr).toContain("It takes organizations:accounts:list");
  });

  test("that don't have the agency are named with it", async () => {
    const { code, stderr } = await audit(configured({ agency: "nobody-made-it" }));
    expect(code).toBe(3);
    expect(stderr).toContain(`the agency iam::${OPEN}:agency:nobody-made-it can't be taken`);
  });

  test("are an error, and no shorter list, where nobody can say what their projects are", async () => {
    emulator.setFaults([
      { match: { action: "huawei:iam:KeystoneListProjects" }, effect: "error", code: "IAM.1", httpStatus: 400 },
    ]);
    const { code, stderr } = await compile(configured({ exclude: [CLOSED, OWN] }));
    expect(code).toBe(2);
    expect(stderr).toContain(`the projects of account ${OPEN} can't be looked up`);
  });
});
