import type { Tags } from "../core/resource.ts";
import { asObject, type JsonObject } from "../core/json.ts";
import { embeddedList, embeddedObject } from "./json/value.ts";

/** What a field that holds tags is called, in lower case. */
const FIELDS: ReadonlySet<string> = new Set([
  "tag",
  "tags",
  "taglist",
  "tagslist",
  "tagset",
  "tagspecification",
  "tagspecifications",
  "tagspecificationset",
]);

/** What a list is called inside such a field, in XML-shaped requests. */
const LISTS = ["items", "item", "tags", "Tags", "Tag", "tag", "member", "entry"] as const;

const KEYS = ["key", "Key", "tagKey", "TagKey", "tag_key"] as const;
const VALUES = ["value", "Value", "tagValue", "TagValue", "tag_value"] as const;

/** Deep enough for `tagSpecificationSet.items[].tags[]`; no request nests tags deeper. */
const DEEPEST = 6;

/**
 * The tags that a creating request gives, in any of the shapes that the three clouds record: lists of key/value
 * pairs under several names, maps, EC2's tag specifications, and `Tag.N.Key` beside `Tag.N.Value`.
 * `kind` is the kind of the created resource: tags that EC2 gives to another kind are left out.
 */
export function requestTags(containers: readonly (JsonObject | undefined)[], kind: string): Tags {
  const tags = new Map<string, string>();
  for (const container of containers) {
    if (container === undefined) continue;
    const flat = new Map<string, { key?: string; value?: string }>();
    for (const name of Object.keys(container)) {
      if (name.charCodeAt(0) !== 84 && name.charCodeAt(0) !== 116) continue; // neither T nor t
      if (FIELDS.has(name.toLowerCase()))
        addTags(
          embeddedList(container[name]) ?? embeddedObject(container[name]),
          { kind, field: name, depth: 0 },
          tags,
        );
      else addFlat(name, container[name], flat);
    }
    for (const { key, value } of flat.values()) if (key !== undefined) tags.set(key, value ?? "");
  }
  return tags;
}

interface Place {
  readonly kind: string;
  /** The name of the field that holds the value. */
  readonly field: string;
  readonly depth: number;
}

function addTags(value: unknown, place: Place, tags: Map<string, string>): void {
  if (place.depth > DEEPEST) return;
  if (Array.isArray(value)) {
    for (const element of value) addElement(element, place, tags);
    return;
  }
  const object = asObject(value);
  if (object === undefined) return;
  const list = LISTS.find((name) => typeof object[name] === "object" && object[name] !== null);
  if (list !== undefined) addElement(object, place, tags);
  // A lone `Tag: { Key, Value }` is a list of one; a lone `tags: { key: … }` is a map with a tag called `key`.
  else if (isListOfOne(place.field)) addPair(object, tags);
  else addMap(object, tags);
}

/** One element of a list: a pair, or a specification that holds pairs for one kind of resource. */
function addElement(value: unknown, { kind, depth }: Place, tags: Map<string, string>): void {
  const object = asObject(value);
  if (object === undefined) return;
  const meantFor = object.resourceType ?? object.ResourceType;
  if (typeof meantFor === "string" && meantFor !== kind && holdsList(object)) return;
  if (!holdsList(object)) return addPair(object, tags);
  for (const field of LISTS) addTags(object[field], { kind, field, depth: depth + 1 }, tags);
}

function holdsList(object: JsonObject): boolean {
  return LISTS.some((name) => typeof object[name] === "object" && object[name] !== null);
}

function isListOfOne(field: string): boolean {
  return field === "Tag" || field === "tag" || field === "item" || field === "items" || field === "member";
}

function addPair(object: JsonObject, tags: Map<string, string>): void {
  const key = scalar(KEYS.map((name) => object[name]).find((value) => value !== undefined));
  if (key === undefined) return;
  tags.set(key, scalar(VALUES.map((name) => object[name]).find((value) => value !== undefined)) ?? "");
}

function addMap(object: JsonObject, tags: Map<string, string>): void {
  for (const [key, value] of Object.entries(object)) {
    const text = value === null ? "" : scalar(value);
    if (text !== undefined) tags.set(key, text);
  }
}

/** `Tag.2.Value`, as Alibaba's RPC requests have it. */
function addFlat(name: string, value: unknown, flat: Map<string, { key?: string; value?: string }>): void {
  const [field = "", index = "", part = "", ...more] = name.split(".");
  const text = scalar(value);
  if (text === undefined || more.length > 0 || !FIELDS.has(field.toLowerCase())) return;
  const tag = flat.get(index) ?? {};
  flat.set(index, tag);
  if (/^(?:tag)?key$/i.test(part)) tag.key = text;
  if (/^(?:tag)?value$/i.test(part)) tag.value = text;
}

/** XML-shaped records leave numbers and booleans without quotes. */
function scalar(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}
