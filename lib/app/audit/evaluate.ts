import { readerOf, type TypeContract } from "../../core/contract.ts";
import { ProviderError } from "../../core/errors.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { evaluationLine, findingLine, isFinding } from "../../core/report/evaluation-line.ts";
import { ownerOf } from "../../core/report/owner.ts";
import { mergeSummaries, NO_SOURCES } from "../../core/report/summary.ts";
import type { Summary } from "../../core/report/summary.ts";
import { NO_TAGS } from "../../core/resource.ts";
import type { Resource, ResourceRef, ResourceType } from "../../core/resource.ts";
import { isTaggedOnly } from "../../core/tagged-only.ts";
import { SHARD_START } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { trackFindings } from "./compare.ts";
import type { Tracker } from "./compare.ts";
import { partWriter } from "./parts.ts";
import type { PartWriter } from "./parts.ts";
import { readPart, readWindow } from "./read.ts";
import type { TagReading } from "./read.ts";
import { asksFor, placeIn } from "./shard-regions.ts";
import type { Named } from "./shard-regions.ts";
import { readSighting } from "./sightings.ts";
import type { Sighting } from "./sightings.ts";
import type { SightingLine } from "./sort.ts";
import { sighted, typeAt } from "./work.ts";
import type { AuditPolicies, ShardWork, Step } from "./work.ts";

/**
 * Reads and evaluates what the listings of one type showed, each resource once and in the order of names, and writes the
 * parts. Ends at the next type.
 */
export async function evaluateShardType(start: Checkpoint, work: ShardWork, policies: AuditPolicies): Promise<Step> {
  const { type, contract } = typeAt(start, work);
  const { shard } = work.message;
  const place = placeIn(shard, type, contract);
  const scanned = new Set(start.scans?.ended);
  const parts = partWriter(start.manifest, type, work);
  const findings = await trackFindings(start, type, { work, parts, policies });
  let { after } = start;
  let outOfTime = false;
  for await (const window of windows(sighted(start, work), windowOf(start, work))) {
    const readings = await readWindow(window, { type, contract, scanned }, work, policies);
    // Of a window that takes longer than an invocation, what was read must not be lost, or there is no way through it.
    const read = readPart(window, readings);
    const last = read.at(-1);
    if (last !== undefined) {
      await evaluateWindow(read, readings, { type, contract, place, work, policies, parts, findings });
      after = last.id;
    }
    // The last window needs no hand-on, but that it was the last shows only in the next turn.
    if (read.length < window.length || work.late()) {
      outOfTime = true;
      break;
    }
  }
  if (!outOfTime) await findings.end();
  const manifest = await parts.end();
  if (outOfTime) {
    return { outOfTime, point: { ...start, manifest, ...(after !== undefined && { after }) } };
  }
  noteUnseen(start, work);
  return { outOfTime, point: { ...SHARD_START, typeIndex: start.typeIndex + 1, manifest, summary: start.summary } };
}

/** Windows of as many regions as this have room for a few calls in each. */
const REGIONS_A_WINDOW = 5;
/** So many times as large as it is for a few regions a window may get. */
const LARGEST = 2;

/**
 * How many resources are read and held at once. Where most of them are settled by their rows, what is left has to fill
 * calls of each region.
 */
function windowOf(point: Checkpoint, work: ShardWork): number {
  const { type, contract } = typeAt(point, work);
  const { window, provenWindow } = work.sizes;
  if (contract.inventory[type]?.provesCompliance !== true) return window;
  const { regions = [] } = work.message.shard;
  return provenWindow * Math.min(LARGEST, Math.max(1, Math.ceil(regions.length / REGIONS_A_WINDOW)));
}

interface WindowDeps {
  readonly type: ResourceType;
  readonly contract: TypeContract;
  readonly place: (name: string) => Named;
  readonly work: ShardWork;
  readonly policies: AuditPolicies;
  readonly parts: PartWriter;
  readonly findings: Tracker;
}

