import { describe, expect, it } from "vitest";
import type { Directory } from "../../local/emulator/directory.ts";
import type { EmulatorOptions } from "../../local/emulator/start.ts";
import { emulate, ids } from "./emulate.ts";
import { globalCaller, type Answer, type Keys } from "./huawei-clients.ts";

const MANAGEMENT = "d0000";
const CREATED = { account: "d0001", folders: ["ou-1", "ou-2"] };
const INVITED = { account: "d0002", joined: "invited" } as const;
const CLOSED = { account: "d0003", trusts: false, status: "suspended" };
const organization: Directory = { management: MANAGEMENT, members: [CREATED, INVITED, CLOSED], roles: ["auditor"] };

async function callers(options: Omit<EmulatorOptions, "resources"> = { organization }) {
  const emulator = await emulate([], options);
  const keysOf = (account: string): Keys =>
    emulator.description.huawei.accounts[account] ?? emulator.description.huawei;
  const as = (account: string, keys = keysOf(account)) => globalCaller(emulator.description, keys, account);
  return {
    emulator,
    as,
    accounts: (account: string, queryParams: Record<string, unknown> = {}) =>
      as(account)({ method: "GET", url: "/v1/organizations/accounts", queryParams }),
    assume: (account: string, data: Record<string, unknown>, keys?: Keys) =>
      as(account, keys)({ method: "POST", url: "/v5/agencies/assume", data }),
  };
}

const urn = (account: string, agency = "tagwarden") => `iam::${account}:agency:${agency}`;
const keysIn = (answer: Answer): Keys => {
  const { access_key_id, secret_access_key, security_token } = answer["credentials"] as Record<string, string>;
  return { accessKey: access_key_id ?? "", secretKey: secret_access_key ?? "", securityToken: security_token ?? "" };
};

describe("ListAccounts", () => {
  it("names the members to the account that manages them", async () => {
    const { accounts } = await callers();
    expect(await accounts(MANAGEMENT)).toMatchObject({
      accounts: [
        { id: "d0001", join_method: "created", status: "active" },
        { id: "d0002", join_method: "invited", status: "active" },
        { id: "d0003", join_method: "created", status: "suspended" },
      ],
      page_info: { next_marker: null, current_count: 3 },
    });
  });

  it("names those of one unit", async () => {
    const { accounts } = await callers();
    expect(await accounts(MANAGEMENT, { parent_id: "ou-2" })).toMatchObject({ accounts: [{ id: "d0001" }] });
    expect(await accounts(MANAGEMENT, { parent_id: "ou-1" })).toMatchObject({ accounts: [] });
  });

  it("names the units that lie in a unit, or in the root", async () => {
    const { as } = await callers();
    const units = async (parent_id: string) => {
      const call = { method: "GET", url: "/v1/organizations/organizational-units", queryParams: { parent_id } };
      const answer = await as(MANAGEMENT)(call);
      return (answer["organizational_units"] as { id: string }[]).map(({ id }) => id);
    };
    expect([await units("r-emulated"), await units("ou-1"), await units("ou-2")]).toEqual([["ou-1"], ["ou-2"], []]);
  });

  it("pages by marker", async () => {
    const members = ids("m", 250).map((account) => ({ account }));
    const { accounts } = await callers({ organization: { management: MANAGEMENT, members } });
    const first = await accounts(MANAGEMENT, { limit: 200 });
    const { next_marker: marker } = first["page_info"] as { next_marker: string };
    const second = await accounts(MANAGEMENT, { limit: 200, marker });
    const found = [first, second].flatMap((page) => (page["accounts"] as { id: string }[]).map(({ id }) => id));
    expect(found).toEqual(ids("m", 250));
    expect(second["page_info"]).toEqual({ next_marker: null, current_count: 50 });
  });

  it("takes all accounts to be under the first, unless it is said otherwise", async () => {
    const { accounts } = await callers({ accounts: ["huawei:a", "huawei:b", "huawei:c"] });
    expect(await accounts("a")).toMatchObject({ accounts: [{ id: "b" }, { id: "c" }] });
  });

  it.each([
    ["a member", CREATED.account, {}, 403, "PAP5.0001"],
    ["201 rows", MANAGEMENT, { limit: 201 }, 400, "PAP5.0009"],
    ["another marker", MANAGEMENT, { marker: "0".repeat(32) }, 400, "PAP5.0010"],
  ])("refuses %s", async (_, account, query, httpStatusCode, errorCode) => {
    const { accounts } = await callers();
    await expect(accounts(account, query)).rejects.toMatchObject({ httpStatusCode, errorCode });
  });
});

