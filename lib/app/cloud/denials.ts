import type { ProviderError } from "../../core/errors.ts";
import type { Clock } from "../ports/invocation.ts";

/** How long nobody calls where access was denied; then one call finds out whether it still is. */
const HOLD_MS = 60_000;

/** The scopes that denied access to this process, whatever the invocation. */
export interface Denials {
  /**
   * What was said when access was denied, while that holds. Whoever asks first after that may call, and for all others
   * it holds on until that call has been answered, or for as long again.
   */
  ask(scope: string): ProviderError | undefined;
  denied(scope: string, error: ProviderError): void;
  allowed(scope: string): void;
}

/**
 * Many messages may wait for a right that one scope lacks. They come back by themselves, each with its delay, and must
 * not make a call each only to be denied again.
 */
export function createDenials(clock: Pick<Clock, "now">): Denials {
  const held = new Map<string, { readonly error: ProviderError; since: number }>();
  return {
    ask(scope) {
      const denial = held.get(scope);
      if (denial === undefined) return undefined;
      const age = clock.now() - denial.since;
      // A clock that was set back must not shut a scope for longer.
      if (age >= 0 && age < HOLD_MS) return denial.error;
      denial.since = clock.now();
      return undefined;
    },
    denied: (scope, error) => void held.set(scope, { error, since: clock.now() }),
    allowed: (scope) => void held.delete(scope),
  };
}
