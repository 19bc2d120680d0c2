import type { RunRecord } from "../../lib/app/ports/runs.ts";
import type { Evaluation } from "../../lib/core/evaluation.ts";
import { evaluationLine } from "../../lib/core/report/evaluation-line.ts";
import type { Tags } from "../../lib/core/resource.ts";
import { placeOf } from "../place.ts";
import type { DoneShard } from "./done-shard.ts";
import type { SeenRun } from "./check-publishing.ts";
import type { FunctionDeps } from "./functions.ts";
import { possibleTags } from "./possible-tags.ts";
import type { AuditResource } from "./scenario.ts";
import type { AuditTask } from "./task.ts";

interface Found {
  readonly seen: SeenRun;
  readonly record: RunRecord;
  readonly done: readonly DoneShard[];
}

/** Each resource that existed throughout is evaluated exactly once, with tags that it had, unless a gap says otherwise. */
export function checkLines(found: Found, tasks: readonly AuditTask[], deps: FunctionDeps): void {
  const { simulation } = deps;
  const { violate, byPlace, counts } = simulation;
  const { run } = found.seen;
  const attempts = new Map(tasks.map((task) => [`i${task.number}`, task]));
  const evaluated = new Set<string>();
  for (const { lines, shard } of found.done) {
    for (const { part, line } of lines) {
      counts.evaluations += 1;
      const evaluation = JSON.parse(line) as Evaluation;
      const place = placeOf(evaluation);
      if (evaluated.has(place)) violate("each once", `${evaluation.id} is evaluated twice in ${run}`);
      evaluated.add(place);
      const resource = byPlace.get(place);
      const attempt = /\/(i\d+)-\d+\.ndjson\.gz$/.exec(part)?.[1] ?? "";
      const lie =
        resource === undefined
          ? "there is no such resource"
          : lieOf({ line, evaluation, resource, task: attempts.get(attempt) }, found, deps);
      if (lie !== undefined) violate("true evaluations", `${evaluation.id} in ${shard} of ${run}: ${lie}`);
    }
  }
  checkMissing(evaluated, found, deps);
}

interface Judged {
  readonly line: string;
  readonly evaluation: Evaluation;
  readonly resource: AuditResource;
  readonly task: AuditTask | undefined;
}

/** What speaks against an evaluation. */
function lieOf(
  { line, evaluation, resource, task }: Judged,
  { seen, record }: Found,
  { simulation }: FunctionDeps,
): string | undefined {
  const { scenario, counts } = simulation;
  const { policies } = scenario.policies;
  const { ref, place } = resource;
  const lineWith = (tags: Tags | undefined) =>
    evaluationLine(policies.evaluate({ ...ref, tags }, record.plan.at), ref.project);
  if (task === undefined) return "nobody wrote it";
  const wasRefused = task.failedReads.has(place) || task.denied.has(`${ref.account}/${ref.region}`);
  const isUnread = wasRefused && lineWith(undefined) === line;
  if (evaluation.compliance === "unknown") counts.unknown += 1;
  // What no policy matches, whatever its tags are, needs no read.
  if (isUnread) return undefined;
  if (evaluation.compliance === "unknown") return "its tags are known";
  if (resource.legacy) return evaluation.compliance === "not-applicable" ? undefined : "it can't be tagged";
  const readings = task.readings.get(place) ?? [];
  const shown = readings.find((tags) => lineWith(tags) === line);
  if (!ref.type.startsWith("aws:") && shown === undefined) {
    return `no read of its tags says so, of ${readings.length}`;
  }
  const possible = possibleTags(resource, { from: seen.startedAt, until: seen.publishedAt }, simulation);
  // Comparing tags is quicker than judging them, and mostly they are those that were read.
  const wasPossible = possible?.some((tags) => isSame(tags, shown) || lineWith(tags) === line) ?? true;
  return wasPossible ? undefined : `it never had such tags: ${line}`;
}

function isSame(tags: Tags, other: Tags | undefined): boolean {
  return other?.size === tags.size && tags.entries().every(([key, value]) => other.get(key) === value);
}

function checkMissing(
  evaluated: ReadonlySet<string>,
  { seen, record, done }: Found,
  { simulation }: FunctionDeps,
): void {
  const { scenario, clouds, violate } = simulation;
  if (!seen.acknowledged) return;
  const shards = new Map(done.map((one) => [one.shard, one]));
  for (const resource of scenario.resources) {
    const { ref, place, createdAt, visibleAfterMs, tags } = resource;
    const isThere = createdAt + visibleAfterMs < seen.startedAt && clouds.visible(resource) !== undefined;
    // AWS lists what carries a tag, or once did.
    const isIndexed = ref.type.startsWith("aws:") && !HAS_INVENTORY.has(ref.type);
    const isSeen = !isIndexed || Object.keys(tags).length > 0;
    if (!isThere || !isSeen || evaluated.has(place)) continue;
    const shard = shards.get(shardOf(resource));
    if (shard === undefined) {
      if (!record.plan.shards.includes(shardOf(resource))) violate("nothing is lost", `no shard audits ${ref.id}`);
      continue;
    }
    const listed = isIndexed ? "aws:*:*" : ref.type;
    if (shard.summary.gaps.some(({ type }) => type === undefined || type === listed)) continue;
    violate("nothing is lost", `${ref.id} of ${shard.shard} is not in ${seen.run}`);
  }
}

/** What the tag index of AWS never shows is listed by its own service. */
const HAS_INVENTORY: ReadonlySet<string> = new Set([
  "aws:iam:role",
  "aws:iam:user",
  "aws:autoscaling:autoScalingGroup",
]);

function shardOf({ ref: { type, account, region } }: AuditResource): string {
  const [provider = "", service = ""] = type.split(":");
  return [provider, account, region, provider === "aws" ? "all" : service].join(".");
}
