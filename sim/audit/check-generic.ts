import type { Evaluation } from "../../lib/core/evaluation.ts";
import { evaluationLine } from "../../lib/core/report/evaluation-line.ts";
import type { Tags } from "../../lib/core/resource.ts";
import { isGeneric, UNSUPPORTED } from "../generic-types.ts";
import { isAudited } from "./audited.ts";
import type { SeenRun } from "./check-publishing.ts";
import type { DoneShard } from "./done-shard.ts";
import type { FunctionDeps } from "./functions.ts";
import { scopeIn, shardKey, type GenericEvidence } from "./generic-evidence.ts";
import { LAG_MS, possibleTags } from "./possible-tags.ts";
import { START, type AuditResource, type Spell } from "./scenario.ts";
import type { AuditSimulation } from "./simulation.ts";
import type { AuditTask } from "./task.ts";

/** What reads of its tags and listings of its type have shown of a resource: no row in a whole listing is no tags. */
export function currentTags(
  { ref, place }: Pick<AuditResource, "ref" | "place">,
  task: AuditTask | undefined,
  evidence: GenericEvidence | undefined,
): readonly Tags[] {
  const read = task?.readings.get(place) ?? [];
  if (!isGeneric(ref.type)) return read;
  const scans = evidence?.scans.get(scopeIn(ref)) ?? [];
  return [...read, ...scans.map((tags) => tags.get(place) ?? new Map<string, string>())];
}

/** A line of an evaluations part, and who wrote it. */
export interface WrittenLine {
  readonly line: string;
  readonly evaluation: Evaluation;
  readonly resource: AuditResource;
  readonly task: AuditTask;
  readonly seen: SeenRun;
  readonly shard: string;
  readonly at: number;
}

/**
 * What speaks against an evaluation of what only the Tag service serves. A row of the inventory, which is some minutes
 * old, may say that nothing is wrong, and nothing else.
 */
export function lieOfGeneric(
  { line, evaluation, resource, task, seen, shard, at }: WrittenLine,
  { simulation, checks }: FunctionDeps,
): string | undefined {
  const { scenario, counts } = simulation;
  const { ref, place } = resource;
  if (!isAudited(resource, simulation)) return "its account leaves it out";
  const { policies } = scenario.policies;
  const says = (tags: Tags | undefined) =>
    evaluationLine(policies.evaluate({ ...ref, tags }, at), ref.project) === line;
  const { compliance } = evaluation;
  if (compliance === "unknown") {
    const wasRefused = task.failedReads.has(place) || task.denied.has(`${ref.account}/${ref.region}`);
    return wasRefused && says(undefined) ? undefined : "its tags are known";
  }
  // What no policy matches, whatever its tags are, needs no read.
  if (compliance === "not-applicable" && says(undefined)) return undefined;
  if (ref.type === UNSUPPORTED) return compliance === "not-applicable" ? undefined : "it can't be tagged";
  const evidence = checks.evidence.of(shardKey(seen.run, shard));
  const span = { from: seen.startedAt, until: seen.publishedAt };
  const isPossible = (from: number) =>
    possibleTags(resource, { ...span, from }, simulation)?.some((tags) => says(tags)) ?? true;
  if (currentTags(resource, task, evidence).some(says)) {
    return isPossible(span.from) ? undefined : `it never had such tags: ${line}`;
  }
  if (compliance === "noncompliant") return "no read of its tags says so, nor a listing of its type";
  if (evidence.rows.get(place)?.some(says) !== true) return "neither a read of its tags nor a row of it says so";
  counts.byRow += 1;
  const isRecent = isPossible(span.from - scenario.generic.inventoryDelayMs);
  return isRecent ? undefined : `it had no such tags for longer than its inventory is behind: ${line}`;
}

/** How many more there may be than an inventory shows, without a word: what comes and goes. */
const TOLERATED = 5;

/** What the inventory of all types says of itself: its end, its count, and that it shows less than there is. */
export function checkInventory(
  { shard, summary }: Pick<DoneShard, "shard" | "summary">,
  seen: SeenRun,
  { simulation, checks }: FunctionDeps,
): void {
  const { violate, counts } = simulation;
  const evidence = checks.evidence.of(shardKey(seen.run, shard));
  const gaps = summary.gaps.filter(({ type }) => type === undefined || type === "alibaba:*:*");
  if (gaps.length === 0 && !evidence.inventoryEnded)
    violate("true gaps", `${shard} of ${seen.run} has no inventory to its end, and doesn't say so`);
  if (gaps.length === 0 && !evidence.counted)
    violate("true gaps", `nobody has counted what the inventory of ${shard} of ${seen.run} ought to show`);
  const short = gaps.filter(({ reason }) => reason.startsWith("IncompleteListing"));
  counts.narrowed += short.length;
  const [, account = ""] = shard.split(".");
  const appeared = simulation.scenario.resources.filter(
    (one) => one.ref.account === account && isGeneric(one.ref.type) && listedFrom(one, simulation) > seen.startedAt,
  );
  if (short.length > 0 && !wasNarrow(account, seen, simulation) && appeared.length <= TOLERATED)
    violate(
      "true gaps",
      `the inventory of ${shard} of ${seen.run} is said to show less than there is, and shows all: ${short[0]?.reason}`,
    );
}

/** When the inventory shows a resource. */
export function listedFrom({ createdAt, visibleAfterMs }: AuditResource, { scenario }: AuditSimulation): number {
  const { inventoryDelayMs } = scenario.generic;
  const at = createdAt + visibleAfterMs;
  // What was there before the clouds were is listed from then on, or as late as what begins with them.
  return at <= START - inventoryDelayMs ? at : Math.max(START, at) + inventoryDelayMs;
}

function wasNarrow(account: string, seen: SeenRun, { scenario }: AuditSimulation): boolean {
  return scenario.generic.narrow.some((spell) => spell.account === account && isDuring(spell, seen));
}

function isDuring({ from, until }: Spell, { startedAt, publishedAt }: SeenRun): boolean {
  return from <= publishedAt && until >= startedAt;
}

/**
 * Resources that a shard has not evaluated although its inventory had them all the time, and that no gap explains. A role
 * may see less than there is, and nobody could know: where it isn't counted for it either, or so few that they may have come
 * and gone.
 */
export function checkUnseen(
  missing: readonly AuditResource[],
  { shard }: Pick<DoneShard, "shard">,
  seen: SeenRun,
  simulation: AuditSimulation,
): void {
  const { scenario, violate, clouds } = simulation;
  const [first] = missing;
  if (first === undefined) return;
  const { account } = first.ref;
  const isNarrow = wasNarrow(account, seen, simulation);
  if (isNarrow && scenario.generic.countsWhatIsSeen) return;
  // What goes between the listing and its count makes up for what is missing.
  const gone = scenario.resources.filter(
    (one) =>
      one.ref.account === account &&
      one.ref.type.startsWith("alibaba:") &&
      clouds.tagsOf(one) === undefined &&
      clouds.lastPersonAt(one) >= seen.startedAt - scenario.generic.inventoryDelayMs - LAG_MS,
  );
  if (isNarrow && missing.length <= TOLERATED + gone.length) return;
  violate("nothing is lost", `${missing.length} of ${shard} are not in ${seen.run}, the first of them ${first.ref.id}`);
}
