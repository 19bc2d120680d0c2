import { describe, expect, it } from "vitest";
import type { EmulatorOptions } from "../../local/emulator/start.ts";
import { genericCaller } from "./alibaba-clients.ts";
import { emulate, ids } from "./emulate.ts";

const MANAGEMENT = "1000000000000001";
const CREATED = { account: "2000000000000001" };
const INVITED = { account: "2000000000000002", joined: "invited", folders: ["fd-a", "fd-b"] } as const;
const CLOSED = { account: "2000000000000003", trusts: false };
const directory = { management: MANAGEMENT, members: [CREATED, INVITED, CLOSED] };

interface Member {
  readonly AccountId: string;
}

async function callers(options: EmulatorOptions = { directory }) {
  const emulator = await emulate([], options);
  const { accounts } = emulator.description.alibaba;
  const callerOf = (version: string) => (account: string) =>
    genericCaller(emulator.description, version, accounts[account]);
  return { emulator, listing: callerOf("2022-04-19"), sts: callerOf("2015-04-01"), accounts: Object.keys(accounts) };
}

describe("ListAccounts", () => {
  it("names the members with their folders, and how they came", async () => {
    const { listing } = await callers();
    const { Accounts, TotalCount } = await listing(MANAGEMENT)("ListAccounts");
    expect([Accounts, TotalCount]).toMatchObject([
      {
        Account: [
          { AccountId: CREATED.account, JoinMethod: "created", Status: "CreateSuccess", FolderId: "r-emulated" },
          {
            AccountId: INVITED.account,
            JoinMethod: "invited",
            Status: "InviteSuccess",
            FolderId: "fd-b",
            ResourceDirectoryPath: `rd-emulated/r-emulated/fd-a/fd-b/${INVITED.account}`,
          },
          { AccountId: CLOSED.account },
        ],
      },
      3,
    ]);
  });

  it("pages by token and by number, ten at once unless it is asked for up to a hundred", async () => {
    const members = ids("30000000000000", 25).map((account) => ({ account }));
    const { listing } = await callers({ directory: { management: MANAGEMENT, members } });
    const page = async (query: object) => {
      const { Accounts, NextToken } = await listing(MANAGEMENT)("ListAccounts", { ...query });
      const { Account } = Accounts as { readonly Account: readonly Member[] };
      return { accounts: Account.map(({ AccountId }) => AccountId), NextToken };
    };
    const all = members.map(({ account }) => account);
    expect((await page({})).accounts).toEqual(all.slice(0, 10));
    const first = await page({ MaxResults: 20 });
    const second = await page({ MaxResults: 20, NextToken: first.NextToken });
    expect([...first.accounts, ...second.accounts, second.NextToken]).toEqual([...all, undefined]);
    expect((await page({ PageNumber: 2, PageSize: 20 })).accounts).toEqual(all.slice(20));
    expect((await page({ MaxResults: 100 })).accounts).toEqual(all);
  });

  it.each([
    [{ MaxResults: 101 }, "InvalidParameter.MaxResults"],
    [{ NextToken: "x" }, "InvalidParameter.NextToken"],
    [{ PageNumber: 1, PageSize: 101 }, "InvalidParameter.PageSize"],
    [{ PageNumber: 0 }, "InvalidParameter.PageNumber"],
  ])("refuses %j", async (query, code) => {
    const { listing } = await callers();
    await expect(listing(MANAGEMENT)("ListAccounts", query)).rejects.toMatchObject({ code });
  });

  it("is for the account that manages the directory", async () => {
    const { listing } = await callers({ directory, accounts: ["alibaba:9000000000000009"] });
    await expect(listing(CREATED.account)("ListAccounts")).rejects.toMatchObject({ code: "NoPermission" });
    const stranger = listing("9000000000000009")("ListAccounts");
    await expect(stranger).rejects.toMatchObject({ code: "ResourceDirectoryNotInUse" });
  });

  it("without a directory of its own has the first account manage the others", async () => {
    const { listing, accounts } = await callers({ accounts: ["alibaba:1", "alibaba:2", "alibaba:3"] });
    expect(accounts).toEqual(["1", "2", "3"]);
    const { Accounts } = await listing("1")("ListAccounts");
    expect(Accounts).toMatchObject({ Account: [{ AccountId: "2" }, { AccountId: "3" }] });
  });
});

const roleIn = (account: string, name = "tagwarden") => `acs:ram::${account}:role/${name}`;

