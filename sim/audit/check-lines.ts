import type { RunRecord } from "../../lib/app/ports/runs.ts";
import type { Evaluation } from "../../lib/core/evaluation.ts";
import { evaluationLine } from "../../lib/core/report/evaluation-line.ts";
import type { Tags } from "../../lib/core/resource.ts";
import { GENERIC, isGeneric } from "../generic-types.ts";
import { isAudited } from "./audited.ts";
import { checkUnseen, lieOfGeneric, listedFrom, type WrittenLine } from "./check-generic.ts";
import { placeOf } from "../place.ts";
import type { DoneShard } from "./done-shard.ts";
import type { SeenRun } from "./check-publishing.ts";
import type { FunctionDeps } from "./functions.ts";
import { possibleTags } from "./possible-tags.ts";
import type { AuditResource } from "./scenario.ts";
import type { AuditSimulation } from "./simulation.ts";
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
          : lieOf({ line, evaluation, resource, task: attempts.get(attempt), shard }, found, deps);
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
  readonly shard: string;
}

/** What speaks against an evaluation. */
function lieOf({ task, ...judged }: Judged, { seen, record }: Found, deps: FunctionDeps): string | undefined {
  if (task === undefined) return "nobody wrote it";
  const written = { ...judged, task, seen, at: record.plan.at };
  if (judged.evaluation.compliance === "unknown") deps.simulation.counts.unknown += 1;
  return isGeneric(judged.resource.ref.type) ? lieOfGeneric(written, deps) : lieOfOther(written, deps);
}

/** The same of what has an API of its own, or AWS's. */
function lieOfOther(
  { line, evaluation, resource, task, seen, at }: WrittenLine,
  { simulation }: FunctionDeps,
): string | undefined {
  const { policies } = simulation.scenario.policies;
  const { ref, place } = resource;
  const lineWith = (tags: Tags | undefined) => evaluationLine(policies.evaluate({ ...ref, tags }, at), ref.project);
  const wasRefused = task.failedReads.has(place) || task.denied.has(`${ref.account}/${ref.region}`);
  // What no policy matches, whatever its tags are, needs no read.
  if (wasRefused && lineWith(undefined) === line) return undefined;
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
  const { scenario, violate } = simulation;
  if (!seen.acknowledged) return;
  const shards = new Map(done.map((one) => [one.shard, one]));
  const unseen = new Map<DoneShard, AuditResource[]>();
  for (const resource of scenario.resources) {
    const { ref, place } = resource;
    if (evaluated.has(place) || !isListed(resource, seen, simulation)) continue;
    const shard = shards.get(shardOf(resource));
    if (shard === undefined) {
      if (!record.plan.shards.includes(shardOf(resource))) violate("nothing is lost", `no shard audits ${ref.id}`);
      continue;
    }
    const listed = isGeneric(ref.type) ? GENERIC : isIndexed(resource) ? "aws:*:*" : ref.type;
    if (shard.summary.gaps.some(({ type }) => type === undefined || type === listed)) continue;
    if (isGeneric(ref.type)) unseen.set(shard, [...(unseen.get(shard) ?? []), resource]);
    else violate("nothing is lost", `${ref.id} of ${shard.shard} is not in ${seen.run}`);
  }
  for (const [shard, missing] of unseen) checkUnseen(missing, shard, seen, simulation);
}

/** Whether listings show a resource during all of a run that is to audit it. */
function isListed(resource: AuditResource, seen: SeenRun, simulation: AuditSimulation): boolean {
  const { ref, createdAt, visibleAfterMs, tags } = resource;
  if (!isAudited(resource, simulation) || simulation.clouds.visible(resource) === undefined) return false;
  if (isGeneric(ref.type)) return listedFrom(resource, simulation) < seen.startedAt;
  return createdAt + visibleAfterMs < seen.startedAt && (!isIndexed(resource) || Object.keys(tags).length > 0);
}

/** AWS lists what carries a tag, or once did. */
function isIndexed({ ref: { type } }: AuditResource): boolean {
  return type.startsWith("aws:") && !HAS_INVENTORY.has(type);
}

/** What the tag index of AWS never shows is listed by its own service. */
const HAS_INVENTORY: ReadonlySet<string> = new Set([
  "aws:iam:role",
  "aws:iam:user",
  "aws:autoscaling:autoScalingGroup",
]);

function shardOf({ ref: { type, account, region } }: AuditResource): string {
  const [provider = "", service = ""] = type.split(":");
  if (isGeneric(type)) return [provider, account, "all", "all"].join(".");
  return [provider, account, region, provider === "aws" ? "all" : service].join(".");
}