describe("AssumeAgency", () => {
  it("gives a key of the agency's account, which is good with its token and until it expires", async () => {
    /** Within what a signature's date may be off, on both sides. */
    const clock = { ahead: -600_000 };
    const { as, assume } = await callers({ organization, now: () => Date.now() + clock.ahead });
    const answer = await assume(MANAGEMENT, {
      agency_urn: urn(CREATED.account),
      agency_session_name: "s1",
      duration_seconds: 900,
    });
    expect(answer["assumed_agency"]).toMatchObject({ urn: "sts::d0001:assumed-agency:tagwarden/s1" });
    const keys = keysIn(answer);
    const users = { method: "GET", url: "/v5/users" };
    expect(await as(CREATED.account, keys)(users)).toMatchObject({ httpStatusCode: 200 });
    const { accessKey, secretKey } = keys;
    await expect(as(CREATED.account, { accessKey, secretKey })(users)).rejects.toMatchObject({ httpStatusCode: 401 });
    await expect(as(INVITED.account, keys)(users)).rejects.toMatchObject({ httpStatusCode: 403 });
    clock.ahead = 200_000;
    expect(await as(CREATED.account, keys)(users)).toMatchObject({ httpStatusCode: 200 });
    clock.ahead = 300_000;
    await expect(as(CREATED.account, keys)(users)).rejects.toMatchObject({
      errorCode: "APIGW.0301",
      errorMsg: expect.stringContaining("the security token has expired") as string,
    });
  });

  it.each([
    ["a member's usual", CREATED.account, "OrganizationAccountAccessAgency"],
    ["one that each member has", INVITED.account, "auditor"],
    ["its own account's", MANAGEMENT, "tagwarden"],
  ])("takes %s agency", async (_, account, agency) => {
    const { assume } = await callers();
    const asked = { agency_urn: urn(account, agency), agency_session_name: "s1" };
    expect(await assume(MANAGEMENT, asked)).toHaveProperty("credentials");
  });

  const good = { agency_urn: urn(CREATED.account), agency_session_name: "s1" };
  it.each<[string, Record<string, unknown>, number, string]>([
    [
      "an invited member's usual agency",
      { agency_urn: urn("d0002", "OrganizationAccountAccessAgency") },
      404,
      "PAP5.0004",
    ],
    ["another case of it", { agency_urn: urn("d0001", "organizationaccountaccessagency") }, 404, "PAP5.0004"],
    ["an unknown agency", { agency_urn: urn("d0001", "nobody") }, 404, "PAP5.0004"],
    ["an unknown account", { agency_urn: urn("d0009") }, 404, "PAP5.0004"],
    ["an agency that doesn't trust the caller", { agency_urn: urn("d0003") }, 403, "PAP5.0001"],
    ["what is no agency", { agency_urn: "iam::d0001:user:u" }, 400, "PAP5.0009"],
    ["a session's name of one letter", { agency_session_name: "s" }, 400, "PAP5.0009"],
    ["fourteen minutes", { duration_seconds: 840 }, 400, "PAP5.0009"],
    ["thirteen hours", { duration_seconds: 46_800 }, 400, "PAP5.0009"],
  ])("refuses %s", async (_, change, httpStatusCode, errorCode) => {
    const { assume } = await callers();
    await expect(assume(MANAGEMENT, { ...good, ...change })).rejects.toMatchObject({ httpStatusCode, errorCode });
  });

  it("refuses a member that would enter another, and a taken agency that would for longer than an hour", async () => {
    const { assume, emulator } = await callers();
    const other = { agency_urn: urn(INVITED.account), agency_session_name: "s1" };
    await expect(assume(CREATED.account, other)).rejects.toMatchObject({ httpStatusCode: 403 });
    const {
      accessKey = "",
      secretKey = "",
      securityToken = "",
    } = emulator.description.huawei.accounts[MANAGEMENT]?.temporary ?? {};
    const temporary = { accessKey, secretKey, securityToken };
    expect(await assume(MANAGEMENT, good, temporary)).toHaveProperty("credentials");
    const long = assume(MANAGEMENT, { ...good, duration_seconds: 3601 }, temporary);
    await expect(long).rejects.toMatchObject({ errorCode: "PAP5.0009" });
  });

  const policyOf = (...statements: object[]) => JSON.stringify({ Version: "5.0", Statement: statements });

  it.each<[string, object[], readonly string[]]>([
    ["what it allows", [{ Effect: "Allow", Action: ["iam:users:listUsersV5"] }], ["/v5/users"]],
    [
      "all but what it denies",
      [
        { Effect: "Allow", Action: "*" },
        { Effect: "Deny", Action: ["iam:users:*", "tms:resourceTags:list"] },
      ],
      ["/v5/agencies", "/v1/resource-manager/domains/d0001/all-resources"],
    ],
  ])("cuts a key's rights down by a policy: to %s", async (_, statements, open) => {
    const { as, assume } = await callers();
    const keys = keysIn(await assume(MANAGEMENT, { ...good, policy: policyOf(...statements) }));
    const outcome = async (url: string) => {
      try {
        await as(CREATED.account, keys)({ method: "GET", url });
        return "open";
      } catch (error) {
        return (error as { errorCode?: string }).errorCode;
      }
    };
    const codes = {
      "/v5/users": "PAP5.0001",
      "/v5/agencies": "PAP5.0001",
      "/v1/resource-manager/domains/d0001/all-resources": "RMS.00010006",
      "/v2.0/resources/s1/tags": "TMS.2030",
    };
    for (const [url, code] of Object.entries(codes)) {
      expect([url, await outcome(url)]).toEqual([url, open.includes(url) ? "open" : code]);
    }
  });

  it.each([
    ["no JSON", "{"],
    ["no list of statements", "{}"],
    ["a statement without an effect", policyOf({ Action: "*" })],
  ])("refuses a policy that is %s", async (_, policy) => {
    const { assume } = await callers();
    await expect(assume(MANAGEMENT, { ...good, policy })).rejects.toMatchObject({ errorCode: "PAP5.0009" });
  });

  it("fails for one member where a fault names its agency", async () => {
    const { emulator, assume } = await callers();
    const match = { action: "huawei:sts:AssumeAgency", resourceId: "iam::d0001:*" };
    emulator.setFaults([{ match, effect: "error", code: "PAP5.0001" }]);
    await expect(assume(MANAGEMENT, good)).rejects.toMatchObject({ httpStatusCode: 403 });
    expect(await assume(MANAGEMENT, { ...good, agency_urn: urn(INVITED.account) })).toHaveProperty("credentials");
  });
});

describe("the projects of an account", () => {
  it("are named after their regions, and found by name", async () => {
    const { as, emulator } = await callers({ organization, regions: { huawei: ["cn-north-4", "cn-east-3"] } });
    const { projects = {} } = emulator.description.huawei.accounts["d0001"] ?? {};
    const found = (queryParams: Record<string, unknown>) =>
      as("d0001")({ method: "GET", url: "/v3/projects", queryParams });
    expect(await found({})).toMatchObject({
      projects: [
        { id: projects["cn-north-4"], name: "cn-north-4", domain_id: "d0001" },
        { id: projects["cn-east-3"], name: "cn-east-3" },
      ],
    });
    expect(await found({ name: "cn-east-3" })).toMatchObject({ projects: [{ id: projects["cn-east-3"] }] });
    expect(await found({ name: "cn-east-9" })).toMatchObject({ projects: [] });
  });
});
