import { describe, expect, test } from "vitest";
import type { AlibabaOrganizationConfig } from "../../../lib/core/config/config.ts";
import { listDirectory } from "../../../lib/providers/alibaba/organization.ts";
import { alibabaAccount, deps } from "../accounts.ts";
import { recordingServer, type Answer } from "../recording-server.ts";

const { account: _, ...common } = alibabaAccount;
const PATH = "rd-k4/r-Wm/fd-production/fd-shop";

const organization = (origin: string, change: Partial<AlibabaOrganizationConfig> = {}): AlibabaOrganizationConfig => ({
  ...common,
  fromOrganization: "all",
  role: "tagwarden",
  exclude: [],
  endpoints: { "*": origin },
  ...change,
});

const member = (AccountId: string, change: object = {}) => ({
  AccountId,
  Status: "CreateSuccess",
  FolderId: "fd-shop",
  ResourceDirectoryPath: `${PATH}/${AccountId}`,
  ...change,
});

const page = (members: readonly object[], NextToken?: string): Answer => ({
  body: JSON.stringify({ RequestId: "R", Accounts: { Account: members }, TotalCount: members.length, NextToken }),
});

/** Answers one after the other, and the last again and again. */
function inTurn(answers: readonly Answer[]) {
  let at = 0;
  return recordingServer(() => answers[Math.min(at++, answers.length - 1)] ?? {});
}

const quick = { ...deps, clock: { ...deps.clock, sleep: async () => {} } };

describe("the members of a resource directory", () => {
  test("are listed to the end, 100 a page, as the official client asks", async () => {
    await using server = await inTurn([page([member("1")], "T2"), page([member("2")])]);
    expect(await listDirectory(organization(server.origin), deps)).toEqual(["1", "2"]);
    const [first, second] = server.requests;
    expect(first?.headers).toMatchObject({ "x-acs-action": "ListAccounts", "x-acs-version": "2022-04-19" });
    expect(Object.fromEntries(first?.query ?? [])).toEqual({ MaxResults: "100" });
    expect(Object.fromEntries(second?.query ?? [])).toEqual({ MaxResults: "100", NextToken: "T2" });
  });

  test.each([
    ["CreateSuccess", true],
    ["InviteSuccess", true],
    ["PromoteSuccess", true],
    ["PromoteVerifying", true],
    ["PromoteExpired", true],
    ["CreateVerifying", false],
    ["CreateFailed", false],
    ["CreateCancelled", false],
    ["InviteExpired", false],
    ["StateOfTomorrow", true],
  ])("in the state %s are there: %s", async (Status, isThere) => {
    await using server = await inTurn([page([member("1", { Status })])]);
    expect(await listDirectory(organization(server.origin), deps)).toEqual(isThere ? ["1"] : []);
  });

  test.each([
    ["the folder itself", ["fd-shop"], ["1"]],
    ["one above", ["fd-production"], ["1"]],
    ["the root", ["r-Wm"], ["1", "2"]],
    ["another one", ["fd-test"], ["2"]],
    ["one whose name only begins so", ["fd-sho"], []],
  ])("of %s are those below it", async (__, fromOrganization, ids) => {
    const other = member("2", { FolderId: "fd-test", ResourceDirectoryPath: "rd-k4/r-Wm/fd-test/2" });
    await using server = await inTurn([page([member("1"), other])]);
    expect(await listDirectory(organization(server.origin, { fromOrganization }), deps)).toEqual(ids);
  });

  test.each([
    ["a page repeats", [page([member("1")], "T"), page([member("2")], "T")], "all" as const, /a page repeats/],
    ["a page is none", [{ body: '{"RequestId":"R"}' }], "all" as const, /without Accounts.Account/],
    ["a member has no id", [page([{ Status: "CreateSuccess" }])], "all" as const, /AccountId/],
    [
      "nobody says where a member is",
      [page([member("1", { ResourceDirectoryPath: undefined })])],
      ["fd-shop"],
      /ResourceDirectoryPath/,
    ],
    [
      "we may not",
      [{ status: 403, body: '{"RequestId":"R","Code":"NoPermission","Message":"no"}' }],
      "all" as const,
      /NoPermission/,
    ],
  ])("are not taken for whole where %s", async (__, answers, fromOrganization, says) => {
    await using server = await inTurn(answers);
    await expect(listDirectory(organization(server.origin, { fromOrganization }), quick)).rejects.toThrow(says);
  });

  test("are asked for again while the directory is busy, and not for ever", async () => {
    const busy = { status: 503, body: '{"RequestId":"R","Code":"ServiceUnavailable","Message":"later"}' };
    await using patient = await inTurn([busy, busy, page([member("1")])]);
    expect(await listDirectory(organization(patient.origin), quick)).toEqual(["1"]);
    await using gone = await inTurn([busy]);
    await expect(listDirectory(organization(gone.origin), quick)).rejects.toThrow("ServiceUnavailable");
    expect(gone.requests).toHaveLength(5);
  });
});
