import type { ProviderError } from "../core/errors.ts";
import type { TagBatch } from "../core/tag-batch.ts";
import { OutOfTimeError, type Caller } from "./call.ts";
import { concurrently } from "./concurrently.ts";
import { isolateBatch } from "./isolate-batch.ts";
import { openLedger, type Ledger, type LedgerEntry, type PlannedWrite } from "./ledger.ts";
import type { Offenders } from "./offenders.ts";
import { planAction } from "./plan-action.ts";
import type { Clock, Log } from "./ports.ts";
import { createRefusalRates, type RefusalRates } from "./refusal-rates.ts";
import { sendBatch, type Sent } from "./send-batch.ts";
import { createTurns, type Turns } from "./turns.ts";

/** Batches of one scope that are under way at a time; the rate limiter says how fast they start. */
const BATCHES_AT_ONCE = 8;
const ATTEMPTS = 4;

export interface ApplyDeps {
  readonly caller: Caller;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  /** Those of earlier invocations. */
  readonly offenders?: Offenders;
  /** Told of the resources of each batch that came to its end; must not fail. */
  readonly afterBatch?: (entries: readonly LedgerEntry[]) => Promise<void>;
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
  const rates = createRefusalRates((batch) => actionOf(batch, ledger));
  const scopes = Map.groupBy(batches, ({ type, account, region }) => JSON.stringify([type, account, region]));
  const applyOne = async (batch: TagBatch, inTurn: Turns) => {
    try {
      await applyBatch(batch, ledger, { ...deps, inTurn, rates });
    } catch (error) {
      // A fault of ours. The other batches carry on, and the messages of this one come back.
      const failure = error instanceof Error ? error : new Error(String(error));
      deps.log.error("batch failed unexpectedly", { type: batch.type, account: batch.account, error: failure.message });
      ledger.settle(batch, batch.resourceIds, () => ({ kind: "unfinished", error: failure }));
    }
    await deps.afterBatch?.(batch.resourceIds.flatMap((id) => ledger.find(batch, id) ?? []));
  };
  await Promise.all(
    [...scopes.values()].map(async (scope) => {
      const inTurn = createTurns();
      await concurrently(scope, BATCHES_AT_ONCE, (batch) => applyOne(batch, inTurn));
    }),
  );
  if (deps.offenders !== undefined) rememberOffenders(ledger, deps.offenders);
  return ledger.entries;
}

interface ScopeDeps extends ApplyDeps {
  /** Of the searches of a scope: what one finds spares the next ones theirs. */
  readonly inTurn: Turns;
  readonly rates: RefusalRates;
}

function actionOf(batch: Parameters<RefusalRates["expected"]>[0], ledger: Ledger): string {
  const entry = ledger.find(batch, batch.resourceIds[0] ?? "");
  return entry?.route.contract[entry.action].action ?? batch.type;
}

function rememberOffenders({ entries }: Ledger, offenders: Offenders): void {
  for (const { ref, offence, pairs } of entries.values()) {
    if (offence !== undefined) offenders.remember(ref);
    else if (pairs.values().every(({ result }) => result?.kind === "written")) offenders.forget(ref);
  }
}

/** Ends with each pair of the batch settled. */
async function applyBatch(whole: TagBatch, ledger: Ledger, deps: ScopeDeps, attempt = 0): Promise<void> {
  const batch = await withoutOffenders(whole, ledger, deps);
  if (batch.resourceIds.length === 0) return;
  const sent = await sendBatch(batch, ledger, deps);
  switch (sent.kind) {
    case "answered":
      deps.rates.note(batch, { taken: batch.resourceIds.length, refused: 0 });
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
 * A resource that was refused in another batch must not spoil this one. Gone is gone for every tag; a resource that was
 * refused for one tag may still take another, so it is tried alone. Those of earlier invocations may have been mended,
 * or be visible by now, all of them: they are tried together.
 */
async function withoutOffenders(batch: TagBatch, ledger: Ledger, deps: ScopeDeps): Promise<TagBatch> {
  if (batch.resourceIds.length === 1) return batch;
  const refused = offendersOf(batch, ledger);
  for (const { id, offence } of refused) {
    if (offence.kind === "not-found" || offence.kind === "not-taggable") {
      ledger.settle(batch, [id], () => ({ kind: "refused", error: offence }));
    } else {
      await applyBatch({ ...batch, resourceIds: [id] }, ledger, deps);
    }
  }
  const left = without(
    batch.resourceIds,
    refused.map(({ id }) => id),
  );
  const remembered = left.filter((id) => {
    const entry = ledger.find(batch, id);
    return entry !== undefined && deps.offenders?.has(entry.ref) === true;
  });
  if (remembered.length === left.length) return { ...batch, resourceIds: left };
  await applyBatch({ ...batch, resourceIds: remembered }, ledger, deps);
  return { ...batch, resourceIds: without(left, remembered) };
}

/** The resources of a batch that were refused in this invocation. */
function offendersOf(batch: TagBatch, ledger: Ledger): { readonly id: string; readonly offence: ProviderError }[] {
  return batch.resourceIds.flatMap((id) => {
    const offence = ledger.find(batch, id)?.offence;
    return offence === undefined ? [] : [{ id, offence }];
  });
}

function without(ids: readonly string[], others: readonly string[]): string[] {
  const gone = new Set(others);
  return ids.filter((id) => !gone.has(id));
}

interface Progress {
  readonly deps: ScopeDeps;
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
  if (error === undefined) return;
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
async function applyAgain(batch: TagBatch, ids: readonly string[], ledger: Ledger, deps: ScopeDeps): Promise<void> {
  const left = ids
    .flatMap((id) => ledger.find(batch, id) ?? [])
    .map((entry) => ({ entry, tags: openTags(batch, entry) }));
  const [first] = left;
  if (first === undefined) return;
  const { action, route } = first.entry;
  const resources = left.map(({ entry, tags }) => ({ resource: entry.ref, current: entry.reading.tags, tags }));
  // A batch is for one contract.
  const { batches, unresolved } = planAction(action, resources, () => route.contract);
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

async function isolateBad(batch: TagBatch, error: ProviderError, ledger: Ledger, deps: ScopeDeps): Promise<void> {
  const search = await deps.inTurn(async () => {
    // Another search may have found out, meanwhile, what this batch was refused for.
    const isKnown = batch.resourceIds.length > 1 && offendersOf(batch, ledger).length > 0;
    return isKnown ? undefined : isolateBatch(batch, error, ledger, deps);
  });
  if (search === undefined) return applyBatch(batch, ledger, deps);
  for (const { part, sent } of search.answered) await retryFailed(part, sent, ledger, { deps, attempt: 0 });
  await applyAgain(batch, search.changed, ledger, deps);
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
