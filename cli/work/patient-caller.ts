import { createCaller, type Caller, type CallerDeps, type CallTarget } from "../../lib/app/cloud/call.ts";
import { ProviderError } from "../../lib/core/errors.ts";
import type { Reason } from "../output/tell-wait.ts";

const FIRST_WAIT_MS = 1_000;

/**
 * A caller that goes on after the attempts of an ordinary one, with growing waits, until the time is up: only what is
 * final about a resource, wrong in itself, or a write whose answer was lost, ends it before.
 */
export function patientCaller(deps: CallerDeps, onWait: (waiting: readonly Reason[], ms: number) => void): Caller {
  return {
    ...createCaller(deps),
    async call(target, send) {
      for (let attempt = 0; ; attempt += 1) {
        try {
          // One for each attempt, since it never asks again where it was denied access.
          return await createCaller(deps).call(target, send);
        } catch (error) {
          const wait = FIRST_WAIT_MS * 2 ** attempt;
          if (!mayPass(error, target) || wait >= deps.deadline.remainingMs()) throw error;
          onWait([error], wait);
          await deps.clock.sleep(wait);
        }
      }
    },
  };
}

function mayPass(error: unknown, { kind }: CallTarget): error is ProviderError {
  if (!(error instanceof ProviderError) || error.isFinal || error.kind === "request") return false;
  return !(error.ambiguous && kind === "write");
}
