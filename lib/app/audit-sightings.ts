import type { InventoryPage, TagPage } from "./ports.ts";
import type { SeenPage } from "./ports/seen.ts";
import type { ResourceType, Tags } from "../core/resource.ts";

/**
 * A resource as the listings of a shard show it. Where there may be millions, all have the same properties, undefined
 * or not: code that meets one shape runs faster than code that meets many.
 */
export interface Sighting {
  readonly id: string;
  readonly type: ResourceType;
  readonly inInventory: boolean;
  readonly inTagListing: boolean;
  /** An event told of it. */
  readonly byEvent: boolean;
  /** All of its tags, where the listing that showed it is a tag listing. */
  readonly tags?: Tags | undefined;
  /** How many tags its inventory row carries: good for packing reads, not for judging. */
  readonly tagCount?: number | undefined;
  readonly notTaggable?: string | undefined;
}

/** What one page of an inventory shows. */
export function inventorySightings(page: InventoryPage): Sighting[] {
  return page.resources.map(({ id, type, tags, notTaggable }) => ({
    id,
    type,
    inInventory: true,
    inTagListing: false,
    byEvent: false,
    tags: undefined,
    tagCount: tags?.size,
    notTaggable,
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
    tagCount: undefined,
    notTaggable: undefined,
  }));
}

/** What one page of the resources that events told of shows. */
export function seenSightings(resources: SeenPage["resources"]): Sighting[] {
  return resources.map(({ id, type }) => ({ id, type, inInventory: false, inTagListing: false, byEvent: true }));
}

/** Two sightings of the same id are one resource: pages drift, and rows of one resource may be split over pages. */
function join(a: Sighting, b: Sighting): Sighting {
  return {
    id: a.id,
    type: a.type,
    inInventory: a.inInventory || b.inInventory,
    inTagListing: a.inTagListing || b.inTagListing,
    byEvent: a.byEvent || b.byEvent,
    tags: a.tags && b.tags ? new Map([...a.tags, ...b.tags]) : (a.tags ?? b.tags),
    tagCount: a.tagCount ?? b.tagCount,
    notTaggable: a.notTaggable ?? b.notTaggable,
  };
}

const IN_INVENTORY = 1;
const IN_TAG_LISTING = 2;
const BY_EVENT = 4;

/** `[id, type, sources, tag count or null, reason or null, key, value, …]`: there may be millions, so it is short. */
type Fields = readonly [string, string, number, number | null, string | null, ...string[]];
/** Where keys and values begin. */
const TAGS_FROM = 5;

/** A sighting on its way through the sort, as a line of JSON. Without line feeds, and with the id in front. */
export function sightingLine(sighting: Sighting): string {
  const { id, type, inInventory, inTagListing, byEvent, tags, tagCount = null, notTaggable = null } = sighting;
  const sources = (inInventory ? IN_INVENTORY : 0) | (inTagListing ? IN_TAG_LISTING : 0) | (byEvent ? BY_EVENT : 0);
  const fields: (string | number | null)[] = [id, type, sources, tagCount, notTaggable];
  if (tags !== undefined) for (const [key, value] of tags) fields.push(key, value);
  return JSON.stringify(fields);
}

/** Reads what `sightingLine` wrote. Where the tags came from a tag listing, they are all there. */
export function readSighting(line: string): Sighting {
  const fields = JSON.parse(line) as Fields;
  const sources = fields[2];
  const inTagListing = (sources & IN_TAG_LISTING) !== 0;
  return {
    id: fields[0],
    type: fields[1],
    inInventory: (sources & IN_INVENTORY) !== 0,
    inTagListing,
    byEvent: (sources & BY_EVENT) !== 0,
    tags: inTagListing ? tagsOf(fields) : undefined,
    tagCount: fields[3] ?? undefined,
    notTaggable: fields[4] ?? undefined,
  };
}

function tagsOf(fields: Fields): Tags {
  const tags = new Map<string, string>();
  for (let index = TAGS_FROM; index < fields.length; index += 2) {
    tags.set(String(fields[index]), String(fields[index + 1]));
  }
  return tags;
}

/** Adds a sighting to lines by id; answers how many characters it takes. */
export function holdSighting(lines: Map<string, string>, sighting: Sighting): number {
  const line = sightingLine(sighting);
  const other = lines.get(sighting.id);
  lines.set(sighting.id, other === undefined ? line : joinLines(other, line));
  return line.length;
}

/** The id of a line, without reading the rest of it unless its id has an escape. */
export function idOfLine(line: string): string {
  const id = line.slice(2, line.indexOf('"', 2));
  return id.includes("\\") ? (JSON.parse(line) as Fields)[0] : id;
}

/** Two lines of the same id as one. */
export function joinLines(a: string, b: string): string {
  return sightingLine(join(readSighting(a), readSighting(b)));
}
