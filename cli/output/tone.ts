import type { Style } from "../io.ts";

const TONES: Readonly<Record<string, Style>> = {
  failed: "red",
  "would fail": "red",
  "not known yet": "yellow",
  rejected: "red",
  noncompliant: "red",
  problem: "red",
  error: "red",
  warning: "yellow",
  "report-only": "yellow",
  unknown: "yellow",
  unconfirmed: "yellow",
  changed: "yellow",
  pending: "yellow",
  tagged: "green",
  compliant: "green",
  ok: "green",
  done: "green",
  added: "green",
  replaced: "green",
  removed: "green",
  restored: "green",
};

/** The colour of a word that says how something ended, e.g. `tagged, still noncompliant`. It never says more than the word. */
export function toneOf(state: string): Style | undefined {
  if (state.endsWith("still noncompliant")) return "yellow";
  return TONES[state.replace(/^would be /, "")];
}
