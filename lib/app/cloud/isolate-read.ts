import { ProviderError } from "../../core/errors.ts";
import { blameOf, probesIn } from "../../core/isolate/doubt.ts";
import { afterCall, isolate, nextCall, undecided } from "../../core/isolate/isolate.ts";
import type { OutOfTimeError } from "./call.ts";
import { isListingFault } from "./pages.ts";

/** What a read of tags fails with. */
export type ReadError = ProviderError | OutOfTimeError;

/**
 * Where the API refused a whole read for one of its ids, the others must not stay unknown for that: parts of them are
 * read until each is in a read that succeeded, or named, or until it looks as if every read is refused. `attempt` reads
 * some ids, and answers what that failed with. Answers what else is to be said of some ids than the read they were in
 * last: those to blame, and those that a search that broke off didn't come to, with what it broke off for. Of them the
 * first refusal says nothing. None where the error blames no resource.
 */
export async function isolateRead(
  ids: readonly string[],
  error: ReadError,
  attempt: (ids: readonly string[]) => Promise<ReadError | undefined>,
): Promise<ReadonlyMap<string, ReadError>> {
  if (!mayBlameOne(error)) return new Map();
  let state = isolate(ids, { kind: "failed", failure: error, offender: error.resourceId });
  let brokeOffFor: ReadError | undefined;

  /** Answers whether the search can go on. */
  async function read(called: readonly string[]): Promise<boolean> {
    const failure = await attempt(called);
    if (failure !== undefined && !mayBlameOne(failure)) {
      brokeOffFor = failure;
      return false;
    }
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
    brokeOffFor = blameOf(state);
    return false;
  }

  for (let called = nextCall(state); called !== undefined; called = nextCall(state)) {
    if (!(await read(called))) break;
    const probes = probesIn(state);
    if (probes !== undefined && !(await probe(probes))) break;
  }
  const errors = new Map<string, ReadError>(state.bad);
  if (brokeOffFor !== undefined) for (const id of undecided(state)) errors.set(id, brokeOffFor);
  return errors;
}

/**
 * Whether one of the ids may be what the read was refused for, whatever kind the refusal has: not where the call itself
 * didn't get through, where nobody may read here, or where it is the paging that is wrong.
 */
function mayBlameOne(error: ReadError): error is ProviderError {
  if (!(error instanceof ProviderError) || isListingFault(error)) return false;
  return error.kind !== "throttled" && error.kind !== "transient" && error.kind !== "access";
}
