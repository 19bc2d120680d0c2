import type { Compliance } from "../evaluation.ts";
import { SET_INVENTORY } from "../tagged-only.ts";
import type { Coverage } from "./summary.ts";

/** Rounded down, so that 100 % always means all; null where nothing was judged. */
export function percentText(ratio: number | null): string {
  return ratio === null ? "–" : `${(permille(ratio) / 10).toFixed(1)} %`;
}

/** By how many points a share has changed, as the two differ when they are read: `▲ 1.7 points`. */
export function changeText(before: number, after: number): string {
  const change = permille(after) - permille(before);
  const points = `${(Math.abs(change) / 10).toFixed(1)} points`;
  return change === 0 ? "unchanged" : change > 0 ? `▲ ${points} up` : `▼ ${points} down`;
}

function permille(ratio: number): number {
  return Math.floor(ratio * 1000 + 1e-9);
}

export function numberText(n: number): string {
  return n.toLocaleString("en-US");
}

/** A count with its noun: `1 call`, `1,200 calls`. */
export function countText(n: number, noun: string, nouns = `${noun}s`): string {
  return `${numberText(n)} ${n === 1 ? noun : nouns}`;
}

/** What an evaluation comes to, as people read it. */
export const COMPLIANCE_WORDS: Readonly<Record<Compliance, string>> = {
  compliant: "compliant",
  noncompliant: "noncompliant",
  exempt: "exempt",
  "not-applicable": "not applicable",
  unknown: "unknown",
};

/** A time as `2026-11-22 02:00 UTC`; whatever is no time stays as it is. */
export function timeText(time: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/u.test(time) ? `${time.slice(0, 10)} ${time.slice(11, 16)} UTC` : time;
}

/** How long something took, as people say it. */
export function durationText(from: string, to: string): string {
  const seconds = Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${numberText(Math.round(seconds / 6) / 10)} min`;
}

const MOST_NAMED = 3;

/** The accounts by how many they are, some of them by name: `5 accounts (a, b, c and 2 more)`. */
function accountsText(accounts: readonly string[]): string {
  const more = accounts.length - MOST_NAMED;
  const named = `${accounts.slice(0, MOST_NAMED).join(", ")}${more > 0 ? ` and ${numberText(more)} more` : ""}`;
  return `${countText(accounts.length, "account")} (${named})`;
}

/** An age in the largest unit that says it whole: `24 hours`, `2 minutes`. */
function ageText(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  return minutes % 60 === 0 ? countText(minutes / 60, "hour") : countText(minutes, "minute");
}

/** How old the oldest of the inventories may be whose rows count; undefined where all are current. */
export function oldestInventoryText({ inventoryAge = {} }: Pick<Coverage, "inventoryAge">): string | undefined {
  const ages = Object.values(inventoryAge);
  return ages.length === 0 ? undefined : `up to ${ageText(Math.max(...ages))} old`;
}

/** How old the inventories may be whose rows count, a sentence for each age, the oldest first; none where all are current. */
export function inventoryAgeTexts({ inventoryAge = {} }: Pick<Coverage, "inventoryAge">): readonly string[] {
  return [...Map.groupBy(Object.entries(inventoryAge), ([, ageMs]) => ageMs)]
    .toSorted(([one], [other]) => other - one)
    .map(([ageMs, entries]) => {
      const accounts = entries.map(([account]) => account);
      const [only = ""] = accounts;
      const [whose, rows] =
        accounts.length === 1
          ? [`inventory of account ${only} is`, "its rows"]
          : [`inventories of ${accountsText(accounts)} are`, "their rows"];
      return `The ${whose} up to ${ageText(ageMs)} old: what is compliant by ${rows} was so then.`;
    });
}

/** What the audit can't see for want of an inventory, in a sentence for the headline; undefined where it sees all. */
export function unseenText({ taggedOnly }: Coverage): string | undefined {
  if (taggedOnly.length === 0) return undefined;
  return `AWS resources that never carried a tag are not seen in ${accountsText(taggedOnly)}: no inventory is configured there; ${SET_INVENTORY}.`;
}
