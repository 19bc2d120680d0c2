import { describe, expect, test } from "vitest";
import { expandOrganizations } from "../../../lib/core/config/expand-organization.ts";
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

describe("an organization's accounts", () => {
  test("each get an entry with the role, those that are excluded and those with their own apart", async () => {
    const ids = async () => ["444444444444", "333333333333", "222222222222", "111111111111"];
    const { accounts } = await expandOrganizations(parseConfigFile("config.yaml", FILE), ids);
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
    const config = await expandOrganizations(parseConfigFile("config.yaml", FILE), async () => ["222222222222"]);
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
    await expect(expandOrganizations(file, async () => [])).rejects.toThrow(/without a single active account/);
    const [organization] = file.organizations;
    if (organization === undefined) throw new Error("the file names an organization");
    const units = { ...file, organizations: [{ ...organization, fromOrganization: ["ou-ab12-cdefgh34"] }] };
    expect((await expandOrganizations(units, async () => [])).accounts).toHaveLength(1);
  });

  test("of a resource directory get an entry with the login and the member's role, whatever AWS calls the same", async () => {
    const sameId = entry({ provider: "aws", account: '"1000000000000001"', regions: "[us-east-1]" });
    const file = parseConfigFile("config.yaml", `accounts:\n${sameId}${directory()}`);
    const { accounts } = await expandOrganizations(file, async () => ["1000000000000002", "1000000000000001", "9"]);
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
    ["of another cloud", { provider: "huawei" }, /must be aws or alibaba/],
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

  test("are not left out in silence where nobody lists them", () => {
    expect(() => parseConfig("config.yaml", FILE)).toThrow(/tagwarden config compile/);
  });
});
