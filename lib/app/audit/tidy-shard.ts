import type { ObjectStore } from "../ports/objects.ts";
import type { RunStore } from "../ports/runs.ts";
import { partsOf, SHARD_START, shardSummaryFrom } from "./checkpoint.ts";
import type { Manifest } from "./checkpoint.ts";
import type { AuditLayout, PartKind } from "./layout.ts";
import { PART_KINDS, workPrefix } from "./layout.ts";

interface TidyDeps {
  readonly objects: ObjectStore;
  readonly layout: AuditLayout;
}

/**
 * Removes what an ended shard kept while it was under way, and parts of attempts that don't count. Answers what counts;
 * undefined = the shard has not ended, and all of it stays.
 */
export async function tidyShard(
  run: string,
  shard: string,
  { runs, ...deps }: TidyDeps & { readonly runs: RunStore },
): Promise<Manifest | undefined> {
  const result = await runs.result(run, shard);
  if (result === undefined) return undefined;
  const body = result.state === "done" ? await deps.objects.get(result.summary) : undefined;
  const { manifest } = body === undefined ? SHARD_START : shardSummaryFrom(body);
  for (const kind of PART_KINDS) await removeUncounted(run, shard, { kind, manifest }, deps);
  await deps.objects.remove(await deps.objects.list(workPrefix(run, shard)));
  return manifest;
}

/** What the prefixes that people query may hold of an ended shard: only what counts. */
export async function tidyQueried(run: string, shard: string, manifest: Manifest, deps: TidyDeps): Promise<void> {
  for (const kind of ["evaluations", "findings"] as const) await removeUncounted(run, shard, { kind, manifest }, deps);
}

async function removeUncounted(
  run: string,
  shard: string,
  { kind, manifest }: { readonly kind: PartKind; readonly manifest: Manifest },
  { objects, layout }: TidyDeps,
): Promise<void> {
  const counting = new Set(partsOf(manifest, kind));
  const left = (await objects.list(layout.partPrefix(kind, run, shard))).filter((name) => !counting.has(name));
  if (left.length > 0) await objects.remove(left);
}
