import type { InventoryPage, TagPage } from "./ports.ts";
import type { SeenPage } from "./ports/seen.ts";
import type { ResourceType, Tags } from "../core/resource.ts";

/** A resource as the listings of a shard show it. */
export interface Sighting {
  readonly id: string;
  readonly type: ResourceType;
  readonly inInventory: boolean;
  readonly inTagListing: boolean;
  /** An event told of it. */
  readonly byEvent: boolean;
  /** All of its tags, where the listing that showed it is a tag listing. */
  readonly tags?: Tags;
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
    byEvent: false,
    ...(tags !== undefined && { tagCount: tags.size }),
    ...(notTaggable !== undefined && { notTaggable }),
  }));
}

/** What one page of a tag listing without ids shows. */
export function tagListingSightings(page: Pick<TagPage, "rows">): Sighting[] {
  return page.rows.map(({ id, type, tags }) => ({
    id,
    type,
    inInventory: false,
    inTagListing: true,
    byEvent: false,
    tags,
  }));
}

/** What one page of the resources that events told of shows. */
export function seenSightings(resources: SeenPage["resources"]): Sighting[] {
  return resources.map(({ id, type }) => ({ id, type, inInventory: false, inTagListing: false, byEvent: true }));
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
    byEvent: a.byEvent || b.byEvent,
    ...((a.tags ?? b.tags) && { tags: new Map([...(a.tags ?? []), ...(b.tags ?? [])]) }),
    ...(tagCount !== undefined && { tagCount }),
    ...(notTaggable !== undefined && { notTaggable }),
  };
}

/** A sighting on its way through the sort: its id, and all of it as a line of JSON. */
export interface SightingLine {
  readonly id: string;
  readonly line: string;
}

const IN_INVENTORY = 1;
const IN_TAG_LISTING = 2;
const BY_EVENT = 4;

/** `[id, type, sources, tag count or null, reason or null, key, value, …]`: there may be millions, so it is short. */
type Fields = readonly [string, string, number, number | null, string | null, ...string[]];

/** Without line feeds, and with the id in front. */
export function sightingLine(sighting: Sighting): SightingLine {
  const { id, type, inInventory, inTagListing, byEvent, tags, tagCount = null, notTaggable = null } = sighting;
  const sources = (inInventory ? IN_INVENTORY : 0) + (inTagListing ? IN_TAG_LISTING : 0) + (byEvent ? BY_EVENT : 0);
  const fields: (string | number | null)[] = [id, type, sources, tagCount, notTaggable];
  if (tags !== undefined) for (const [key, value] of tags) fields.push(key, value);
  return { id, line: JSON.stringify(fields) };
}

/** Reads what `sightingLine` wrote. Where the tags came from a tag listing, they are all there. */
export function readSighting(line: string): Sighting {
  const [id, type, sources, tagCount, notTaggable, ...pairs] = JSON.parse(line) as Fields;
  const inTagListing = (sources & IN_TAG_LISTING) !== 0;
  const sighting = {
    id,
    type,
    inInventory: (sources & IN_INVENTORY) !== 0,
    inTagListing,
    byEvent: (sources & BY_EVENT) !== 0,
    ...(tagCount !== null && { tagCount }),
    ...(notTaggable !== null && { notTaggable }),
  };
  if (!inTagListing) return sighting;
  const tags = new Map<string, string>();
  for (let index = 0; index < pairs.length; index += 2) tags.set(pairs[index] ?? "", pairs[index + 1] ?? "");
  return { ...sighting, tags };
}

/** The id of a line, without reading the rest of it unless its id has an escape. */
export function idOfLine(line: string): string {
  const end = line.indexOf('"', 2);
  const id = line.slice(2, end);
  return id.includes("\\") ? readSighting(line).id : id;
}

/** Two lines of the same id as one. */
export function joinLines(a: SightingLine, b: SightingLine): SightingLine {
  return sightingLine(join(readSighting(a.line), readSighting(b.line)));
}
