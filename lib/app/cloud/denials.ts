import type { ProviderError } from "../../core/errors.ts";
import type { Clock } from "../ports/invocation.ts";

/**
 * A role that lets in to some resources alone denies access to the others one by one. So many of them, with none let in
 * between, are taken for all of a scope.
 */
const DENIED_ONE_BY_ONE = 3;

/** How long nobody calls where access was denied; then one call finds out whether it still is. */
const HOLD_MS = 60_000;

/** The scopes that denied access to this process, whatever the invocation. */
export interface Denials {
  /**
   * What was said when access was denied, while that holds. Whoever asks first after that may call, and for all others
   * it holds on until that call has been answered, or for as long again.
   */
  ask(scope: string): ProviderError | undefined;
  /**
   * Answers whether nobody may call there now. `resource` = the one that the call was about, by its id: then it may be
   * that one alone.
   */
  denied(scope: string, error: ProviderError, resource?: string): boolean;
  allowed(scope: string): void;
}

/**
 * Many messages may wait for a right that one scope lacks. They come back by themselves, each with its delay, and must
 * not make a call each only to be denied again.
 */
export function createDenials(clock: Pick<Clock, "now">): Denials {
  const held = new Map<string, { readonly error: ProviderError; since: number }>();
  const oneByOne = new Map<string, Set<string>>();

  function isOfOne(scope: string, resource: string | undefined): boolean {
    if (resource === undefined || held.has(scope)) return false;
    const ones = oneByOne.get(scope) ?? new Set();
    oneByOne.set(scope, ones.add(resource));
    return ones.size < DENIED_ONE_BY_ONE;
  }

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
    denied(scope, error, resource) {
      if (isOfOne(scope, resource)) return false;
      oneByOne.delete(scope);
      held.set(scope, { error, since: clock.now() });
      return true;
    },
    allowed(scope) {
      held.delete(scope);
      oneByOne.delete(scope);
    },
  };
}
