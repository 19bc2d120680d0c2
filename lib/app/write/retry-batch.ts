import { callNameOf } from "../../core/contract.ts";
import type { ProviderError } from "../../core/errors.ts";
import { lazily } from "../../core/lazily.ts";
import type { TagBatch } from "../../core/tag-batch.ts";
import type { Turns } from "../../core/turns.ts";
import { OutOfTimeError, type Caller } from "../cloud/call.ts";
import type { Clock } from "../ports/invocation.ts";
import type { Offenders } from "./offenders.ts";
import type { Pairs, ResourcePairs } from "./pairs.ts";
import { planAction } from "./plan-writes.ts";
import type { RefusalRates } from "./refusal-rates.ts";
import { sendBatch, type Sent } from "./send-batch.ts";

const ATTEMPTS = 4;

export interface RetryDeps {
  readonly caller: Caller;
  readonly clock: Pick<Clock, "now">;
  /** Those of earlier invocations; absent = nobody remembers them. */
  readonly offenders?: Offenders;
  /** The searches of a scope run one at a time, because what one of them finds may spare the next one. */
  readonly inTurn: Turns;
  readonly rates: RefusalRates;
}

/** Each pair of the batch has ended when this has. `attempt` = how often it was sent in vain. */
export async function applyBatch(whole: TagBatch, pairs: Pairs, deps: RetryDeps, attempt = 0): Promise<void> {
  const batch = hasOffenders(whole, pairs, deps) ? await withoutOffenders(whole, pairs, deps) : whole;
  if (batch.resourceIds.length === 0) return;
  const sent = await sendBatch(batch, pairs, deps);
  if (sent.kind === "ended") return;
  if (sent.kind === "answered") {
    deps.rates.note(batch, { taken: batch.resourceIds.length, refused: 0 });
    if (sent.error === undefined) return;
  }
  await retryBatch(batch, sent, pairs, { deps, attempt });
}

/** Sees to what a call left open: sends it again, plans it again or searches for what was refused. */
function retryBatch(
  batch: TagBatch,
  sent: Exclude<Sent, { kind: "ended" }>,
  pairs: Pairs,
  progress: Progress,
): Promise<void> {
  const { deps } = progress;
  switch (sent.kind) {
    case "answered":
      return retryFailed(batch, sent, pairs, progress);
    case "changed":
      return applyAgain(batch, batch.resourceIds, pairs, deps);
    case "lost":
      return afterLostAnswer(batch, sent.error, pairs, progress);
    case "refused":
      return isolateBad(batch, sent.error, pairs, deps);
  }
}

/** Whether a resource among several was refused before, in this invocation or an earlier one. */
function hasOffenders(batch: TagBatch, pairs: Pairs, { offenders }: Pick<RetryDeps, "offenders">): boolean {
  if (batch.resourceIds.length === 1) return false;
  return batch.resourceIds.some((id) => {
    const entry = pairs.find(batch, id);
    return entry !== undefined && (entry.offence !== undefined || offenders?.has(entry.ref) === true);
  });
}

/**
 * A resource that was refused in another batch must not spoil this one. One that is gone is gone for every tag; one that
 * was refused for a tag may still take another tag, so it is tried alone. Those of earlier invocations may have
 * been put right, or be visible by now, all of them: they are tried together.
 */
async function withoutOffenders(batch: TagBatch, pairs: Pairs, deps: RetryDeps): Promise<TagBatch> {
  const refused = offendersOf(batch, pairs);
  for (const { id, offence } of refused) {
    if (offence.kind === "not-found" || offence.kind === "not-taggable") {
      pairs.end(batch, [id], () => ({ kind: "refused", error: offence }));
    } else {
      await applyBatch({ ...batch, resourceIds: [id] }, pairs, deps);
    }
  }
  const left = without(
    batch.resourceIds,
    refused.map(({ id }) => id),
  );
  const remembered = left.filter((id) => {
    const entry = pairs.find(batch, id);
    return entry !== undefined && deps.offenders?.has(entry.ref) === true;
  });
  if (remembered.length === left.length) return { ...batch, resourceIds: left };
  await applyBatch({ ...batch, resourceIds: remembered }, pairs, deps);
  return { ...batch, resourceIds: without(left, remembered) };
}

