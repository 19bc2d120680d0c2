import type { TagDecision } from "../../core/evaluation.ts";
import type { Plan } from "../../core/plan/obvious.ts";
import type { Tags } from "../../core/resource.ts";
import { verdictOf, type LaterVerdict, type Verdict } from "../write/error-outcome.ts";
import type { LedgerEntry, WriteResult } from "../write/pairs.ts";
import type { TagVerdict } from "./outcomes.ts";

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