/** Judges resources that were read, in the order of names, and writes what is to be said of them. */
async function evaluateWindow(
  window: readonly Sighting[],
  readings: ReadonlyMap<string, TagReading>,
  { type, contract, place, work, policies, parts, findings }: WindowDeps,
): Promise<void> {
  const absent: ResourceRef[] = [];
  await findings.enter(window);
  for (const sighting of window) {
    const reading = readings.get(sighting.id);
    if (isAbsent(sighting, reading, contract, type)) {
      if (sighting.inInventory || sighting.inTagListing) work.counts.countGone(type);
      if (sighting.byEvent) {
        absent.push(placed(sighting, place, work));
      }
      continue;
    }
    const { resource, evaluation, ...unread } = judge(sighting, reading, placed(sighting, place, work), work, policies);
    work.counts.add(evaluation);
    work.counts.sight({
      listedType: type,
      inInventory: sighting.inInventory,
      inTagListing: showsTags(sighting, reading),
      byEvent: sighting.byEvent,
    });
    if (evaluation.compliance === "noncompliant" || evaluation.compliance === "exempt") {
      for (const position of policies.exemptionsMatching?.(resource) ?? []) work.counts.countExemption(position);
    }
    parts.write("evaluations", evaluationLine(evaluation, resource.project));
    if (!isFinding(evaluation)) {
      findings.fine(sighting.id, resource, evaluation);
      continue;
    }
    const tags = policies.redacted?.(resource) ?? resource.tags;
    const owner = tags === undefined ? undefined : ownerOf(tags, work.ownerTags);
    const facts = { ...findings.found(sighting.id, resource, evaluation), ...unread };
    parts.write(
      "findings",
      findingLine(evaluation, owner === undefined ? facts : { owner, ...facts }, resource.project),
    );
  }
  findings.leave();
  await parts.storeFull();
  await forget(absent, work);
}

/** Whether the tag listing knows a resource: it was listed there, or a read of it, and not its inventory's row, shows tags. */
function showsTags({ inTagListing, inlineTags }: Sighting, reading: TagReading | undefined): boolean {
  return inTagListing || (reading instanceof Map && reading.size > 0 && reading !== inlineTags);
}

/**
 * Whether a resource is not there. Most tag listings answer nothing both for a resource without tags and for one that
 * is gone; a read of a single one says that it is not found. So what only an event told of counts where a read of it
 * alone succeeds, or shows tags: the others would stay in the report long after their deletion. Where no read says
 * anything of a type, its inventory says what is there; without an inventory, what an event told of counts.
 */
function isAbsent(
  { inInventory, inTagListing }: Sighting,
  reading: TagReading | undefined,
  contract: TypeContract,
  listedType: ResourceType,
): boolean {
  const onlyByEvent = !inInventory && !inTagListing;
  if (reading instanceof ProviderError) {
    const hasInventory = contract.inventory[listedType] !== undefined;
    return reading.kind === "not-found" || (reading.kind === "unreadable" && onlyByEvent && hasInventory);
  }
  const { idsPerCall } = readerOf({ type: listedType }, contract).list;
  return onlyByEvent && idsPerCall > 1 && (reading === undefined || reading.size === 0);
}

/** What isn't there needn't be looked for again; if the ledger can't be written, it will be. */
async function forget(absent: readonly ResourceRef[], { seen, message, log }: ShardWork): Promise<void> {
  if (seen === undefined || absent.length === 0) return;
  try {
    await seen.ledger.forget(absent, message.startedAt);
  } catch (error) {
    log.warn("Resources that are gone stay among the events seen", { resources: absent.length, reason: String(error) });
  }
}

