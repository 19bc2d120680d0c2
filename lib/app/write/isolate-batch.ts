import { ProviderError } from "../../core/errors.ts";
import { blameOf, probesIn } from "../../core/isolate/doubt.ts";
import { afterCall, isolate, nextCall, undecided, withdraw, type CallOutcome } from "../../core/isolate/isolate.ts";
import type { TagBatch } from "../../core/tag-batch.ts";
import { OutOfTimeError, type Caller } from "../cloud/call.ts";
import type { Offenders } from "./offenders.ts";
import { fromError, type Pairs, type WriteResult } from "./pairs.ts";
import type { RefusalRates } from "./refusal-rates.ts";
import { sendBatch, type SendDeps, type Sent } from "./send-batch.ts";

/** After so many lost answers a search is given up. */
const LOST_ANSWERS = 4;

export interface Search {
  /** The resources that a new read showed otherwise than planned: they are out of the search, and still open. */
  readonly changed: readonly string[];
  /** The parts that were answered resource by resource, where something may be left to do. */
  readonly answered: readonly { readonly part: TagBatch; readonly sent: Extract<Sent, { kind: "answered" }> }[];
}

interface SearchDeps extends SendDeps {
  readonly rates: RefusalRates;
  readonly offenders?: Offenders;
}

/** Sends parts of a batch that was refused until each resource is in a call that succeeded or is named. */
export async function isolateBatch(
  batch: TagBatch,
  first: ProviderError,
  pairs: Pairs,
  deps: SearchDeps,
): Promise<Search> {
  let state = isolate(batch.resourceIds, failed(first), deps.rates.expected(batch));
  const changed: string[] = [];
  const answered: Search["answered"][number][] = [];
  let lost = 0;

  /** Answers whether the search can go on. */
  async function send(ids: readonly string[]): Promise<boolean> {
    const part = { ...batch, resourceIds: ids };
    const sent = await sendBatch(part, pairs, { ...deps, isSearch: true });
    if (sent.kind === "answered") {
      state = afterCall(state, ids, { kind: "succeeded" });
      answered.push({ part, sent });
    } else if (sent.kind === "refused") {
      state = afterCall(state, ids, failed(sent.error));
    } else if (sent.kind === "changed") {
      state = withdraw(state, sent.ids);
      changed.push(...sent.ids);
    } else if (sent.kind === "lost" && (lost += 1) < LOST_ANSWERS && (await timeToRepeat(lost, sent.error, deps))) {
      // The same part again; it is read back first.
    } else {
      pairs.end(batch, undecided(state), () => endOf(sent.error));
      return false;
    }
    return true;
  }

  let blame: ProviderError | undefined;

  /** Sends single resources, to see whether the request itself is wrong; answers whether to search on. */
  async function probe(ids: readonly string[]): Promise<boolean> {
    for (const id of ids) {
      const refused = state.bad.size;
      if (!(await send([id]))) return false;
      if (state.bad.size === refused) return true;
    }
    const error = (blame = blameOf(state));
    if (error === undefined) return true;
    pairs.end(batch, undecided(state), () => fromError(error));
    return false;
  }

  for (let ids = nextCall(state); ids !== undefined; ids = nextCall(state)) {
    if (!(await send(ids))) break;
    const probes = probesIn(state);
    if (probes !== undefined && !(await probe(probes))) break;
  }
  let refused = 0;
  for (const [id, error] of state.bad) {
    const entry = pairs.find(batch, id);
    if (entry !== undefined) {
      if (entry.offence === undefined && deps.offenders?.has(entry.ref) !== true) refused += 1;
      entry.offence = error;
    }
    // Where everything speaks against the request, its refusals are no resource's.
    pairs.end(batch, [id], () => fromError(blame ?? error));
  }
  deps.rates.note(batch, { taken: state.good.length, refused });
  return { changed, answered };
}

/** What the end of a search says of the resources that it didn't decide on. */
function endOf(error: ProviderError | OutOfTimeError): WriteResult {
  return error instanceof ProviderError ? fromError(error) : { kind: "unfinished", error };
}

async function timeToRepeat(
  attempt: number,
  error: ProviderError,
  { caller }: { readonly caller: Caller },
): Promise<boolean> {
  try {
    await caller.backOff(attempt, error);
    return true;
  } catch (ended) {
    if (ended instanceof OutOfTimeError) return false;
    throw ended;
  }
}

function failed(error: ProviderError): Extract<CallOutcome<ProviderError>, { kind: "failed" }> {
  return { kind: "failed", failure: error, offender: error.resourceId };
}
