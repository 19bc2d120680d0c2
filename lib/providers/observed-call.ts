import { ProviderError } from "../core/errors.ts";
import { lazily } from "../core/lazily.ts";
import type { ClientDeps } from "./client-deps.ts";

/** Needed where our own code fails. */
export const faults = lazily(() => import("../core/client-fault.ts"));

/**
 * Runs one API call of an account and tells the observer how it ended. Whatever a call throws comes out as a
 * ProviderError, the one error that callers handle.
 */
export async function observedCall<Result>(
  { account, region, action }: { readonly account: string; readonly region: string; readonly action: string },
  { clock, observe }: Pick<ClientDeps, "clock" | "observe">,
  act: () => Promise<Result>,
): Promise<Result> {
  const startedAt = clock.now();
  let failure: ProviderError | undefined;
  try {
    return await act();
  } catch (error) {
    failure = error instanceof ProviderError ? error : (await faults()).clientFault(action, error, false);
    throw failure;
  } finally {
    const durationMs = clock.now() - startedAt;
    observe?.({ action, account, region, durationMs, ...(failure && { error: failure }) });
  }
}
