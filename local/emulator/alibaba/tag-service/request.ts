import type { StoredResource } from "../../shelf.ts";
import type { TagCondition } from "../../tag-pairs.ts";
import { isReserved, textFault } from "../../text-rules.ts";
import type { AlibabaAction, AlibabaCall } from "../call.ts";
import type { Parameters } from "../parameters.ts";
import { parseTagArn, writeTagArn } from "./arn.ts";
import { tagErrors } from "./errors.ts";
import { emulatedLimits } from "../../limits.ts";
import { isProduct, taggableType, type TaggableType } from "./taggable-types.ts";

const limits = emulatedLimits["alibaba:*:*"];

/** A resource, or with the id `*` all of its type, as a call names it. */
export interface NamedResource {
  readonly taggable: TaggableType;
  readonly id: string;
  readonly sentArn: string;
  /** How the answer names it. */
  readonly arn: string;
}

/** What a call is about that names no type. */
const ANY_TYPE = "alibaba:*:*";

/** Names all resources of a type, where a listing asks for them. */
export const ALL_IDS = "*";

/** Where services that are deployed centrally are tagged: their resources have the region `global` here. */
export const CENTRAL_REGION = "cn-hangzhou";

/** Whose resources a call to a region is about. */
export function placesOf(region: string): readonly string[] {
  return region === CENTRAL_REGION ? [region, "global"] : [region];
}

/** The region that the call names. Any endpoint serves it, as the service's own map sends some regions to others'. */
export function readRegion({ parameters }: AlibabaCall): string {
  const region = parameters.get("RegionId") ?? "";
  if (region === "") throw tagErrors.missing("RegionId");
  return region;
}

function readArn(call: AlibabaCall, region: string, sentArn: string, takesAll: boolean): NamedResource {
  const parsed = parseTagArn(sentArn);
  if (parsed === undefined || (parsed.id === ALL_IDS && !takesAll)) throw tagErrors.arnFormat(sentArn);
  const { product, kind, id } = parsed;
  if (parsed.region !== "*" && parsed.region !== region) throw tagErrors.arnRegion(parsed.region);
  if (parsed.account !== "*" && parsed.account !== call.account) throw tagErrors.arnAccount(parsed.account);
  if (!isProduct(product)) throw tagErrors.serviceCode(product);
  const taggable = taggableType(product, kind);
  if (taggable === undefined) throw tagErrors.resourceType(kind);
  const arn = call.cloud.arnsAsSent === true ? sentArn : writeTagArn(taggable, region, call.account, id);
  return { taggable, id, sentArn, arn };
}

/** The resources of a call, each once. One that can't be tagged refuses the call. */
export function readArns(call: AlibabaCall, region: string, { takesAll = false } = {}): readonly NamedResource[] {
  const named = call.parameters.list("ResourceARN").map((arn) => readArn(call, region, arn, takesAll));
  if (named.length > limits.resourcesPerCall) throw tagErrors.tooMany("ResourceIds", limits.resourcesPerCall);
  return [...new Map(named.map((one) => [one.arn, one])).values()];
}

/** What faults are matched against: a resource's type, its id, and its ARN as it was sent. */
export const arnFacts: Pick<AlibabaAction, "types" | "resourceIds"> = {
  types(parameters) {
    const types = parsedArns(parameters).map(({ product, kind }) => taggableType(product, kind)?.type);
    const known = new Set(types.filter((type) => type !== undefined));
    return known.size === 0 ? [ANY_TYPE] : [...known];
  },
  resourceIds: (parameters) => [...parsedArns(parameters).map(({ id }) => id), ...parameters.list("ResourceARN")],
};

function parsedArns(parameters: Parameters) {
  return parameters.list("ResourceARN").flatMap((arn) => parseTagArn(arn) ?? []);
}

/** Whether a fault that is about one resource is about this one. */
export function isMeant(concerns: (name: string) => boolean, { id, sentArn }: NamedResource): boolean {
  return concerns(id) || concerns(sentArn);
}

/** The resource, unless it doesn't exist, isn't visible yet or is hidden by a fault. */
export function findNamed(call: AlibabaCall, region: string, named: NamedResource): StoredResource | undefined {
  if (isMeant((name) => call.admission.hides(name), named)) return undefined;
  for (const place of placesOf(region)) {
    const found = call.cloud.world.shelf(call.account, place, named.taggable.type).find(named.id);
    if (found !== undefined) return found;
  }
  return undefined;
}

const STRING = /"(?:[^"\\]|\\.)*"/gs;
/** An object of at least one pair, once all its texts are empty. */
const FLAT_OBJECT = /^\s*\{\s*""\s*:\s*""\s*(?:,\s*""\s*:\s*""\s*)*\}\s*$/;

/** The pairs of a JSON object of text, in order; JSON.parse would keep only the last of a key. */
function readPairs(json: string): readonly (readonly [key: string, value: string])[] {
  const texts = (json.match(STRING) ?? []).map((text) => {
    try {
      return String(JSON.parse(text));
    } catch {
      throw tagErrors.tags();
    }
  });
  if (!FLAT_OBJECT.test(json.replace(STRING, '""'))) throw tagErrors.tags();
  const pairs = texts.flatMap((key, index) => (index % 2 === 0 ? [[key, texts[index + 1] ?? ""] as const] : []));
  if (pairs.length > limits.tagsPerCall) throw tagErrors.tooMany("Tags", limits.tagsPerCall);
  if (new Set(pairs.map(([key]) => key)).size < pairs.length) throw tagErrors.duplicateKey();
  return pairs;
}

/** The tags to write. */
export function readTags({ parameters }: Pick<AlibabaCall, "parameters">): ReadonlyMap<string, string> {
  const pairs = readPairs(parameters.get("Tags") ?? "");
  for (const [key, value] of pairs) {
    if (isReserved(key, limits.key)) throw tagErrors.systemTag();
    if (textFault(key, limits.key) !== undefined) throw tagErrors.key(key);
    if (textFault(value, limits.value) !== undefined) throw tagErrors.value(value);
  }
  return new Map(pairs);
}

/** The tags to look for, of which only the length is checked: all of them must be there. */
export function readConditions({ parameters }: AlibabaCall): readonly TagCondition[] {
  const isOdd = (text: string) => text === "" || Array.from(text).length > limits.key.maxLength;
  const json = parameters.get("Tags") ?? "";
  if (json === "") return [];
  return readPairs(json).map(([key, value]) => {
    if (isOdd(key)) throw tagErrors.key(key);
    if (isOdd(value)) throw tagErrors.value(value);
    return { key, value };
  });
}