/** The resources of a batch that were refused in this invocation. */
function offendersOf(batch: TagBatch, pairs: Pairs): { readonly id: string; readonly offence: ProviderError }[] {
  return batch.resourceIds.flatMap((id) => {
    const offence = pairs.find(batch, id)?.offence;
    return offence === undefined ? [] : [{ id, offence }];
  });
}

function without(ids: readonly string[], others: readonly string[]): string[] {
  const gone = new Set(others);
  return ids.filter((id) => !gone.has(id));
}

interface Progress {
  readonly deps: RetryDeps;
  /** How often this batch was sent in vain. */
  readonly attempt: number;
}

/** Where an API answers resource by resource, the failed ones that may yet succeed are sent again. */
async function retryFailed(
  batch: TagBatch,
  { error, retry }: Extract<Sent, { kind: "answered" }>,
  pairs: Pairs,
  { deps, attempt }: Progress,
): Promise<void> {
  if (error === undefined) return;
  if (attempt + 1 >= ATTEMPTS) {
    pairs.end(batch, retry, () => ({ kind: "unfinished", error }));
    return;
  }
  await orUnfinished(batch, retry, pairs, async () => {
    await deps.caller.backOff(attempt, error);
    await applyBatch({ ...batch, resourceIds: retry }, pairs, deps, attempt + 1);
  });
}

/** Plans what is left of a batch again, where a new read showed that some pairs aren't as they were planned. */
async function applyAgain(batch: TagBatch, ids: readonly string[], pairs: Pairs, deps: RetryDeps): Promise<void> {
  const left = ids
    .flatMap((id) => pairs.find(batch, id) ?? [])
    .map((entry) => ({ entry, tags: openTags(batch, entry) }));
  const [first] = left;
  if (first === undefined) return;
  const { action, route } = first.entry;
  const resources = left.map(({ entry, tags }) => ({ resource: entry.ref, current: entry.reading.tags, tags }));
  // A batch is for one contract.
  const { batches, unresolved } = await planAction(action, resources, () => route.contract);
  for (const { key, code, reason, ...ref } of unresolved) {
    const pair = pairs.find(batch, callNameOf(ref, route.contract))?.pairs.get(key);
    if (pair !== undefined) pair.result ??= { kind: "no-room", code, reason };
  }
  for (const part of batches) await applyBatch(part, pairs, deps);
}

function openTags(batch: TagBatch, entry: ResourcePairs): { key: string; value: string }[] {
  return [...batch.tags].flatMap(([key, value]) =>
    entry.pairs.get(key)?.result === undefined && entry.pairs.has(key) ? [{ key, value }] : [],
  );
}

/** The answer to a write was lost: it is read back before anything is repeated. */
async function afterLostAnswer(
  batch: TagBatch,
  error: ProviderError,
  pairs: Pairs,
  { deps, attempt }: Progress,
): Promise<void> {
  await orUnfinished(batch, batch.resourceIds, pairs, async () => {
    if (attempt + 1 >= ATTEMPTS) return pairs.end(batch, batch.resourceIds, () => ({ kind: "unfinished", error }));
    await deps.caller.backOff(attempt, error);
    return applyBatch(batch, pairs, deps, attempt + 1);
  });
}

/** Needed where a call was refused as a whole. */
export const batchIsolation = lazily(() => import("./isolate-batch.ts"));

async function isolateBad(batch: TagBatch, error: ProviderError, pairs: Pairs, deps: RetryDeps): Promise<void> {
  const { isolateBatch } = await batchIsolation();
  const search = await deps.inTurn(async () => {
    // Another search may have found out, meanwhile, what this batch was refused for.
    const isKnown = batch.resourceIds.length > 1 && offendersOf(batch, pairs).length > 0;
    return isKnown ? undefined : isolateBatch(batch, error, pairs, deps);
  });
  if (search === undefined) return applyBatch(batch, pairs, deps);
  for (const { part, sent } of search.answered) await retryFailed(part, sent, pairs, { deps, attempt: 0 });
  await applyAgain(batch, search.changed, pairs, deps);
}

async function orUnfinished(
  batch: TagBatch,
  ids: readonly string[],
  pairs: Pairs,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof OutOfTimeError)) throw error;
    pairs.end(batch, ids, () => ({ kind: "unfinished", error }));
  }
}
