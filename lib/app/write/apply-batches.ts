import { scopeKey } from "../../core/resource.ts";
import type { TagBatch } from "../../core/tag-batch.ts";
import { createTurns, type Turns } from "../../core/turns.ts";
import { concurrently } from "../cloud/concurrently.ts";
import type { Log } from "../ports/invocation.ts";
import type { Offenders } from "./offenders.ts";
import { openPairs, type Pairs, type ResourcePairs, type PlannedWrite } from "./pairs.ts";
import { createRefusalRates, type RefusalRates } from "./refusal-rates.ts";
import { applyBatch, type RetryDeps } from "./retry-batch.ts";

/** Batches of one scope that are under way at a time; the rate limiter says how fast they start. */
const BATCHES_AT_ONCE = 8;

export interface ApplyDeps extends Pick<RetryDeps, "caller" | "clock" | "offenders"> {
  readonly log: Log;
  /** Told of the resources of each batch that came to its end; must not fail. */
  readonly afterBatch?: (entries: readonly ResourcePairs[]) => Promise<void>;
}

/**
 * Sends the batches of a plan, side by side, and says what became of each (resource, tag) pair. No failure of one batch
 * touches another, but for access errors, which end their scope at once.
 */
export async function applyBatches(
  batches: readonly TagBatch[],
  writes: readonly PlannedWrite[],
  deps: ApplyDeps,
): Promise<Pairs["entries"]> {
  const pairs = openPairs(writes);
  const rates = createRefusalRates((batch) => actionOf(batch, pairs));
  const scopes = Map.groupBy(batches, ({ type, account, region, project }) => scopeKey(type, account, region, project));
  const applyOne = async (batch: TagBatch, inTurn: Turns) => {
    try {
      await applyBatch(batch, pairs, { ...deps, inTurn, rates });
    } catch (error) {
      // A fault of ours. The other batches go on, and the messages of this one come back.
      const failure = error instanceof Error ? error : new Error(String(error));
      deps.log.error("batch failed unexpectedly", { type: batch.type, account: batch.account, error: failure.message });
      pairs.end(batch, batch.resourceIds, () => ({ kind: "unfinished", error: failure }));
    }
    await deps.afterBatch?.(batch.resourceIds.flatMap((id) => pairs.find(batch, id) ?? []));
  };
  await Promise.all(
    [...scopes.values()].map(async (scope) => {
      const inTurn = createTurns();
      await concurrently(scope, BATCHES_AT_ONCE, (batch) => applyOne(batch, inTurn));
    }),
  );
  if (deps.offenders !== undefined) rememberOffenders(pairs, deps.offenders);
  return pairs.entries;
}

function actionOf(batch: Parameters<RefusalRates["expected"]>[0], pairs: Pairs): string {
  const entry = pairs.find(batch, batch.resourceIds[0] ?? "");
  return entry?.route.contract[entry.action].action ?? batch.type;
}

function rememberOffenders({ entries }: Pairs, offenders: Offenders): void {
  for (const { ref, offence, pairs } of entries.values()) {
    if (offence !== undefined) offenders.remember(ref);
    else if (pairs.values().every(({ result }) => result?.kind === "written")) offenders.forget(ref);
  }
}
