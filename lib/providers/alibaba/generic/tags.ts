import { reservedPrefix } from "../../../core/contract.ts";
import { asObject } from "../../../core/json.ts";
import type { Tags } from "../../../core/resource.ts";
import { asArray, asTagValue, asText } from "../../json.ts";
import { genericContract as contract } from "./contract.ts";

/**
 * A list of `Key` and `Value`, without the cloud's own tags, which some answers hold as well; undefined for another
 * shape.
 */
export function readTags(value: unknown): Tags | undefined {
  const tags = new Map<string, string>();
  const pairs = asArray(value);
  if (pairs === undefined) return undefined;
  for (const pair of pairs) {
    const tag = asObject(pair);
    const key = asText(tag?.["Key"]);
    const text = asTagValue(tag?.["Value"]);
    if (key === undefined || text === undefined) return undefined;
    if (reservedPrefix(key, contract.key) === undefined) tags.set(key, text);
  }
  return tags;
}
