import type { AccountConfigBase } from "../../core/config/config.ts";
import type { ListContract, TypeContract } from "../../core/contract.ts";
import { ProviderError } from "../../core/errors.ts";
import type { PolicySet } from "../../core/evaluation.ts";
import { NO_TAGS, type ResourceRef, type ResourceType, type Tags } from "../../core/resource.ts";
import { unreadable, untaggable } from "../../core/unreadable.ts";
import { OutOfTimeError } from "../cloud/call.ts";
import type { Caller } from "../cloud/call.ts";
import { readTags } from "../cloud/read-tags.ts";
import type { RoutedResource } from "../cloud/read-tags.ts";
import { packIds } from "./pack.ts";
import type { CountedId } from "./pack.ts";
import { isProof, scanName } from "./second-look.ts";
import { placeIn } from "./shard-regions.ts";
import type { Sighting } from "./sightings.ts";
import type { ShardWork } from "./work.ts";

/** What a read says of one resource: its tags (an empty map = none), or why they are not known. */
export type TagReading = Tags | ProviderError;

/** What is known of a type before its windows are read. */
export interface ReadPoint {
  readonly type: ResourceType;
  readonly contract: TypeContract;
  /** `scanName`s of the listings by type that were made to the end. */
  readonly scanned: ReadonlySet<string>;
}

/**
 * Reads the tags of these resources through the tag listing, in as few calls as their known tag counts allow. Every
 * resource that can be tagged is in the answer, under its name, but for those that there was no time for. Inline tags of
 * an inventory are good for packing, and where it `provesCompliance` for calling a resource compliant, and nothing else;
 * then the answer holds those very tags. What the tag listing is silent about is not asked for: that an
 * inventory or an event shows it says that it exists, and nothing of its tags. Throws no ProviderError.
 */
export async function readWindow(
  sightings: readonly Sighting[],
  { type, contract, scanned }: ReadPoint,
  { account, provider, caller, counts, clock, message: { shard, at } }: ShardWork,
  policies: Pick<PolicySet, "evaluate">,
): Promise<Map<string, TagReading>> {
  const readings = new Map<string, TagReading>();
  const toRead: (RoutedResource & CountedId)[] = [];
  const route = { account, provider, contract };
  const place = placeIn(shard, type, contract);
  for (const sighting of sightings) {
    const { id: name, type: ownType, tagCount, notTaggable } = sighting;
    // Types of sightings are those that their names say.
    const needless = unreadable({ type: ownType }, contract) ?? untaggable(name, contract);
    if (needless !== undefined) {
      readings.set(name, needless);
      continue;
    }
    const { id, region, readIn, project = sighting.project } = place(name);
    const own = { type: ownType, account: account.account, region, project, id };
    const settled = settledTags(sighting, own, { contract, scanned, policies, at });
    if (settled !== undefined) readings.set(name, settled);
    else if (notTaggable === undefined) {
      const ref = { type, account: account.account, region: readIn, project, id: name };
      toRead.push({ id: name, tagCount, key: name, ref, route });
    }
  }
  const read = await readTags(toRead, {
    caller: untilOutOfTime(caller),
    clock,
    ...(isSlow(account, contract) && { admit: firstAlone() }),
    batchesOf: (resources, list) => inOrder(packIds(resources, list), resources),
    onRows: (rows) => counts.countRows(rows),
  });
  for (const [id, reading] of read) {
    if (reading.kind === "known") readings.set(id, reading.tags);
    else if (reading.error instanceof ProviderError) readings.set(id, reading.error);
  }
  return readings;
}

/** The tags that listings have shown to the end, or whose row proves that all is well; undefined where a read has to tell. */
function settledTags(
  { tags, inlineTags }: Sighting,
  ref: ResourceRef,
  {
    contract: { list },
    scanned,
    policies,
    at,
  }: Pick<ReadPoint, "contract" | "scanned"> & {
    readonly policies: Pick<PolicySet, "evaluate">;
    readonly at: number;
  },
): Tags | undefined {
  if (tags !== undefined) return isShownWhole(tags, ref, list, scanned) ? tags : undefined;
  if (inlineTags === undefined) return undefined;
  if (isProof({ ...ref, tags: inlineTags }, policies, at)) return inlineTags;
  // Where both agree that there are none. That only one of them shows some is for a read to settle; and where what has
  // none is to be listed itself, what isn't listed may be gone.
  const isSilence = list.typeScan === true && list.untaggedScan !== true && isScanned(ref, false, scanned);
  return isSilence && inlineTags.size === 0 ? NO_TAGS : undefined;
}

/** A listing of its type that broke off may have shown a part of them. */
function isShownWhole(tags: Tags, ref: ResourceRef, list: ListContract, scanned: ReadonlySet<string>): boolean {
  return list.typeScan !== true || isScanned(ref, tags.size === 0, scanned) || isScanned(ref, false, scanned);
}

function isScanned({ region, project, type }: ResourceRef, untagged: boolean, scanned: ReadonlySet<string>): boolean {
  return scanned.has(scanName({ region, ...(project !== undefined && { project }), types: [type], untagged }));
}

/** The batch with the first of them first: what a window shows counts from its beginning up to what is missing. */
function inOrder<Id>(batches: readonly (readonly Id[])[], ids: readonly Id[]): readonly (readonly Id[])[] {
  const placeOf = new Map(ids.map((id, place) => [id, place]));
  const first = (batch: readonly Id[]): number => Math.min(...batch.map((id) => placeOf.get(id) ?? Infinity));
  return batches.toSorted((a, b) => first(a) - first(b));
}

/** Where calls are so few a second, a read of many pages takes a good part of an invocation. */
const FEW_CALLS = 2;

function isSlow(account: AccountConfigBase, { list }: TypeContract): boolean {
  return (account.callsPerSecond?.read ?? list.callsPerSecond / 2) <= FEW_CALLS;
}

/**
 * The first read has all calls to itself: side by side, where calls are few and pages many, none would come to its end
 * within an invocation, and the next one would begin where this one did.
 */
function firstAlone(): () => Promise<() => void> {
  let first: Promise<void> | undefined;
  return async () => {
    if (first !== undefined) {
      await first;
      return () => undefined;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    first = promise;
    return resolve;
  };
}

/** What lies behind the first resource that there was no time for is read again anyway: no call is made after that. */
function untilOutOfTime(caller: Caller): Caller {
  let end: OutOfTimeError | undefined;
  return {
    ...caller,
    async call(target, send) {
      if (end !== undefined) throw end;
      try {
        return await caller.call(target, send);
      } catch (error) {
        if (error instanceof OutOfTimeError) end = error;
        throw error;
      }
    },
  };
}

/** The resources before the first one that there was no time to read. */
export function readPart(window: readonly Sighting[], readings: ReadonlyMap<string, TagReading>): readonly Sighting[] {
  const end = window.findIndex(({ id, notTaggable }) => notTaggable === undefined && !readings.has(id));
  return end < 0 ? window : window.slice(0, end);
}
