import type { Evaluation, PolicySet } from "../core/evaluation.ts";
import { ProviderError } from "../core/errors.ts";
import { evaluationLine, findingLine, isFinding } from "../core/report/evaluation-line.ts";
import { ownerOf } from "../core/report/owner.ts";
import type { Summary } from "../core/report/summary.ts";
import { NO_TAGS } from "../core/resource.ts";
import { SHARD_START } from "./audit-checkpoint.ts";
import type { Checkpoint, Manifest } from "./audit-checkpoint.ts";
import type { PartKind } from "./audit-names.ts";
import { readWindow } from "./audit-read.ts";
import type { TagReading } from "./audit-read.ts";
import { readSighting } from "./audit-sightings.ts";
import type { Sighting, SightingLine } from "./audit-sightings.ts";
import { sighted, typeAt } from "./audit-work.ts";
import type { ShardWork, Step } from "./audit-work.ts";
import { OutOfTimeError } from "./call.ts";
import { ndjsonPart } from "./ndjson-gzip.ts";
import type { NdjsonPart } from "./ndjson-gzip.ts";

/**
 * Reads and evaluates what the listings of one type showed, each resource once and in the order of ids, and writes the
 * parts. Done, it stands at the next type.
 */
export async function evaluateShardType(start: Checkpoint, work: ShardWork, policies: PolicySet): Promise<Step> {
  const { type, contract } = typeAt(start, work);
  const parts = partWriter(start.manifest, work);
  let { after } = start;
  let outOfTime = false;
  for await (const window of windows(sighted(start, work), work.sizes.window)) {
    let readings: Map<string, TagReading>;
    try {
      readings = await readWindow(window, type, contract, work);
    } catch (error) {
      if (!(error instanceof OutOfTimeError)) throw error;
      outOfTime = true;
      break;
    }
    for (const sighting of window) {
      const reading = readings.get(sighting.id);
      after = sighting.id;
      if (reading instanceof ProviderError && reading.kind === "not-found") {
        work.counts.countGone(type);
        continue;
      }
      const evaluation = judge(sighting, reading, work, policies);
      work.counts.add(evaluation);
      work.counts.sight({
        listedType: type,
        inInventory: sighting.inInventory,
        inTagListing: sighting.inTagListing || (reading instanceof Map && reading.size > 0),
      });
      await parts.add(evaluation, reading instanceof Map ? ownerOf(reading) : undefined);
    }
    // The last window needs no hand-on, but that it was the last shows only in the next turn.
    if (work.late()) {
      outOfTime = true;
      break;
    }
  }
  const manifest = await parts.end();
  if (outOfTime) {
    return { outOfTime, point: { ...start, manifest, ...(after !== undefined && { after }) } };
  }
  const { account, region } = work.message.shard;
  if (contract.list.scan && contract.inventory[type] === undefined) {
    work.counts.note(`${type} in account ${account}: resources that never carried a tag are not seen`);
  }
  const gone = goneOf(type, start.summary) + goneOf(type, work.counts.summary());
  if (gone > 0) {
    work.counts.note(
      `${type} in account ${account}, ${region}: ${gone} listed and gone when their tags were read, so not evaluated`,
    );
  }
  return { outOfTime, point: { ...SHARD_START, typeIndex: start.typeIndex + 1, manifest, summary: start.summary } };
}

function goneOf(type: string, { coverage }: Summary): number {
  return new Map(Object.entries(coverage.gone)).get(type) ?? 0;
}

function judge(
  { id, type, notTaggable }: Sighting,
  reading: TagReading | undefined,
  { message: { at, shard }, counts }: ShardWork,
  policies: PolicySet,
): Evaluation {
  const ref = { id, type, account: shard.account, region: shard.region };
  const cause = reading instanceof ProviderError ? reading : undefined;
  const reason = notTaggable ?? (cause?.kind === "not-taggable" ? cause.code : undefined);
  if (reason !== undefined) {
    counts.countNotTaggable(reason);
    return { ...ref, compliance: "not-applicable", missing: [], invalid: [], nearMisses: [], policies: [] };
  }
  if (cause !== undefined) {
    counts.countReadError(type, cause.code);
    return policies.evaluate({ ...ref, tags: undefined }, at);
  }
  return policies.evaluate({ ...ref, tags: reading instanceof Map ? reading : NO_TAGS }, at);
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

/** Writes evaluations and findings as parts of limited size; names count only once they are in the manifest. */
function partWriter(start: Manifest, work: ShardWork) {
  const names: Record<PartKind, string[]> = { evaluations: [...start.evaluations], findings: [...start.findings] };
  const open: Record<PartKind, NdjsonPart> = { evaluations: ndjsonPart(), findings: ndjsonPart() };
  const close = async (kind: PartKind): Promise<void> => {
    const part = open[kind];
    if (part.lines === 0) return;
    const { run, shard } = work.message;
    const name = work.layout.part(kind, run, shard.id, work.nextName());
    await work.objects.put(name, await part.end());
    names[kind].push(name);
    open[kind] = ndjsonPart();
  };
  const write = async (kind: PartKind, line: string): Promise<void> => {
    await open[kind].add(line);
    if (open[kind].lines >= work.sizes.linesPerPart) await close(kind);
  };
  return {
    async add(evaluation: Evaluation, owner: string | undefined): Promise<void> {
      const line = evaluationLine(evaluation);
      await write("evaluations", line);
      if (isFinding(evaluation)) await write("findings", findingLine(line, owner));
    },
    async end(): Promise<Manifest> {
      await close("evaluations");
      await close("findings");
      return names;
    },
  };
}
