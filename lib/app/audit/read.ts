import type { TypeContract } from "../../core/contract.ts";
import { ProviderError } from "../../core/errors.ts";
import { NO_TAGS } from "../../core/resource.ts";
import type { ResourceType, Tags } from "../../core/resource.ts";
import { unreadable } from "../../core/unreadable.ts";
import { OutOfTimeError } from "../cloud/call.ts";
import { concurrently } from "../cloud/concurrently.ts";
import { pages } from "../cloud/pages.ts";
import { packIds } from "./pack.ts";
import type { Sighting } from "./sightings.ts";
import { auditCall } from "./work.ts";
import type { ShardWork } from "./work.ts";

/** Reads under way at once; the rate limiter decides how fast they start. */
const READS_AT_ONCE = 8;

/** What a read says of one resource: its tags (an empty map = none), or why they are not known. */
export type TagReading = Tags | ProviderError;

/**
 * Reads the tags of these resources through the tag listing, in as few calls as their known tag counts allow. Every
 * resource that can be tagged is in the answer, but for those that there was no time for. Inline tags of an inventory
 * are not trusted for judging, only for packing. What the tag listing is silent about is not asked for: that an
 * inventory or an event shows it says that it exists, and nothing of its tags. Throws no ProviderError.
 */
export async function readWindow(
  sightings: readonly Sighting[],
  type: ResourceType,
  contract: TypeContract,
  work: ShardWork,
): Promise<Map<string, TagReading>> {
  const readings = new Map<string, TagReading>();
  const toRead: Sighting[] = [];
  for (const sighting of sightings) {
    // Types of sightings are those that their ids name.
    const silence = unreadable({ type: sighting.type }, contract);
    if (silence !== undefined) readings.set(sighting.id, silence);
    else if (sighting.tags !== undefined) readings.set(sighting.id, sighting.tags);
    else if (sighting.notTaggable === undefined) toRead.push(sighting);
  }
  const denied = new Map<string | undefined, ProviderError>();
  let outOfTime = false;

  const readBatch = async (project: string | undefined, ids: readonly string[]): Promise<void> => {
    if (ids.length === 0 || outOfTime) return;
    try {
      const refusal = denied.get(project);
      if (refusal !== undefined) throw refusal;
      const rows = await readIds(ids, { type, project }, contract, work);
      for (const id of ids) readings.set(id, rows.get(id) ?? NO_TAGS);
    } catch (error) {
      if (error instanceof OutOfTimeError) {
        outOfTime = true;
        return;
      }
      if (!(error instanceof ProviderError)) throw error;
      if (error.kind === "access") denied.set(project, error);
      const parts = partsToRetry(ids, error);
      if (parts === undefined) for (const id of ids) readings.set(id, error);
      else for (const part of parts) await readBatch(project, part);
    }
  };
  const batches = [...Map.groupBy(toRead, ({ project }) => project)].flatMap(([project, ofProject]) =>
    packIds(ofProject, contract.list).map((batch) => ({ project, ids: batch.map(({ id }) => id) })),
  );
  await concurrently(batches, READS_AT_ONCE, ({ project, ids }) => readBatch(project, ids));
  return readings;
}

/** Those before the first that there was no time to read. */
export function readPart(window: readonly Sighting[], readings: ReadonlyMap<string, TagReading>): readonly Sighting[] {
  const end = window.findIndex(({ id, notTaggable }) => notTaggable === undefined && !readings.has(id));
  return end < 0 ? window : window.slice(0, end);
}

/** How to read on where one resource may have spoiled a batch; undefined where another call wouldn't help. */
function partsToRetry(ids: readonly string[], error: ProviderError): readonly (readonly string[])[] | undefined {
  if (ids.length === 1 || error.retryable || error.kind === "access") return undefined;
  if (error.resourceId !== undefined && ids.includes(error.resourceId)) {
    return [[error.resourceId], ids.filter((id) => id !== error.resourceId)];
  }
  const half = Math.ceil(ids.length / 2);
  return [ids.slice(0, half), ids.slice(half)];
}

/** All pages for these ids, the rows of each resource put together. */
async function readIds(
  ids: readonly string[],
  { type, project }: { readonly type: ResourceType; readonly project: string | undefined },
  { list }: TypeContract,
  work: ShardWork,
): Promise<Map<string, Tags>> {
  const { provider, counts, message } = work;
  const query = { region: message.shard.region, project, type, ids };
  const tags = new Map<string, Tags>();
  const fetch = (token: string | undefined) =>
    auditCall(work, list, () => provider.listTagResources(query, token), project);
  for await (const page of pages(fetch)) {
    counts.countRows(page.rowCount);
    for (const { id, tags: more } of page.rows) {
      const known = tags.get(id);
      tags.set(id, known === undefined ? more : new Map([...known, ...more]));
    }
  }
  return tags;
}
