import { jsonOf } from "../../core/json.ts";
import type { ObjectStore } from "../../app/ports/objects.ts";
import type { RunPlan, RunStore, ShardResult } from "../../app/ports/runs.ts";
import { InputError } from "../../core/errors.ts";
import { createTurns } from "../../core/turns.ts";

interface StoredRun {
  readonly plan: RunPlan;
  readonly results: Readonly<Record<string, ShardResult>>;
  readonly claimedUntil: number;
  readonly published: boolean;
}

/**
 * Runs as one JSON object each, `runs/<run>.json`. For one process at a time: its changes to a run wait for each
 * other, those of other processes don't. Deployed functions use DynamoDB instead.
 */
export function objectRunStore(objects: ObjectStore): RunStore {
  const inTurn = createTurns();
  const nameOf = (run: string): string => `runs/${run}.json`;
  const load = async (run: string): Promise<StoredRun | undefined> => {
    const body = await objects.get(nameOf(run));
    return body && storedFrom(body, nameOf(run));
  };
  const loadExisting = async (run: string): Promise<StoredRun> => {
    const stored = await load(run);
    if (stored === undefined) throw new InputError(`run ${run}: there is no such run`);
    return stored;
  };
  const save = (stored: StoredRun): Promise<void> =>
    objects.put(nameOf(stored.plan.run), new TextEncoder().encode(JSON.stringify(stored)));

  return {
    create: (plan) =>
      inTurn(async () => {
        if ((await load(plan.run)) !== undefined) return false;
        await save({ plan, results: {}, claimedUntil: 0, published: false });
        return true;
      }),
    read: (run) =>
      inTurn(async () => {
        const stored = await load(run);
        return (
          stored && {
            plan: stored.plan,
            results: new Map(Object.entries(stored.results)),
            published: stored.published,
          }
        );
      }),
    result: (run, shard) =>
      inTurn(async () => {
        const stored = await load(run);
        return stored && new Map(Object.entries(stored.results)).get(shard);
      }),
    finishShard: (run, shard, result) =>
      inTurn(async () => {
        const stored = await loadExisting(run);
        if (!stored.plan.shards.includes(shard)) throw new InputError(`run ${run}: it has no shard ${shard}`);
        const results = new Map(Object.entries(stored.results));
        const recorded = !results.has(shard);
        if (recorded) {
          results.set(shard, result);
          await save({ ...stored, results: Object.fromEntries(results) });
        }
        return { recorded, remaining: stored.plan.shards.length - results.size };
      }),
    claimReport: (run, now, leaseMs) =>
      inTurn(async () => {
        const stored = await loadExisting(run);
        if (stored.published || stored.claimedUntil > now) return false;
        await save({ ...stored, claimedUntil: now + leaseMs });
        return true;
      }),
    markPublished: (run) =>
      inTurn(async () => {
        const stored = await loadExisting(run);
        if (!stored.published) await save({ ...stored, published: true });
        return !stored.published;
      }),
  };
}

/** What this store wrote. Throws InputError where a disk or somebody has made something else of it. */
function storedFrom(body: Uint8Array, name: string): StoredRun {
  const stored = jsonOf(body) as Partial<StoredRun> | null | undefined;
  if (Array.isArray(stored?.plan?.shards) && typeof stored.results === "object") return stored as StoredRun;
  throw new InputError(`${name}: is not the record of an audit; remove it, and audit again`);
}
