import { beforeOf, endedBy, type ChangeEnding, type TagChange } from "../../core/tag-change.ts";
import { OutOfTimeError } from "../cloud/call.ts";
import { acceptedText, ASYNC_TAGGING, outcomeOfError } from "../write/error-outcome.ts";
import type { Pair } from "../write/pairs.ts";

/** What the writing of a change came to. */
export function endingOf(change: TagChange, pair: Pair | undefined): ChangeEnding {
  const { key } = change;
  const result = pair?.result;
  const before = pair?.before === undefined ? {} : { before: pair.before };
  switch (result?.kind) {
    case "written": {
      if (result.pending !== true) return { outcome: "done", ...before };
      return { outcome: "failed", ...before, code: ASYNC_TAGGING, message: acceptedText(key), again: true };
    }
    case "dropped": {
      // Whoever is told what is replaced has to be told of this value: it is planned anew, and not written over before.
      const message = `${key} was changed by somebody else while it was being written`;
      const changed = { outcome: "failed", ...beforeOf(change, result.tags), code: "Changed", message } as const;
      return endedBy(change, result.tags) ?? { ...changed, again: true };
    }
    case "no-room":
      return { outcome: "rejected", ...before, code: result.code, message: `${key} ${result.reason}` };
    case "refused":
    case "unfinished":
      return { ...endingOfError(result.error), ...before };
    case undefined:
      return { outcome: "failed", code: "Unexpected", message: `${key} was planned and not applied` };
  }
}

/** What an error says of a change. A resource that can't be found is gone: its settle time is long over. */
export function endingOfError(error: Error): ChangeEnding {
  const { outcome, code = "Unexpected", message = "" } = outcomeOfError(error, 0);
  if (outcome === "redelivered") {
    const ending = { outcome: "failed", code, message } as const;
    return error instanceof OutOfTimeError ? ending : { ...ending, again: true };
  }
  const isOneOfChanges = outcome === "gone" || outcome === "failed" || outcome === "report-only";
  return { outcome: isOneOfChanges ? outcome : "rejected", code, message };
}
