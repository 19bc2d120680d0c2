import { promisify } from "node:util";
import { createGunzip, gzip } from "node:zlib";
import type { InventoryPage, TagPage } from "./ports.ts";
import type { ResourceType, Tags } from "../core/resource.ts";

const compress = promisify(gzip);

/** A resource as the listings of a shard show it. Plain JSON, short names: there may be millions. */
export interface Sighting {
  readonly id: string;
  readonly type: ResourceType;
  readonly inInventory: boolean;
  readonly inTagListing: boolean;
  /** All of its tags, where the listing that showed it is a tag listing. */
  readonly tags?: Readonly<Record<string, string>>;
  /** How many tags its inventory row carries: good for packing reads, not for judging. */
  readonly tagCount?: number;
  readonly notTaggable?: string;
}

/** What one page of an inventory shows. */
export function inventorySightings(page: InventoryPage): Sighting[] {
  return page.resources.map(({ id, type, tags, notTaggable }) => ({
    id,
    type,
    inInventory: true,
    inTagListing: false,
    ...(tags !== undefined && { tagCount: tags.size }),
    ...(notTaggable !== undefined && { notTaggable }),
  }));
}

/** What one page of a tag listing without ids shows. */
export function tagListingSightings(page: TagPage): Sighting[] {
  return page.rows.map(({ id, type, tags }) => ({
    id,
    type,
    inInventory: false,
    inTagListing: true,
    tags: Object.fromEntries(tags),
  }));
}

/** The tags of a sighting, or undefined where they must be read. */
export function tagsOf(sighting: Sighting): Tags | undefined {
  return sighting.tags && new Map(Object.entries(sighting.tags));
}

/** Two sightings of the same id are one resource: pages drift, and rows of one resource may be split over pages. */
function join(a: Sighting, b: Sighting): Sighting {
  const tagCount = a.tagCount ?? b.tagCount;
  const notTaggable = a.notTaggable ?? b.notTaggable;
  return {
    id: a.id,
    type: a.type,
    inInventory: a.inInventory || b.inInventory,
    inTagListing: a.inTagListing || b.inTagListing,
    ...((a.tags ?? b.tags) && {
      tags: Object.fromEntries([...Object.entries(a.tags ?? {}), ...Object.entries(b.tags ?? {})]),
    }),
    ...(tagCount !== undefined && { tagCount }),
    ...(notTaggable !== undefined && { notTaggable }),
  };
}

function byId(a: Sighting, b: Sighting): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Sightings as one sorted gzip NDJSON file: a run of the external sort that keeps a shard's memory flat. */
export async function sortedFile(sightings: readonly Sighting[]): Promise<Uint8Array> {
  const lines = sightings.toSorted(byId).map((sighting) => JSON.stringify(sighting));
  return compress(lines.map((line) => `${line}\n`).join(""));
}

/** One sorted file while it is being merged: unpacked block by block. */
interface Cursor {
  readonly blocks: AsyncIterator<Sighting[]>;
  block: readonly Sighting[];
  position: number;
}

async function advance(cursor: Cursor): Promise<Sighting | undefined> {
  cursor.position += 1;
  while (cursor.position >= cursor.block.length) {
    const next = await cursor.blocks.next();
    if (next.done === true) return undefined;
    cursor.block = next.value;
    cursor.position = 0;
  }
  return cursor.block[cursor.position];
}

/** Merges sorted files into one sorted sequence in which each id occurs once; those up to `after` are left out. */
export async function* mergeSorted(files: readonly Uint8Array[], after?: string): AsyncGenerator<Sighting> {
  const heads: { cursor: Cursor; head: Sighting }[] = [];
  for (const file of files) {
    const cursor: Cursor = { blocks: sightingBlocks(file), block: [], position: -1 };
    const head = await advance(cursor);
    if (head !== undefined) heads.push({ cursor, head });
  }
  let joined: Sighting | undefined;
  while (heads.length > 0) {
    let smallest = 0;
    for (let index = 1; index < heads.length; index++) {
      if (byId(at(heads, index).head, at(heads, smallest).head) < 0) smallest = index;
    }
    const taken = at(heads, smallest);
    const next = taken.head;
    if (joined?.id === next.id) joined = join(joined, next);
    else {
      if (joined !== undefined && (after === undefined || joined.id > after)) yield joined;
      joined = next;
    }
    const following = await advance(taken.cursor);
    if (following === undefined) heads.splice(smallest, 1);
    else taken.head = following;
  }
  if (joined !== undefined && (after === undefined || joined.id > after)) yield joined;
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError(`no element ${index} of ${list.length}`);
  return found;
}

async function* sightingBlocks(file: Uint8Array): AsyncGenerator<Sighting[]> {
  const unpacked = createGunzip();
  unpacked.end(file);
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of unpacked) {
    const lines = (rest + decoder.decode(bytes as Uint8Array, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    if (lines.length > 0) yield lines.map((line) => JSON.parse(line) as Sighting);
  }
  if (rest !== "") throw new Error("a file of sightings is cut off");
}
