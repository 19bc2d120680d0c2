import { ProviderError } from "../core/errors.ts";
import { ILL_FORMED } from "../core/ill-formed.ts";
import type { FinalOutcome } from "../core/outcome.ts";
import { OutOfTimeError } from "./call.ts";

/** How something ended, for one tag or a whole resource. */
export type Verdict = FinalVerdict | LaterVerdict;

export interface FinalVerdict {
  readonly outcome: FinalOutcome;
  readonly code?: string;
  readonly message?: string;
}

/** It has to come back. */
export interface LaterVerdict {
  readonly outcome: "redelivered";
  readonly code: string;
  readonly message: string;
  /**
   * `wait`: time alone will mend it (throttling, settling, no time left, the write cap), so the message is sent again and
   * its receive count is spared. `retry`: nobody knows, so the queue redelivers it and counts.
   */
  readonly how: "wait" | "retry";
  /** The provider refuses us, and not this resource: somebody has to know it now. */
  readonly isAccess?: true;
  /** Not before this many milliseconds, where that is known. */
  readonly notBeforeMs?: number;
  /** Not later than this many milliseconds, where that is known. */
  readonly notAfterMs?: number;
}

/** A resource that can't exist, so that nobody can be asked about it. */
export const ILL_FORMED_VERDICT: Verdict = { outcome: "rejected", ...ILL_FORMED };

/**
 * What an error means for the resource that met it: final only where a provider's table says so of this very code.
 * `settlesInMs` > 0 while the resource may still be on its way.
 */
export function verdictOf(error: Error, settlesInMs: number): Verdict {
  const { message } = error;
  if (error instanceof OutOfTimeError) return wait(error.lastError?.code ?? "OutOfTime", message, error.lastError);
  if (!(error instanceof ProviderError)) return retry("Unexpected", message);
  const { code } = error;
  switch (error.kind) {
    case "throttled":
      return wait(code, message, error);
    case "transient":
    case "conflict":
    case "request":
    case "unknown":
      return retry(code, message);
    case "access":
      return { ...retry(code, message), isAccess: true };
    case "not-found":
      return settlesInMs > 0 ? { ...wait(code, message), notAfterMs: settlesInMs } : { outcome: "gone", code, message };
    case "resource-permanent":
      return { outcome: "rejected", code, message };
    case "not-taggable":
      return { outcome: "not-applicable", code, message };
  }
}

/** Nobody knows whether time mends it, so that the queue counts. */
function retry(code: string, message: string): LaterVerdict {
  return { outcome: "redelivered", how: "retry", code, message };
}

function wait(code: string, message: string, error?: ProviderError): LaterVerdict {
  const notBeforeMs = error?.retryAfterMs;
  return { outcome: "redelivered", how: "wait", code, message, ...(notBeforeMs !== undefined && { notBeforeMs }) };
}
