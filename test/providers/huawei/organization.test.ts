import { describe, expect, test } from "vitest";
import type { HuaweiAccountConfig, HuaweiOrganizationConfig } from "../../../lib/core/config/config.ts";
import { findProjects, listOrganizationAccounts } from "../../../lib/providers/huawei/organization.ts";
import { deps, huaweiAccount } from "../accounts.ts";
import { recordingServer, type Answer } from "../recording-server.ts";

const { projects: _, ...common } = huaweiAccount;
const key = { accessKey: "key-of-huawei", secretKey: "secret-of-huawei" };

const organization = (origin: string, change: Partial<HuaweiOrganizationConfig> = {}): HuaweiOrganizationConfig => ({
  ...common,
  fromOrganization: "all",
  agency: "tagwarden",
  exclude: [],
  credentials: key,
  endpoints: { "*": origin },
  ...change,
});

const answer = (body: object): Answer => ({ headers: { "x-request-id": "R" }, body: JSON.stringify(body) });
const page = (accounts: readonly object[], next_marker: string | null = null): Answer =>
  answer({ accounts, page_info: { next_marker, current_count: accounts.length } });
const member = (id: string, status = "active") => ({ id, status });

/** Answers one after the other, and the last again and again. */
function inTurn(answers: readonly Answer[]) {
  let at = 0;
  return recordingServer(() => answers[Math.min(at++, answers.length - 1)] ?? {});
}

const quick = { ...deps, clock: { ...deps.clock, sleep: async () => {} } };

describe("the accounts of an organization", () => {
  test("are listed to the end, 200 a page, with the key of the account that manages it", async () => {
    await using server = await inTurn([page([member("1")], "M2"), page([member("2")])]);
    expect(await listOrganizationAccounts(organization(server.origin), deps)).toEqual(["1", "2"]);
    const [first, second] = server.requests;
    expect(first).toMatchObject({ method: "GET", path: "/v1/organizations/accounts" });
    expect(first?.headers).toMatchObject({ "x-domain-id": "d0001" });
    expect(Object.fromEntries(first?.query ?? [])).toEqual({ limit: "200" });
    expect(Object.fromEntries(second?.query ?? [])).toEqual({ limit: "200", marker: "M2" });
  });

  test.each([
    ["active", true],
    ["suspended", false],
    ["pending_closure", false],
    ["state_of_tomorrow", true],
  ])("in the state %s are there: %s", async (status, isThere) => {
    await using server = await inTurn([page([member("1", status)])]);
    expect(await listOrganizationAccounts(organization(server.origin), deps)).toEqual(isThere ? ["1"] : []);
  });

  test("of a unit are those below it, however deep, each once", async () => {
    const units: Record<string, readonly string[]> = { "ou-1": ["ou-2", "ou-3"], "ou-2": ["ou-4"], "ou-4": ["ou-1"] };
    const accounts: Record<string, readonly string[]> = { "ou-1": ["a"], "ou-3": ["b", "a"], "ou-4": ["c"] };
    await using server = await recordingServer(({ path, query }) => {
      const parent = query.get("parent_id") ?? "";
      if (path === "/v1/organizations/accounts") return page((accounts[parent] ?? []).map((id) => member(id)));
      const below = (units[parent] ?? []).map((id) => ({ id, name: id }));
      return answer({ organizational_units: below, page_info: { next_marker: null } });
    });
    const found = await listOrganizationAccounts(organization(server.origin, { fromOrganization: ["ou-1"] }), deps);
    expect(found.toSorted()).toEqual(["a", "b", "c"]);
    expect(server.requests).toHaveLength(8);
  });

  test.each([
    ["a page repeats", [page([member("1")], "M"), page([member("2")], "M")], /was there before/],
    ["a page is none", [answer({})], /another shape/],
    ["an account has no id", [page([{ status: "active" }])], /another shape/],
    ["we may not", [{ status: 403, body: '{"error_code":"PAP5.0001","error_msg":"no"}' }], /PAP5\.0001: no/],
  ])("are no shorter list where %s", async (__, answers, message) => {
    await using server = await inTurn(answers);
    await expect(listOrganizationAccounts(organization(server.origin), quick)).rejects.toThrow(message);
  });

  test("are asked for again where the directory is busy", async () => {
    const busy = { status: 429, body: '{"error_code":"APIGW.0308","error_msg":"busy"}' };
    await using server = await inTurn([busy, busy, page([member("1")])]);
    expect(await listOrganizationAccounts(organization(server.origin), quick)).toEqual(["1"]);
    await using down = await inTurn([busy]);
    await expect(listOrganizationAccounts(organization(down.origin), quick)).rejects.toThrow("APIGW.0308");
    expect(down.requests).toHaveLength(5);
  });
});

describe("the projects of an account", () => {
  const account = (origin: string): HuaweiAccountConfig => ({
    ...huaweiAccount,
    regions: ["cn-north-4", "cn-east-3", "cn-north-40", "global"],
    projects: {},
    endpoints: { "*": origin },
  });
  const project = (name: string) => ({ id: `id-of-${name}`, name, enabled: true });

  test("are those that are called like a region, and those inside of them behind it", async () => {
    const names = ["cn-north-4_team", "MOS", "cn-north-4", "cn-north-40", "cn-south-1"];
    await using server = await inTurn([answer({ projects: names.map(project) })]);
    expect(await findProjects(account(server.origin), deps)).toEqual({
      projects: { "cn-north-4": ["id-of-cn-north-4", "id-of-cn-north-4_team"], "cn-north-40": "id-of-cn-north-40" },
    });
    expect(server.requests[0]).toMatchObject({ method: "GET", path: "/v3/projects" });
  });

  test("are out of reach where the account lets nobody in, which is said and no error", async () => {
    await using server = await inTurn([{ status: 403, body: '{"error_code":"PAP5.0001","error_msg":"no"}' }]);
    expect(await findProjects(account(server.origin), deps)).toEqual({ notEntered: "PAP5.0001: no" });
  });

  test.each([
    ["something that passes", { status: 503, body: '{"error_code":"APIGW.0601","error_msg":"down"}' }, "APIGW.0601"],
    ["another shape", answer({}), "another shape"],
  ])("are an error where there is %s, since nobody knows by then", async (__, last, message) => {
    await using server = await inTurn([last]);
    await expect(findProjects(account(server.origin), quick)).rejects.toThrow(message);
  });
});
