import { ProviderError } from "../../core/errors.ts";
import { probesIn } from "../../core/isolate/doubt.ts";
import { afterCall, isolate, nextCall } from "../../core/isolate/isolate.ts";

/**
 * Where the API refused a whole read for one of its ids, the others must not stay unknown for that: parts of them are
 * read until each is in a read that succeeded, or named, or until it looks as if every read is refused. `attempt` reads
 * some ids, and answers what that failed with. Answers the resources that are to blame; none where the error blames no
 * resource.
 */
export async function isolateRead(
  ids: readonly string[],
  error: Error,
  attempt: (ids: readonly string[]) => Promise<Error | undefined>,
): Promise<ReadonlyMap<string, ProviderError>> {
  if (!mayBlameOne(error)) return new Map();
  let state = isolate(ids, { kind: "failed", failure: error, offender: error.resourceId });

  /** Answers whether the search can go on. */
  async function read(called: readonly string[]): Promise<boolean> {
    const failure = await attempt(called);
    if (failure !== undefined && !mayBlameOne(failure)) return false;
    state = afterCall(
      state,
      called,
      failure === undefined ? { kind: "succeeded" } : { kind: "failed", failure, offender: failure.resourceId },
    );
    return true;
  }

  /** Answers whether it is worth searching on. */
  async function probe(probes: readonly string[]): Promise<boolean> {
    for (const id of probes) {
      if (!(await read([id]))) return false;
      if (probesIn(state) === undefined) return true;
    }
    return false;
  }

  for (let called = nextCall(state); called !== undefined; called = nextCall(state)) {
    if (!(await read(called))) break;
    const probes = probesIn(state);
    if (probes !== undefined && !(await probe(probes))) break;
  }
  return state.bad;
}

function mayBlameOne(error: Error): error is ProviderError {
  return error instanceof ProviderError && (error.isFinal || error.kind === "request" || error.kind === "unknown");
}
