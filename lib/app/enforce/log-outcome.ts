import type { Outcome, ResourceOutcome } from "../../core/outcome.ts";
import type { Log } from "../ports/invocation.ts";

const LEVELS: Readonly<Record<Outcome, Exclude<keyof Log, "isDebug"> | undefined>> = {
  failed: "error",
  rejected: "warn",
  tagged: "debug",
  "report-only": "debug",
  gone: "info",
  redelivered: "info",
  exempt: undefined,
  compliant: undefined,
  "not-applicable": undefined,
};

/** One line for each outcome that somebody may ask about: codes and keys, never the values of tags or an event's body. */
export function logOutcome(
  log: Log,
  { type, account, region, id, outcome, tags, code, message }: ResourceOutcome,
): void {
  const level = LEVELS[outcome];
  if (level === undefined || (level === "debug" && log.isDebug?.() === false)) return;
  const keys = tags.map((tag) => `${tag.key}: ${tag.outcome}${tag.code === undefined ? "" : ` (${tag.code})`}`);
  log[level](`resource ${outcome}`, { type, account, region, id, code, reason: message, tags: keys });
}
