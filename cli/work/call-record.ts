import type { CallObserver } from "../../lib/app/ports/provider.ts";
import { type ErrorKind, type ProviderError, errorText } from "../../lib/core/errors.ts";

/** What the calls of a command show: how many there were, and which accounts could not be used at all. */
export interface CallRecord {
  readonly observe: CallObserver;
  /** Calls by action. */
  calls(): Readonly<Record<string, number>>;
  /** One sentence for each account and region whose every call failed before it reached a resource. */
  unusable(): readonly string[];
  /** The providers that let us into an account and refused us some call there: a permission is missing. */
  refused(): readonly string[];
}

/** Errors that tell nothing of a resource: the provider didn't let us in, or didn't answer. */
const SHUT_OUT: ReadonlySet<ErrorKind> = new Set<ErrorKind>(["access", "transient", "throttled"]);

interface Scope {
  readonly account: string;
  readonly region: string;
  readonly provider: string;
  answered: boolean;
  refused: boolean;
  lastError?: ProviderError;
}

export function createCallRecord(): CallRecord {
  const counts = new Map<string, number>();
  const scopes = new Map<string, Scope>();
  return {
    observe({ action, account, region, error }) {
      counts.set(action, (counts.get(action) ?? 0) + 1);
      const provider = action.split(":", 1)[0] ?? action;
      const key = JSON.stringify([provider, account, region]);
      const scope = scopes.get(key) ?? { provider, account, region, answered: false, refused: false };
      scopes.set(key, scope);
      if (error === undefined || !SHUT_OUT.has(error.kind)) scope.answered = true;
      else scope.lastError = error;
      if (error?.kind === "access") scope.refused = true;
    },
    calls: () => Object.fromEntries([...counts].sort(([one], [other]) => (one < other ? -1 : 1))),
    unusable: () =>
      [...scopes.values()].flatMap(({ provider, account, region, answered, lastError }) =>
        answered || lastError === undefined
          ? []
          : `${provider} account ${account}, region ${region} can't be used: ${errorText(lastError.code, lastError.message)}`,
      ),
    refused: () => [
      ...new Set([...scopes.values()].flatMap((scope) => (scope.answered && scope.refused ? [scope.provider] : []))),
    ],
  };
}
