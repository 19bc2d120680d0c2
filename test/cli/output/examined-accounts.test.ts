import { expect, test } from "vitest";
import { summarizeChecks } from "../../../cli/output/examined-accounts.ts";
import type { Check } from "../../../lib/app/doctor.ts";

const one = { provider: "aws", account: "111122223333" } as const;
const other = { provider: "huawei", account: "d0001" } as const;

const reads: readonly Check[] = [one, other].flatMap((account) => [
  { ...account, region: "r1", check: "read", result: "ok", says: "List answers" },
  { ...account, region: "r2", check: "read", result: "ok", says: "List answers" },
  { ...account, check: "clock", result: "ok", says: "differs by 0 s from the cloud's" },
]);

test("what is well is counted for each account", () => {
  expect(summarizeChecks(reads)).toEqual([
    { accounts: ["aws 111122223333"], result: "ok", says: "2 calls answer, the clock is right" },
    { accounts: ["huawei d0001"], result: "ok", says: "2 calls answer, the clock is right" },
  ]);
});

test("what nobody can see is told of once for all accounts, and after what is wrong", () => {
  const unseen = { check: "write", result: "unknown", says: "only a write would tell" } as const;
  const wrong = {
    ...other,
    region: "r2",
    check: "read",
    result: "problem",
    says: "List: 403",
    todo: "attach it",
  } as const;
  const told = summarizeChecks([{ ...one, ...unseen }, ...reads, { ...other, ...unseen }, wrong]);
  expect(told.map(({ result, accounts, says }) => [result, accounts, says])).toEqual([
    ["problem", ["huawei d0001"], "List: 403"],
    ["unknown", [], "only a write would tell"],
    ["ok", ["aws 111122223333"], "2 calls answer, the clock is right"],
    ["ok", ["huawei d0001"], "2 calls answer, the clock is right"],
  ]);
});

test("what is true of some accounts names them", () => {
  const third = { provider: "alibaba", account: "1111" } as const;
  const unseen = { check: "clock", result: "unknown", says: "no answer told the time" } as const;
  const told = summarizeChecks([{ ...one, ...unseen }, ...reads, { ...third, ...unseen }]);
  expect(told[0]?.accounts).toEqual(["aws 111122223333", "alibaba 1111"]);
});

test("one cause behind several calls is told of once, with the rights of all of them", () => {
  const denied = (action: string, region: string): Check => ({
    ...one,
    region,
    check: "read",
    result: "problem",
    says: `${action}: AccessDenied: no`,
    todo: `attach what is printed: this call needs ${action.toLowerCase()}`,
    action,
    needs: [action.toLowerCase()],
  });
  expect(summarizeChecks([denied("List", "r1"), denied("Describe", "r1"), denied("Get", "r2")])).toEqual([
    {
      check: "read",
      result: "problem",
      accounts: ["aws 111122223333"],
      region: "r1, r2",
      says: "List, Describe and 1 more: AccessDenied: no",
      todo: "attach what is printed: these calls need list and describe and get",
    },
  ]);
});

test("what is well and still asks for something is told of as it is", () => {
  const off: Check = { check: "mode", result: "ok", says: "writing is off", todo: "switch it on" };
  const event: Check = { ...one, check: "events", result: "ok", says: "an event last told of a resource 2 hours ago" };
  expect(summarizeChecks([off, event])).toEqual([
    { ...off, accounts: [] },
    { check: "events", result: "ok", says: event.says, accounts: ["aws 111122223333"] },
  ]);
});
