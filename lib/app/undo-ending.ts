import type { UndoOutcome } from "../core/undo-outcome.ts";
import { OutOfTimeError } from "./call.ts";
import type { WriteResult } from "./ledger.ts";
import { verdictOf } from "./verdict.ts";

/** What one attempt to undo says of one tag; `again` = another one may succeed. */
export interface UndoEnding {
  readonly outcome: UndoOutcome;
  readonly code?: string;
  readonly message?: string;
  readonly again?: true;
}

/** What the writing of one tag came to; `done` = what it is called where it succeeded. */
export function endingOf(key: string, result: WriteResult | undefined, done: UndoOutcome): UndoEnding {
  switch (result?.kind) {
    case "written":
      return { outcome: done };
    case "dropped":
      return { outcome: result.tags.has(key) ? "changed" : "absent" };
    case "no-room":
      return { outcome: "rejected", code: result.code, message: `${key} ${result.reason}` };
    case "refused":
    case "unfinished":
      return endingOfError(result.error);
    case undefined:
      return { outcome: "failed", code: "Unexpected", message: `${key} was planned and not applied` };
  }
}

/** What an error says of a tag. A resource that can't be found is gone: its settle time is long over. */
export function endingOfError(error: Error): UndoEnding {
  const { outcome, code = "Unexpected", message = "" } = verdictOf(error, 0);
  if (outcome === "redelivered") {
    const ending = { outcome: "failed", code, message } as const;
    return error instanceof OutOfTimeError ? ending : { ...ending, again: true };
  }
  const isOneOfUndo = outcome === "gone" || outcome === "failed" || outcome === "report-only";
  return { outcome: isOneOfUndo ? outcome : "rejected", code, message };
}
