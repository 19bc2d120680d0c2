import type { ResourceType, Tags } from "../../core/resource.ts";
import type { InventoryPage, InventoryResource, TagPage } from "../ports/provider.ts";
import type { SeenPage } from "../ports/seen.ts";

/**
 * A resource as the listings of a shard show it. Where there may be millions, all have the same properties, undefined
 * or not: code that meets one shape runs faster than code that meets many.
 */
export interface Sighting {
  /** What calls name it by: its id, or what a contract's `naming` makes of it. */
  readonly id: string;
  readonly type: ResourceType;
  readonly inInventory: boolean;
  readonly inTagListing: boolean;
  /** An event told of it. */
  readonly byEvent: boolean;
  /** All of its tags, where the listing that showed it is a tag listing. */
  readonly tags?: Tags | undefined;
  /** Those of its inventory row, where they prove compliance and no tag listing shows others. */
  readonly inlineTags?: Tags | undefined;
  /** How many tags its inventory row carries: good for packing reads, not for judging. */
  readonly tagCount?: number | undefined;
  readonly notTaggable?: string | undefined;
  /** Where it lies in a project of the region. */
  readonly project?: string | undefined;
}

/** What one page of an inventory shows. `proves` = the tags of a type are good for more than packing reads. */
export function inventorySightings(
  page: Pick<InventoryPage, "resources">,
  nameOf: (resource: InventoryResource) => string,
  proves: (type: ResourceType) => boolean,
): Sighting[] {
  return page.resources.map((resource) => ({
    id: nameOf(resource),
    type: resource.type,
    inInventory: true,
    inTagListing: false,
    byEvent: false,
    tags: undefined,
    inlineTags: proves(resource.type) ? resource.tags : undefined,
    tagCount: proves(resource.type) ? undefined : resource.tags?.size,
    notTaggable: resource.notTaggable,
    project: resource.project,
  }));
}

/** What one page of a tag listing without ids shows, of one project where it was asked for that. */
export function tagListingSightings(page: Pick<TagPage, "rows">, project?: string): Sighting[] {
  return page.rows.map(({ id, type, tags }) => ({
    id,
    type,
    inInventory: false,
    inTagListing: true,
    byEvent: false,
    tags,
    inlineTags: undefined,
    tagCount: undefined,
    notTaggable: undefined,
    project,
  }));
}

/** What one page of the resources that events told of shows. */
export function seenSightings(
  resources: SeenPage["resources"],
  nameOf: (resource: SeenPage["resources"][number]) => string,
): Sighting[] {
  return resources.map((resource) => ({
    id: nameOf(resource),
    type: resource.type,
    inInventory: false,
    inTagListing: false,
    byEvent: true,
    project: resource.project,
  }));
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
    inlineTags: a.inlineTags && b.inlineTags ? agreed(a.inlineTags, b.inlineTags) : (a.inlineTags ?? b.inlineTags),
    tagCount: a.tagCount ?? b.tagCount,
    notTaggable: a.notTaggable ?? b.notTaggable,
    // Where a listing shows it counts for more than where an event said it was.
    project: a.inInventory ? (a.project ?? b.project) : (b.project ?? a.project),
  };
}

/** Two rows of an inventory that differ are of two moments, and together of none. */
function agreed(one: Tags, other: Tags): Tags | undefined {
  const isSame = one.size === other.size && one.entries().every(([key, value]) => other.get(key) === value);
  return isSame ? one : undefined;
}

const IN_INVENTORY = 1;
const IN_TAG_LISTING = 2;
const BY_EVENT = 4;
/** The last field is the project. */
const IN_PROJECT = 8;
/** The tags are those of the inventory's row. */
const INLINE = 16;

/** `[id, type, sources, tag count or null, reason or null, key, value, …, project?]`: there may be millions, so it is short. */
type Fields = readonly [string, string, number, number | null, string | null, ...string[]];
/** Where keys and values begin. */
const TAGS_FROM = 5;

/** A sighting on its way through the sort, as a line of JSON. Without line feeds, and with the id in front. */
export function sightingLine(sighting: Sighting): string {
  const { id, type, inInventory, inTagListing, byEvent, inlineTags, tagCount = null, notTaggable = null } = sighting;
  const { tags = inlineTags, project } = sighting;
  const sources =
    (inInventory ? IN_INVENTORY : 0) |
    (inTagListing ? IN_TAG_LISTING : 0) |
    (byEvent ? BY_EVENT : 0) |
    (inlineTags !== undefined && sighting.tags === undefined ? INLINE : 0) |
    (project === undefined ? 0 : IN_PROJECT);
  const fields: (string | number | null)[] = [id, type, sources, tagCount, notTaggable];
  if (tags !== undefined) for (const [key, value] of tags) fields.push(key, value);
  if (project !== undefined) fields.push(project);
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
    inlineTags: (sources & INLINE) === 0 ? undefined : tagsOf(fields),
    tagCount: fields[3] ?? undefined,
    notTaggable: fields[4] ?? undefined,
    project: (sources & IN_PROJECT) === 0 ? undefined : String(fields.at(-1)),
  };
}

function tagsOf(fields: Fields): Tags {
  const tags = new Map<string, string>();
  // Where a project stands behind them, it has no partner.
  for (let index = TAGS_FROM; index + 1 < fields.length; index += 2) {
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
