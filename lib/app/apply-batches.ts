import { ProviderError } from "../core/errors.ts";
import { afterCall, isolate, nextCall, undecided, withdraw, type CallOutcome } from "../core/isolate.ts";
import { plan } from "../core/plan.ts";
import type { TagBatch } from "../core/tag-batch.ts";
import { OutOfTimeError, type Caller } from "./call.ts";
import { concurrently } from "./concurrently.ts";
import { fromError, openLedger, type Ledger, type LedgerEntry, type PlannedWrite, type WriteResult } from "./ledger.ts";
import type { Clock, Log } from "./ports.ts";
import { sendBatch, type Sent } from "./send-batch.ts";

/** Batches of one scope that are under way at a time; the rate limiter says how fast they start. */
const BATCHES_AT_ONCE = 8;
const ATTEMPTS = 4;

export interface ApplyDeps {
  readonly caller: Caller;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

/**
 * Sends the batches of a plan, side by side, and says what became of each (resource, tag) pair. No failure of one batch
 * touches another, but for access errors, which end their scope at once.
 */
export async function applyBatches(
  batches: readonly TagBatch[],
  writes: readonly PlannedWrite[],
  deps: ApplyDeps,
): Promise<Ledger["entries"]> {
  const ledger = openLedger(writes);
  const scopes = Map.groupBy(batches, ({ type, account, region }) => JSON.stringify([type, account, region]));
  const applyOne = async (batch: TagBatch) => {
    try {
      await applyBatch(batch, ledger, deps);
    } catch (error) {
      // A fault of ours. The other batches carry on, and the messages of this one come back.
      const failure = error instanceof Error ? error : new Error(String(error));
      deps.log.error("batch failed unexpectedly", { type: batch.type, account: batch.account, error: failure.message });
      ledger.settle(batch, batch.resourceIds, () => ({ kind: "unfinished", error: failure }));
    }
  };
  await Promise.all([...scopes.values()].map(async (scope) => concurrently(scope, BATCHES_AT_ONCE, applyOne)));
  return ledger.entries;
}

/** Ends with each pair of the batch settled. */
async function applyBatch(whole: TagBatch, ledger: Ledger, deps: ApplyDeps, attempt = 0): Promise<void> {
  const batch = await withoutOffenders(whole, ledger, deps);
  if (batch.resourceIds.length === 0) return;
  const sent = await sendBatch(batch, ledger, deps);
  switch (sent.kind) {
    case "answered":
      return retryFailed(batch, sent, ledger, { deps, attempt });
    case "changed":
      return applyAgain(batch, batch.resourceIds, ledger, deps);
    case "lost":
      return afterLostAnswer(batch, sent.error, ledger, { deps, attempt });
    case "refused":
      return isolateBad(batch, sent.error, ledger, deps);
    case "ended":
      return undefined;
  }
}

/**
 * A resource that was refused in another batch must not spoil this one. Gone is gone for every tag; a resource that
 * was refused for one tag may still take another, so it is tried alone.
 */
async function withoutOffenders(batch: TagBatch, ledger: Ledger, deps: ApplyDeps): Promise<TagBatch> {
  if (batch.resourceIds.length === 1) return batch;
  const offenders = batch.resourceIds.filter((id) => ledger.find(batch, id)?.offence !== undefined);
  for (const id of offenders) {
    const offence = ledger.find(batch, id)?.offence;
    if (offence === undefined) continue;
    if (offence.kind === "not-found" || offence.kind === "not-taggable") {
      ledger.settle(batch, [id], () => ({ kind: "refused", error: offence }));
    } else {
      await applyBatch({ ...batch, resourceIds: [id] }, ledger, deps);
    }
  }
  return { ...batch, resourceIds: batch.resourceIds.filter((id) => !offenders.includes(id)) };
}

interface Progress {
  readonly deps: ApplyDeps;
  /** How often this batch was sent in vain. */
  readonly attempt: number;
}

/** Where an API answers resource by resource, the failed ones that may yet succeed are sent again. */
async function retryFailed(
  batch: TagBatch,
  { error, retry }: Extract<Sent, { kind: "answered" }>,
  ledger: Ledger,
  { deps, attempt }: Progress,
): Promise<void> {
  if (error === undefined || retry.length === 0) return;
  if (attempt + 1 >= ATTEMPTS) {
    ledger.settle(batch, retry, () => ({ kind: "unfinished", error }));
    return;
  }
  await orUnfinished(batch, retry, ledger, async () => {
    await deps.caller.backOff(attempt, error);
    await applyBatch({ ...batch, resourceIds: retry }, ledger, deps, attempt + 1);
  });
}

/** A new read showed that some pairs aren't as they were planned: what is left is no rectangle any more. */
async function applyAgain(batch: TagBatch, ids: readonly string[], ledger: Ledger, deps: ApplyDeps): Promise<void> {
  const left = ids
    .flatMap((id) => ledger.find(batch, id) ?? [])
    .map((entry) => ({ entry, tags: openTags(batch, entry) }));
  const { batches, unresolved } = plan({
    resources: left.map(({ entry, tags }) => ({ resource: entry.ref, current: entry.reading.tags, tags })),
    contractFor: (type) => left.find(({ entry }) => entry.ref.type === type)?.entry.route.contract,
  });
  for (const { id, key, code, reason } of unresolved) {
    const pair = ledger.find(batch, id)?.pairs.get(key);
    if (pair !== undefined) pair.result ??= { kind: "no-room", code, reason };
  }
  for (const part of batches) await applyBatch(part, ledger, deps);
}

function openTags(batch: TagBatch, entry: LedgerEntry): { key: string; value: string }[] {
  return [...batch.tags].flatMap(([key, value]) =>
    entry.pairs.get(key)?.result === undefined && entry.pairs.has(key) ? [{ key, value }] : [],
  );
}

/** The answer to a write was lost: it is read back before anything is repeated. */
async function afterLostAnswer(
  batch: TagBatch,
  error: ProviderError,
  ledger: Ledger,
  { deps, attempt }: Progress,
): Promise<void> {
  await orUnfinished(batch, batch.resourceIds, ledger, async () => {
    if (attempt + 1 >= ATTEMPTS) return ledger.settle(batch, batch.resourceIds, () => ({ kind: "unfinished", error }));
    await deps.caller.backOff(attempt, error);
    return applyBatch(batch, ledger, deps, attempt + 1);
  });
}

/** Sends parts of a batch that was refused until each resource is in a call that succeeded or is named. */
async function isolateBad(batch: TagBatch, first: ProviderError, ledger: Ledger, deps: ApplyDeps): Promise<void> {
  let state = isolate(batch.resourceIds, failed(first));
  const changed: string[] = [];
  let lost = 0;
  for (let ids = nextCall(state); ids !== undefined; ids = nextCall(state)) {
    const part = { ...batch, resourceIds: ids };
    const sent = await sendBatch(part, ledger, deps);
    if (sent.kind === "answered") {
      state = afterCall(state, ids, { kind: "succeeded" });
      await retryFailed(part, sent, ledger, { deps, attempt: 0 });
    } else if (sent.kind === "refused") {
      state = afterCall(state, ids, failed(sent.error));
    } else if (sent.kind === "changed") {
      state = withdraw(state, sent.ids);
      changed.push(...sent.ids);
    } else if (sent.kind === "lost" && (lost += 1) < ATTEMPTS && (await timeToRepeat(lost, sent.error, deps))) {
      // The same part again; it is read back first.
    } else {
      ledger.settle(batch, undecided(state), () => endOf(sent));
      break;
    }
  }
  for (const [id, error] of state.bad) {
    const entry = ledger.find(batch, id);
    if (entry !== undefined) entry.offence = error;
    ledger.settle(batch, [id], () => ({ kind: "refused", error }));
  }
  if (changed.length > 0) await applyAgain(batch, changed, ledger, deps);
}

/** What the end of a search says of the resources that it didn't decide on. */
function endOf({ kind, error }: Extract<Sent, { kind: "ended" | "lost" }>): WriteResult {
  return kind === "ended" && error instanceof ProviderError ? fromError(error) : { kind: "unfinished", error };
}

async function timeToRepeat(attempt: number, error: ProviderError, { caller }: ApplyDeps): Promise<boolean> {
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

async function orUnfinished(
  batch: TagBatch,
  ids: readonly string[],
  ledger: Ledger,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof OutOfTimeError)) throw error;
    ledger.settle(batch, ids, () => ({ kind: "unfinished", error }));
  }
}
