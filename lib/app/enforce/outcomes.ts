import { gravest, type FinalOutcome, type ResourceOutcome, type TagOutcome, type Outcome } from "../../core/outcome.ts";
import { refOf, type ResourceRef, type Tags } from "../../core/resource.ts";
import { type LaterVerdict, type Verdict, verdictOf } from "../write/error-outcome.ts";
import type { LedgerEntry, WriteResult } from "../write/pairs.ts";
import type { Plan } from "../../core/plan/obvious.ts";
import type { TagDecision } from "../../core/evaluation.ts";
import type { Log } from "../ports/invocation.ts";

/** How one tag of a resource ended, and the value that was written, where one was. */
export interface TagVerdict {
  readonly key: string;
  readonly verdict: Verdict;
  readonly value?: string;
}

/** How one resource left the invocation. */
export interface Conclusion {
  readonly outcome: ResourceOutcome;
  /** Set where it has to come back. */
  readonly later?: LaterVerdict;
}

/** A resource of whose tags nothing is to be said one by one. */
export function concludeWhole(ref: ResourceRef, verdict: Verdict): Conclusion {
  return conclude(ref, verdict, []);
}

/** A resource's outcome is the gravest of its tags' outcomes; it comes back while one of them does. */
export function concludeByTag(ref: ResourceRef, tags: readonly TagVerdict[]): Conclusion {
  const [first] = tags;
  // Mostly all tags of a resource end alike.
  if (first !== undefined && tags.every(({ verdict }) => verdict === first.verdict)) {
    return conclude(ref, first.verdict, tags);
  }
  const later = tags.flatMap(({ verdict }) => (verdict.outcome === "redelivered" ? [verdict] : []));
  const final: FinalOutcome | undefined = gravest(
    tags.flatMap(({ verdict: { outcome } }) => (outcome === "redelivered" ? [] : [outcome])),
  );
  const deciding: Verdict = later.find(({ isAccess }) => isAccess) ??
    later.find(({ how }) => how === "retry") ??
    later[0] ??
    tags.find(({ verdict }) => verdict.outcome === final)?.verdict ?? { outcome: "compliant" };
  return conclude(ref, deciding, tags);
}

function conclude(ref: ResourceRef, verdict: Verdict, tags: readonly TagVerdict[]): Conclusion {
  const { outcome, code, message } = verdict;
  const said = { ...(code !== undefined && { code }), ...(message !== undefined && { message }) };
  return {
    outcome: { ...refOf(ref), outcome, tags: tags.map(tagOutcome), ...said },
    ...(verdict.outcome === "redelivered" && { later: verdict }),
  };
}

function tagOutcome({ key, verdict: { outcome, code }, value }: TagVerdict): TagOutcome {
  return { key, outcome, ...(value !== undefined && { value }), ...(code !== undefined && { code }) };
}

/** What became of the tags of one resource. */
interface Found {
  readonly entry: LedgerEntry | undefined;
  readonly unresolved: Plan["unresolved"];
  /** Set where it was beyond the write cap. */
  readonly capped: LaterVerdict | undefined;
  readonly settlesInMs: () => number;
  /** What the policies say now that a read showed these tags. */
  readonly decideAnew: (read: Tags) => readonly TagDecision[];
}

/** How each of these tags ended: written or not, and why not. */
export function verdictsByTag(decisions: readonly TagDecision[], found: Found): TagVerdict[] {
  return decisions.map((decision): TagVerdict => {
    const { key } = decision;
    if (decision.action === "leave") return { key, verdict: leftAlone(decision) };
    if (found.capped !== undefined) return { key, verdict: found.capped };
    const tag = found.unresolved.find((one) => one.key === key);
    if (tag !== undefined) return { key, verdict: rejectedFor(key, tag) };
    const result = found.entry?.pairs.get(key)?.result;
    const verdict = verdictOfResult(key, result, found);
    return { key, verdict, ...(result?.kind === "written" && { value: result.value }) };
  });
}

function leftAlone({ key, reason, detail }: Extract<TagDecision, { action: "leave" }>): Verdict {
  return { outcome: "report-only", code: reason, message: `${key}: ${detail}` };
}

function rejectedFor(key: string, { code, reason }: { readonly code: string; readonly reason: string }): Verdict {
  return { outcome: "rejected", code, message: `${key} ${reason}` };
}

const TAGGED: Verdict = { outcome: "tagged" };

function verdictOfResult(key: string, result: WriteResult | undefined, found: Found): Verdict {
  switch (result?.kind) {
    case "written":
      return TAGGED;
    case "no-room":
      return rejectedFor(key, result);
    case "refused":
    case "unfinished":
      return verdictOf(result.error, found.settlesInMs());
    case "dropped": {
      const decision = found.decideAnew(result.tags).find((one) => one.key === key);
      if (decision === undefined) return { outcome: "compliant" };
      if (decision.action === "leave") return leftAlone(decision);
      const message = `${key} was changed by somebody else while it was being written`;
      return { outcome: "redelivered", how: "wait", code: "Changed", message };
    }
    case undefined:
      return {
        outcome: "redelivered",
        how: "retry",
        code: "Unexpected",
        message: `${key} was planned and not applied`,
      };
  }
}

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
