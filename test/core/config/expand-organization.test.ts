import { describe, expect, test } from "vitest";
import { expandOrganizations, type ProjectsFound } from "../../../lib/core/config/expand-organization.ts";
import { parseConfig, parseConfigFile } from "../../../lib/core/config/schema.ts";

const FILE = `accounts:
  - provider: aws
    account: "111111111111"
    regions: [us-east-1]
    mode: report
  - provider: aws
    fromOrganization: all
    role: tag-keeper
    externalId: "env:EXTERNAL_ID"
    exclude: ["333333333333"]
    regions: [us-east-1, eu-west-1]
    writesPerHour: 100
`;

const entry = (fields: Readonly<Record<string, string>>): string =>
  `  - ${Object.entries(fields)
    .map(([key, value]) => `${key}: ${value}`)
    .join("\n    ")}\n`;

const directory = (change: Readonly<Record<string, string>> = {}): string =>
  entry({
    provider: "alibaba",
    fromOrganization: "all",
    regions: "[cn-hangzhou]",
    types: '["alibaba:*"]',
    site: "international",
    exclude: '["9"]',
    credentials: '{ accessKeyId: "env:ID", accessKeySecret: "env:SECRET" }',
    ...change,
  });

const huawei = (change: Readonly<Record<string, string>> = {}): string =>
  entry({
    provider: "huawei",
    account: "d0",
    fromOrganization: "all",
    regions: "[cn-north-4, cn-east-3]",
    types: '["huawei:*"]',
    exclude: "[d9]",
    credentials: '{ accessKey: "env:AK", secretKey: "env:SK" }',
    ...change,
  });

/** An organization of these accounts, in which nobody asks for projects. */
const listing = (...ids: readonly string[]) => ({
  idsOf: async () => ids,
  projectsOf: async (): Promise<ProjectsFound> => ({ projects: {} }),
});