/** What a type that was evaluated to its end couldn't show. */
function noteUnseen(start: Checkpoint, work: ShardWork): void {
  const { type, contract } = typeAt(start, work);
  const { account, region, regions } = work.message.shard;
  const { provesCompliance, maxAgeMs } = contract.inventory[type] ?? {};
  if (provesCompliance === true && maxAgeMs !== undefined && start.recorded !== "nothing") {
    work.counts.countAge(account, maxAgeMs);
  }
  if (isTaggedOnly(type, contract, work.message.shard.only)) {
    const { list } = readerOf({ type }, contract);
    work.counts.seeTaggedOnly(account);
    const isOurs = asksFor({ shard: work.message.shard, type, contract, provider: work.provider });
    const silent = Object.keys(list.silentTypes).filter((one) => isOurs(one) && contract.inventory[one] === undefined);
    if (silent.length > 0) {
      work.counts.note(
        `${silent.sort().join(", ")} of account ${account} are seen only where events tell of them: ${list.action} never shows them, and no inventory is configured there`,
      );
    }
  }
  const { inventory, tagListing } =
    mergeSummaries(start.summary, work.counts.summary()).coverage.byType[type] ?? NO_SOURCES;
  if (contract.inventory[type] !== undefined && inventory === 0 && tagListing > 0) {
    const action = contract.inventory[type].action;
    work.counts.note(
      `${action} lists nothing of account ${account} in ${regions === undefined ? region : "any region"}, where ${tagListing} resources carry tags: is it on there?`,
    );
  }
  const gone = goneOf(type, start.summary) + goneOf(type, work.counts.summary());
  if (gone === 0) return;
  work.counts.note(
    `${type} in account ${account}, ${region}: ${gone} listed and gone when their tags were read, so not evaluated`,
  );
}

function goneOf(type: string, { coverage }: Summary): number {
  return new Map(Object.entries(coverage.gone)).get(type) ?? 0;
}

/** Which resource of a shard's account a listing shows. */
function placed(
  { id: name, type, project: listed }: Sighting,
  place: (name: string) => Named,
  { message }: ShardWork,
): ResourceRef {
  const { id, region, project = listed } = place(name);
  return { id, type, account: message.shard.account, region, project };
}

interface Judged {
  readonly resource: Resource;
  readonly evaluation: Evaluation;
  /** Why it is unknown, where it is: what its read came to. */
  readonly code?: string;
}

function judge(
  sighting: Sighting,
  reading: TagReading | undefined,
  ref: ResourceRef,
  { message: { at }, counts }: ShardWork,
  policies: AuditPolicies,
): Judged {
  const { notTaggable, type } = sighting;
  const cause = reading instanceof ProviderError ? reading : undefined;
  const reason = notTaggable ?? (cause?.kind === "not-taggable" ? cause.code : undefined);
  if (reason !== undefined) {
    counts.countNotTaggable(reason);
    const evaluation: Evaluation = {
      ...ref,
      compliance: "not-applicable",
      missing: [],
      invalid: [],
      nearMisses: [],
      broken: [],
      policies: [],
    };
    return { resource: { ...ref, tags: undefined }, evaluation };
  }
  if (cause === undefined) {
    const resource = { ...ref, tags: reading instanceof Map ? reading : NO_TAGS };
    return { resource, evaluation: policies.evaluate(resource, at) };
  }
  const resource = { ...ref, tags: undefined };
  const evaluation = policies.evaluate(resource, at);
  // What no policy matches, whatever its tags are, needs no read.
  if (evaluation.compliance !== "unknown") return { resource, evaluation };
  counts.countReadError(type, cause.code);
  if (cause.kind === "unreadable") counts.note(cause.message);
  return { resource, evaluation, code: cause.code };
}

async function* windows(blocks: AsyncIterable<readonly SightingLine[]>, size: number): AsyncGenerator<Sighting[]> {
  let window: Sighting[] = [];
  for await (const block of blocks) {
    for (const { line } of block) {
      window.push(readSighting(line));
      if (window.length < size) continue;
      yield window;
      window = [];
    }
  }
  if (window.length > 0) yield window;
}
