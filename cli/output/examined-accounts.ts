import { needsText, type Check } from "../../lib/app/doctor.ts";
import { countText } from "../../lib/core/report/figures.ts";
import type { Column } from "./results.ts";
import { shortened } from "./text-cell.ts";

/** What a check came to, for one account or for several that it is true of alike. */
export interface CheckRow extends Pick<Check, "region" | "result" | "says" | "todo"> {
  /** None = of all of them. */
  readonly accounts: readonly string[];
  /** Absent where several checks are told of at once. */
  readonly check?: Check["check"];
}

/** Accounts, regions and calls that a row names; of more than these the last ones are counted. */
const NAMED = 2;

/** Characters of what a cloud said. */
const LONGEST_SAID = 400;

export const CHECK_COLUMNS: readonly Column<CheckRow>[] = [
  ["result", ({ result }) => result, "state"],
  ["account", ({ accounts }) => namesOf(accounts)],
  ["region", ({ region }) => region ?? ""],
  ["check", ({ check }) => check ?? ""],
  [
    "says, and what to do",
    ({ says, todo }) => [shortened(says, LONGEST_SAID), ...(todo === undefined ? [] : [`to do: ${todo}`])].join("; "),
    "advice",
  ],
];

function namesOf(accounts: readonly string[]): string {
  return accounts.length === 0 ? "all accounts" : listed(accounts);
}

function listed(names: readonly string[]): string {
  if (names.length <= NAMED) return names.join(", ");
  return `${names.slice(0, NAMED).join(", ")} and ${names.length - NAMED} more`;
}

/** Each check by itself, as it was made. */
export function rowForEach(checks: readonly Check[]): readonly CheckRow[] {
  return checks.map((check) => ({ ...check, accounts: accountsOf([check]) }));
}

function accountsOf(checks: readonly Check[]): readonly string[] {
  const names = checks.flatMap(({ provider, account }) => (account === undefined ? [] : [`${provider} ${account}`]));
  return [...new Set(names)];
}

const ORDER: readonly Check["result"][] = ["problem", "unknown", "ok"];
/** How many checks were well, where that is all that anybody wants to know of them. */
const COUNTED: Readonly<Partial<Record<Check["check"], (count: number) => string>>> = {
  read: (count) => `${countText(count, "call")} ${count === 1 ? "answers" : "answer"}`,
  quota: (count) => `${countText(count, "share")} of quotas ${count === 1 ? "fits" : "fit"}`,
  clock: () => "the clock is right",
};

function isCounted({ check, result, todo }: Check): boolean {
  return result === "ok" && todo === undefined && COUNTED[check] !== undefined;
}

/**
 * What somebody has to look at first, once for all accounts and calls of which it is true; what is well is counted by
 * account.
 */
export function summarizeChecks(checks: readonly Check[]): readonly CheckRow[] {
  const every = accountsOf(checks).length;
  const unlessAll = (accounts: readonly string[]) => (every > 1 && accounts.length === every ? [] : accounts);
  const [counted, told] = [checks.filter(isCounted), checks.filter((check) => !isCounted(check))];
  const rows = [
    ...Map.groupBy(told, (check) => JSON.stringify([check.check, check.result, causeOf(check), remedyOf(check)]))
      .values()
      .map((alike) => rowOf(alike, unlessAll)),
    ...Map.groupBy(counted, ({ provider, account }) => JSON.stringify([provider, account]))
      .values()
      .map((own): CheckRow => ({ accounts: accountsOf(own), result: "ok", says: countsText(own) })),
  ];
  return ORDER.flatMap((wanted) => rows.filter(({ result }) => result === wanted));
}

/** What a check says, whichever call said it. */
function causeOf({ says, action }: Check): string {
  return action !== undefined && says.startsWith(`${action}: `) ? says.slice(action.length + 2) : says;
}

/** What is to be done, whichever rights it is about. */
function remedyOf({ todo, ...check }: Check): string | undefined {
  return todo?.slice(0, todo.length - needsText(check).length);
}

function rowOf(alike: readonly Check[], unlessAll: (accounts: readonly string[]) => readonly string[]): CheckRow {
  const [first] = alike;
  if (first === undefined) throw new Error("a group of checks has at least one");
  const { check, result } = first;
  const regions = [...new Set(alike.flatMap(({ region }) => region ?? []))];
  const actions = new Set(alike.flatMap(({ action }) => action ?? []));
  const needs = [...new Set(alike.flatMap((one) => one.needs ?? []))];
  const remedy = remedyOf(first);
  const todo = actions.size < 2 ? first.todo : `${remedy}${needsText({ needs }, "these calls need")}`;
  return {
    check,
    result,
    accounts: unlessAll(accountsOf(alike)),
    ...(regions.length > 0 && { region: listed(regions) }),
    says: actions.size < 2 ? first.says : `${listed([...actions])}: ${causeOf(first)}`,
    ...(todo !== undefined && remedy !== undefined && { todo }),
  };
}

function countsText(checks: readonly Check[]): string {
  const texts = Object.entries(COUNTED).flatMap(([name, text]) => {
    const { length } = checks.filter(({ check }) => check === name);
    return length === 0 ? [] : [text(length)];
  });
  return texts.join(", ");
}
