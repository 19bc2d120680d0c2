import { ProviderError } from "../core/errors.ts";
import { afterCall, isolate, nextCall } from "../core/isolate.ts";

/**
 * Where the API refused a whole read for one of its ids, the others must not stay unknown for that: parts of them are
 * read until each is in a read that succeeded, or named. `attempt` reads some ids, and answers what that failed with.
 * Answers the resources that are to blame; none where the error blames no resource.
 */
export async function isolateRead(
  ids: readonly string[],
  error: Error,
  attempt: (ids: readonly string[]) => Promise<Error | undefined>,
): Promise<ReadonlyMap<string, ProviderError>> {
  if (!isAboutOneResource(error)) return new Map();
  let state = isolate(ids, { kind: "failed", failure: error, offender: error.resourceId });
  for (let called = nextCall(state); called !== undefined; called = nextCall(state)) {
    const failure = await attempt(called);
    if (failure !== undefined && !isAboutOneResource(failure)) return new Map();
    state = afterCall(
      state,
      called,
      failure === undefined ? { kind: "succeeded" } : { kind: "failed", failure, offender: failure.resourceId },
    );
  }
  return state.bad;
}

function isAboutOneResource(error: Error): error is ProviderError {
  if (!(error instanceof ProviderError)) return false;
  return error.kind === "not-found" || error.kind === "resource-permanent" || error.kind === "not-taggable";
}
