import { ProviderError } from "../../core/errors.ts";
import type { FinalOutcome } from "../../core/outcome.ts";
import { OutOfTimeError } from "../cloud/call.ts";

/** How a tag or a whole resource ended, and why. */
export type ReasonedOutcome =
  | { readonly outcome: FinalOutcome; readonly code?: string; readonly message?: string }
  | Redelivery;

/** It has to come back. */
export interface Redelivery {
  readonly outcome: "redelivered";
  readonly code: string;
  readonly message: string;
  /**
   * `wait`: it only takes time (throttling, settling, no time left, the write cap), so the message is sent again and its
   * receive count is spared. `retry`: nobody knows whether time helps, so the queue redelivers it and counts.
   */
  readonly how: "wait" | "retry";
  /** The provider refuses us, and not this resource: somebody has to know it now. */
  readonly isAccess?: true;
  /** It was not tried: there was no time for it. */
  readonly isUnreached?: true;
  /** Not before this many milliseconds, where that is known. */
  readonly notBeforeMs?: number;
  /** Not later than this many milliseconds, where that is known. */
  readonly notAfterMs?: number;
}

/** The code of what a cloud has accepted and does later: it comes back, and a read of it says whether it was done. */
export const ASYNC_TAGGING = "AsyncTagging";

/** Services that tag later take some seconds: Terraform's provider looks after five, and every ten from then on. */
const ASYNC_MS = 15_000;

/** What is said of a key that was accepted, and that no read has shown yet. */
export function acceptedText(key: string): string {
  return `${key} was accepted, and the service does it later: a read tells when it is there`;
}

export function accepted(key: string, notBeforeMs: number = ASYNC_MS): Redelivery {
  const later = { outcome: "redelivered", how: "wait", notBeforeMs } as const;
  return { ...later, code: ASYNC_TAGGING, message: acceptedText(key) };
}

/** When what was not tried comes back at the latest, however often that was so before: the longer a backlog is, the more. */
const UNREACHED_MS = 60_000;

/**
 * What an error means for the resource that met it: final only where a provider's table says so of this very code.
 * `settlesInMs` > 0 while the resource may still be on its way.
 */
export function outcomeOfError(error: Error, settlesInMs: number): ReasonedOutcome {
  const { message } = error;
  if (error instanceof OutOfTimeError) {
    const { lastError } = error;
    if (lastError !== undefined) return { ...wait(lastError.code, message, lastError), isUnreached: true };
    // Nothing speaks against it but the time.
    return { ...wait("OutOfTime", message), isUnreached: true, notAfterMs: UNREACHED_MS };
  }
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
    case "unreadable":
      return { outcome: "report-only", code, message };
  }
}

/** Nobody knows whether time helps, so that the queue counts. */
function retry(code: string, message: string): Redelivery {
  return { outcome: "redelivered", how: "retry", code, message };
}

function wait(code: string, message: string, error?: ProviderError): Redelivery {
  const notBeforeMs = error?.retryAfterMs;
  return { outcome: "redelivered", how: "wait", code, message, ...(notBeforeMs !== undefined && { notBeforeMs }) };
}
