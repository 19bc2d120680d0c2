import { changeText, numberText, timeText } from "./figures.ts";
import { differencesOf } from "./history.ts";
import type { PastRun } from "./history.ts";

/** Why two runs may differ for other reasons than tags; empty where nothing is known to stand between them. */
export function caveats(before: PastRun, now: PastRun): string[] {
  const { policies, places } = differencesOf(before, now);
  return [
    ...(policies ? ["The policies have changed since the run before."] : []),
    ...(places ? ["Other accounts or regions are configured than for the run before."] : []),
    ...(before.complete && now.complete
      ? []
      : [`${incompleteText(before, now)} incomplete, so compare them with care.`]),
  ];
}

function incompleteText(before: PastRun, now: PastRun): string {
  if (!before.complete && !now.complete) return "This run and the one before are";
  return now.complete ? "The run before is" : "This run is";
}

/** A run against the one before it, in a sentence with what to bear in mind; undefined where one of them judged nothing. */
export function trendText(before: PastRun, now: PastRun): string | undefined {
  if (before.compliance === null || now.compliance === null) return undefined;
  const { compliant, noncompliant } = before.evaluated;
  const then = `${numberText(compliant)} of ${numberText(compliant + noncompliant)} then`;
  const change = changeText(before.compliance, now.compliance).replace(/^unchanged/u, "Unchanged");
  return [`${change} since ${timeText(before.startedAt)} (${then}).`, ...caveats(before, now)].join(" ");
}
