import type { AuditQueue, ShardMessage } from "../ports/audit-queue.ts";
import type { EventQueue } from "../ports/ingest.ts";
import type { ObjectStore } from "../ports/objects.ts";
import type { RunStore, ShardFinish, ShardResult } from "../ports/runs.ts";
import { partsOf, SHARD_START, shardSummaryFrom, toJson } from "./checkpoint.ts";
import type { Manifest, ShardSummary } from "./checkpoint.ts";
import { PART_KINDS, summaryName, workPrefix } from "./layout.ts";
import type { AuditLayout } from "./layout.ts";
import { sendRepairs } from "./repairs.ts";

export interface FinishDeps {
  readonly runs: RunStore;
  readonly queue: AuditQueue;
  readonly objects: ObjectStore;
  readonly layout: AuditLayout;
  /** Where findings go that are to be repaired; absent = an audit that doesn't write. */
  readonly enforceQueue?: EventQueue;
}

/**
 * Records what this attempt found, and sends what is to be repaired. `already-done` where another attempt was first:
 * then its parts count and ours go. `handed-on` where time is up before all repairs are sent.
 */
export async function finishShard(
  message: ShardMessage,
  attempt: string,
  found: ShardSummary,
  deps: FinishDeps,
  late: () => boolean,
): Promise<"done" | "already-done" | "handed-on"> {
  const { run, shard } = message;
  const summary = summaryName(run, shard.id, attempt);
  await deps.objects.put(summary, toJson(found));
  const finish = await deps.runs.finishShard(run, shard.id, { state: "done", summary });
  if (!finish.recorded) await deps.objects.remove([summary]);
  if (!(await afterResult(message, finish, deps, late))) return "handed-on";
  return finish.recorded ? "done" : "already-done";
}

/** Gives a shard up, e.g. when its message has reached the dead-letter queue: the report will name it as a gap. */
export async function failShard(message: ShardMessage, reason: string, deps: FinishDeps): Promise<void> {
  await endShard(message, { state: "failed", reason }, deps, () => false);
}

/**
 * Ends a shard whose result may be known already, e.g. when its message comes again: carries on where a crash may have
 * cut its ending off. False where time is up before all repairs are sent; then the message is on the queue again.
 */
export async function endShard(
  message: ShardMessage,
  result: ShardResult,
  deps: FinishDeps,
  late: () => boolean,
): Promise<boolean> {
  const { run, shard } = message;
  return afterResult(message, await deps.runs.finishShard(run, shard.id, result), deps, late);
}

/** The report doesn't wait for the repairs: a queue that refuses them must not hold it back. */
async function afterResult(
  message: ShardMessage,
  { recorded, complete, published }: ShardFinish,
  deps: FinishDeps,
  late: () => boolean,
): Promise<boolean> {
  const manifest = await clearShard(message.run, message.shard.id, deps);
  // Whoever records the last result sends the report; a repetition sends it again only while it is not published.
  if (complete && (recorded || !published)) await deps.queue.sendReport(message.run);
  if (manifest === undefined || (await sendRepairs(message.run, manifest, deps, late))) return true;
  await deps.queue.sendShards([message]);
  return false;
}

type ClearDeps = Pick<FinishDeps, "objects" | "layout">;

/**
 * Removes what an ended shard kept while it was under way, and parts of attempts that don't count. Answers what counts;
 * undefined = the shard has not ended, and all of it stays.
 */
async function clearShard(
  run: string,
  shard: string,
  { runs, ...deps }: ClearDeps & Pick<FinishDeps, "runs">,
): Promise<Manifest | undefined> {
  const result = await runs.result(run, shard);
  if (result === undefined) return undefined;
  const body = result.state === "done" ? await deps.objects.get(result.summary) : undefined;
  const { manifest } = body === undefined ? SHARD_START : shardSummaryFrom(body);
  for (const kind of PART_KINDS) {
    const counting = new Set(partsOf(manifest, kind));
    const left = (await deps.objects.list(deps.layout.partPrefix(kind, run, shard))).filter(
      (name) => !counting.has(name),
    );
    if (left.length > 0) await deps.objects.remove(left);
  }
  await deps.objects.remove(await deps.objects.list(workPrefix(run, shard)));
  return manifest;
}

/**
 * What the prefixes that people query may hold of ended shards: only what counts. A run is listed as a whole, since a
 * listing shows a thousand names and most shards have two.
 */
export async function clearQueried(
  run: string,
  manifests: ReadonlyMap<string, Manifest>,
  { objects, layout }: ClearDeps,
): Promise<void> {
  for (const kind of ["evaluations", "findings"] as const) {
    const left = (await objects.list(layout.runPrefix(kind, run))).filter((name) => {
      const manifest = manifests.get(layout.shardOf(kind, run, name) ?? "");
      return manifest !== undefined && !partsOf(manifest, kind).includes(name);
    });
    if (left.length > 0) await objects.remove(left);
  }
}
