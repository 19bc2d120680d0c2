import { ProviderError } from "../../core/errors.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import type { Tags } from "../../core/resource.ts";
import { asArray, asTagValue, asText } from "../json.ts";

/** What a service calls key and value in `tags`. */
interface TagFields {
  readonly tagKey: string;
  readonly tagValue: string;
}

/** The tags of an answer's `tags`, whose keys the services name differently; undefined for another shape. */
export function readTags(body: JsonObject, { tagKey, tagValue }: TagFields): Tags | undefined {
  const tags = new Map<string, string>();
  for (const row of asArray(body["tags"]) ?? [undefined]) {
    const key = asText(asObject(row)?.[tagKey]);
    const value = asTagValue(asObject(row)?.[tagValue]);
    if (key === undefined || value === undefined) return undefined;
    tags.set(key, value);
  }
  return tags;
}

/** `wasWrite`: it may have taken effect. */
export function unexpectedShape(
  action: string,
  requestId: string,
  { wasWrite = false }: { readonly wasWrite?: boolean } = {},
): ProviderError {
  const message = `${action} answered in another shape than documented`;
  const said = { code: "UnexpectedResponse", kind: "unknown", message, httpStatus: 200, requestId } as const;
  return new ProviderError({ ...said, ambiguous: wasWrite });
}
