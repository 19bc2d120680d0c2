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

  test("are not left out in silence where nobody lists them", () => {
    expect(() => parseConfig("config.yaml", FILE)).toThrow(/tagwarden config compile/);
  });
});