describe("an organization's accounts", () => {
  test("each get an entry with the role, those that are excluded and those with their own apart", async () => {
    const members = listing("444444444444", "333333333333", "222222222222", "111111111111");
    const { accounts } = await expandOrganizations(parseConfigFile("config.yaml", FILE), members);
    expect(accounts.map(({ account, mode }) => [account, mode])).toEqual([
      ["111111111111", "report"],
      ["222222222222", "enforce"],
      ["444444444444", "enforce"],
    ]);
    expect(accounts[1]).toEqual({
      provider: "aws",
      account: "222222222222",
      partition: "aws",
      regions: ["us-east-1", "eu-west-1"],
      inventory: "none",
      mode: "enforce",
      writesPerHour: 100,
      credentials: { roleArn: "arn:aws:iam::222222222222:role/tag-keeper", externalId: "env:EXTERNAL_ID" },
    });
  });

  test("make a configuration that is right when it is read again", async () => {
    const config = await expandOrganizations(parseConfigFile("config.yaml", FILE), listing("222222222222"));
    expect(parseConfig("config.json", JSON.stringify(config))).toEqual(config);
  });

  test.each([
    [
      "with an account of its own beside it",
      'fromOrganization: all\n    account: "111111111111"',
      /unknown key "account"/,
    ],
    ["of a unit that is none", "fromOrganization: [production]", /fromOrganization\[0\] must be ou-… or the root r-…/],
    ["of no unit", "fromOrganization: []", /must name a unit, or be all/],
    [
      "that excludes what is no account",
      "fromOrganization: all\n    exclude: [prod]",
      /exclude\[0\] must be the 12 digits/,
    ],
  ])("%s are refused", (_, lines, message) => {
    const text = `accounts:\n  - provider: aws\n    ${lines}\n    regions: [us-east-1]\n`;
    expect(() => parseConfigFile("config.yaml", text)).toThrow(message);
  });

  test("are not left out in silence where a whole organization is listed as empty", async () => {
    const file = parseConfigFile("config.yaml", FILE);
    await expect(expandOrganizations(file, listing())).rejects.toThrow(/without a single active account/);
    const [organization] = file.organizations;
    if (organization === undefined) throw new Error("the file names an organization");
    const units = { ...file, organizations: [{ ...organization, fromOrganization: ["ou-ab12-cdefgh34"] }] };
    expect((await expandOrganizations(units, listing())).accounts).toHaveLength(1);
  });

  test("of a resource directory get an entry with the login and the member's role, whatever AWS calls the same", async () => {
    const sameId = entry({ provider: "aws", account: '"1000000000000001"', regions: "[us-east-1]" });
    const file = parseConfigFile("config.yaml", `accounts:\n${sameId}${directory()}`);
    const { accounts } = await expandOrganizations(file, listing("1000000000000002", "1000000000000001", "9"));
    expect(accounts.map(({ provider, account }) => [provider, account])).toEqual([
      ["aws", "1000000000000001"],
      ["alibaba", "1000000000000001"],
      ["alibaba", "1000000000000002"],
    ]);
    expect(accounts[1]).toEqual({
      provider: "alibaba",
      account: "1000000000000001",
      regions: ["cn-hangzhou"],
      types: ["alibaba:*"],
      site: "international",
      mode: "enforce",
      writesPerHour: 2000,
      credentials: {
        accessKeyId: "env:ID",
        accessKeySecret: "env:SECRET",
        assumeRoleArn: "acs:ram::1000000000000001:role/tagwarden",
      },
    });
    expect(parseConfig("config.json", JSON.stringify({ accounts: accounts.slice(1) })).accounts).toEqual(
      accounts.slice(1),
    );
  });

  test.each([
    ["of another cloud", { provider: "gcp" }, /must be aws, alibaba or huawei/],
    ["of a folder that is none", { fromOrganization: "[production]" }, /must be fd-… or the root r-…/],
    ["of no folder", { fromOrganization: "[]" }, /must name a folder, or be all/],
    ["that excludes what is no account", { exclude: "[prod]" }, /exclude\[0\] must be the digits of an account/],
    ["whose role is an ARN", { role: '"acs:ram::1:role/a"' }, /role must be the name of a role/],
    [
      "with a role for a login",
      { credentials: '{ accessKeyId: "env:A", accessKeySecret: "env:B", assumeRoleArn: "acs:ram::1:role/a" }' },
      /unknown key "assumeRoleArn"/,
    ],
    ["with a stored secret", { credentials: "{ accessKeyId: a, accessKeySecret: b }" }, /accessKeySecret is a literal/],
    ["of no site", { site: "europe" }, /site must be one of china, international/],
  ])("of a resource directory %s are refused", (_, change, message) => {
    expect(() => parseConfigFile("config.yaml", `accounts:\n${directory(change)}`)).toThrow(message);
  });

  test("of Huawei Cloud get an entry with the member's agency and its projects, and one of the key's own account without", async () => {
    const asked: string[] = [];
    const found: Readonly<Record<string, ProjectsFound>> = {
      d0: { projects: { "cn-north-4": "p0" } },
      d1: { projects: { "cn-north-4": ["p1", "p1-team"], "cn-east-3": "p2" } },
      d2: { notEntered: "PAP5.0004: no such agency" },
      d3: { projects: {} },
    };
    const file = parseConfigFile("config.yaml", `accounts:\n${huawei()}`);
    const { accounts } = await expandOrganizations(file, {
      ...listing("d3", "d2", "d1", "d0", "d9"),
      async projectsOf({ account }) {
        asked.push(account);
        return found[account] ?? { projects: {} };
      },
    });
    expect(asked).toEqual(["d0", "d1", "d2", "d3"]);
    const key = { accessKey: "env:AK", secretKey: "env:SK" };
    const common = { provider: "huawei", types: ["huawei:*"], mode: "enforce", writesPerHour: 2000 };
    const regions = ["cn-north-4", "cn-east-3"];
    const agencyOf = (account: string) => ({ ...key, assumeAgencyUrn: `iam::${account}:agency:tagwarden` });
    expect(accounts).toEqual([
      { ...common, account: "d0", regions: ["cn-north-4"], projects: { "cn-north-4": "p0" }, credentials: key },
      { ...common, account: "d1", regions, ...found["d1"], credentials: agencyOf("d1") },
      { ...common, account: "d2", regions, projects: {}, ...found["d2"], credentials: agencyOf("d2") },
      { ...common, account: "d3", regions: ["global"], projects: {}, credentials: agencyOf("d3") },
    ]);
    expect(parseConfig("config.json", JSON.stringify({ accounts })).accounts).toEqual(accounts);
  });

  test.each([
    ["without the account of the key", { account: "" }, /account has no value/],
    ["of a unit that is none", { fromOrganization: "[production]" }, /must be ou-… or the root r-…/],
    ["whose agency is a URN", { agency: '"iam::d1:agency:a"' }, /agency must be the name of an agency/],
    ["with projects", { projects: "{ cn-north-4: p1 }" }, /unknown key "projects"/],
    ["with a token, which enters no member", { credentials: '{ token: "env:T" }' }, /accessKey is missing/],
    ["with a stored secret", { credentials: "{ accessKey: a, secretKey: b }" }, /secretKey is a literal/],
  ])("of Huawei Cloud %s are refused", (_, change, message) => {
    expect(() => parseConfigFile("config.yaml", `accounts:\n${huawei(change)}`)).toThrow(message);
  });

  test("are not left out in silence where nobody lists them", () => {
    expect(() => parseConfig("config.yaml", FILE)).toThrow(/tagwarden config compile/);
  });
});
