import type { Check } from "../../lib/app/doctor.ts";
import { countText } from "../../lib/core/report/figures.ts";
import type { Column } from "./results.ts";

/** What was found, of one account or of several that it is true of alike. */
export interface Finding extends Pick<Check, "region" | "result" | "says" | "todo"> {
  /** None = of all of them. */
  readonly accounts: readonly string[];
  /** Absent where several checks are told of at once. */
  readonly check?: Check["check"];
}

/** Accounts of which one finding is true that are named in it; of more than these the last ones are counted. */
const NAMED = 2;

export const FINDING_COLUMNS: readonly Column<Finding>[] = [
  ["result", ({ result }) => result, "state"],
  ["account", ({ accounts }) => namesOf(accounts)],
  ["region", ({ region }) => region ?? ""],
  ["check", ({ check }) => check ?? ""],
  ["says, and what to do", ({ says, todo }) => (todo === undefined ? says : `${says}; to do: ${todo}`)],
];

function namesOf(accounts: readonly string[]): string {
  if (accounts.length === 0) return "all accounts";
  if (accounts.length <= NAMED) return accounts.join(", ");
  return `${accounts.slice(0, NAMED).join(", ")} and ${accounts.length - NAMED} more`;
}

/** Each check by itself, as it was made. */
export function everyFinding(checks: readonly Check[]): readonly Finding[] {
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

/** What somebody has to look at first, once for all accounts of which it is true; what is well is counted by account. */
export function summarizeChecks(checks: readonly Check[]): readonly Finding[] {
  const every = accountsOf(checks).length;
  const unlessAll = (accounts: readonly string[]) => (every > 1 && accounts.length === every ? [] : accounts);
  const [counted, told] = [checks.filter(isCounted), checks.filter((check) => !isCounted(check))];
  const alike = Map.groupBy(told, ({ region, check, result, says, todo }) =>
    JSON.stringify([region, check, result, says, todo]),
  );
  const rows = [
    ...alike
      .values()
      .flatMap((same) =>
        same.slice(0, 1).map((first): Finding => ({ ...first, accounts: unlessAll(accountsOf(same)) })),
      ),
    ...Map.groupBy(counted, ({ provider, account }) => JSON.stringify([provider, account]))
      .values()
      .map((own): Finding => ({ accounts: accountsOf(own), result: "ok", says: countsText(own) })),
  ];
  return ORDER.flatMap((wanted) => rows.filter(({ result }) => result === wanted));
}

function countsText(checks: readonly Check[]): string {
  const texts = Object.entries(COUNTED).flatMap(([name, text]) => {
    const { length } = checks.filter(({ check }) => check === name);
    return length === 0 ? [] : [text(length)];
  });
  return texts.join(", ");
}