describe("AssumeRole", () => {
  it("gives a key of the role's account, which is good with its token", async () => {
    const { emulator, sts } = await callers();
    const { Credentials, AssumedRoleUser } = await sts(MANAGEMENT)("AssumeRole", {
      RoleArn: roleIn(CREATED.account),
      RoleSessionName: "s1",
    });
    expect(AssumedRoleUser).toMatchObject({ Arn: `acs:ram::${CREATED.account}:assumed-role/tagwarden/s1` });
    const { AccessKeyId, AccessKeySecret, SecurityToken } = Credentials as Record<string, string>;
    const keys = { accessKeyId: AccessKeyId ?? "", accessKeySecret: AccessKeySecret ?? "" };
    const own = genericCaller(emulator.description, "2022-04-19", { ...keys, securityToken: SecurityToken ?? "" });
    await expect(own("ListAccounts")).rejects.toMatchObject({ code: "NoPermission" });
    const bare = genericCaller(emulator.description, "2022-04-19", keys);
    await expect(bare("ListAccounts")).rejects.toMatchObject({ code: "InvalidSecurityToken.Expired" });
  });

  it.each([
    ["a member's", CREATED.account, "ResourceDirectoryAccountAccessRole"],
    ["a member's in another spelling", CREATED.account, "resourcedirectoryaccountaccessrole"],
    ["one of the directory's making", INVITED.account, "auditor"],
    ["its own account's", MANAGEMENT, "tagwarden"],
  ])("takes %s role", async (_, account, name) => {
    const { sts } = await callers({ directory: { ...directory, roles: ["auditor"] } });
    const query = { RoleArn: roleIn(account, name), RoleSessionName: "s1" };
    expect(await sts(MANAGEMENT)("AssumeRole", query)).toHaveProperty("Credentials");
  });

  const good = { RoleArn: roleIn(CREATED.account), RoleSessionName: "s1" };
  it.each([
    [
      "the default role of an invited member",
      { RoleArn: roleIn(INVITED.account, "ResourceDirectoryAccountAccessRole") },
      "EntityNotExist.Role",
    ],
    ["an unknown role", { RoleArn: roleIn(CREATED.account, "auditor") }, "EntityNotExist.Role"],
    ["an unknown account", { RoleArn: roleIn("9000000000000009") }, "EntityNotExist.Role"],
    ["a role that doesn't trust the directory", { RoleArn: roleIn(CLOSED.account) }, "NoPermission"],
    ["what is no role", { RoleArn: "acs:ram::1:user/u" }, "InvalidParameter.RoleArn"],
    ["no role", { RoleArn: "" }, "MissingRoleArn"],
    ["a session's name of one letter", { RoleSessionName: "s" }, "InvalidParameter.RoleSessionName"],
    ["fourteen minutes", { DurationSeconds: "840" }, "InvalidParameter.DurationSeconds"],
    ["a policy that is no JSON", { Policy: "{" }, "InvalidParameter.PolicyGrammar"],
    ["a policy without an effect", { Policy: '{"Statement":[{"Action":"*"}]}' }, "InvalidParameter.PolicyGrammar"],
    ["a policy of 2,049 characters", { Policy: `{"Statement":[]}${" ".repeat(2033)}` }, "InvalidParameter.PolicySize"],
  ])("refuses %s", async (_, change, code) => {
    const { sts } = await callers();
    await expect(sts(MANAGEMENT)("AssumeRole", { ...good, ...change })).rejects.toMatchObject({ code });
  });

  it("refuses a member that would enter another", async () => {
    const { sts } = await callers();
    const query = { RoleArn: roleIn(INVITED.account), RoleSessionName: "s1" };
    await expect(sts(CREATED.account)("AssumeRole", query)).rejects.toMatchObject({ code: "NoPermission" });
  });

  it("fails for one member where a fault names its role", async () => {
    const { emulator, sts } = await callers();
    const match = { action: "alibaba:sts:AssumeRole", resourceId: `acs:ram::${CREATED.account}:*` };
    emulator.setFaults([{ match, effect: "error", code: "NoPermission", httpStatus: 403 }]);
    await expect(sts(MANAGEMENT)("AssumeRole", good)).rejects.toMatchObject({ code: "NoPermission" });
    const other = { RoleArn: roleIn(INVITED.account), RoleSessionName: "s1" };
    expect(await sts(MANAGEMENT)("AssumeRole", other)).toHaveProperty("Credentials");
  });
});
