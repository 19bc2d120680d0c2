import { ProviderError } from "./errors.ts";

/** The code of what was thrown by our own code, where a provider should have answered. */
export const CLIENT_FAULT = "ClientFault";

/**
 * What an error is that is no ProviderError: a defect of ours, met by whatever the call was about. `ambiguous` where a
 * write may have been sent before.
 */
export function clientFault(action: string, cause: unknown, ambiguous: boolean): ProviderError {
  const message = `${action} failed in our own code: ${cause instanceof Error ? cause.message : String(cause)}`;
  const about = { kind: "unknown", httpStatus: 0, requestId: "" } as const;
  return new ProviderError({ ...about, code: CLIENT_FAULT, message, ambiguous, cause });
}
