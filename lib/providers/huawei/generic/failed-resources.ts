import type { TagCallResult } from "../../../app/ports/provider.ts";
import { ProviderError } from "../../../core/errors.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { cleanMessage } from "../../answer.ts";
import { asArray, asText } from "../../json.ts";
import { kindOf } from "../errors.ts";
import { unexpectedShape } from "../listing.ts";

/** A resource as a call of TMS has it. */
export interface TmsResource {
  readonly resource_id: string;
  readonly resource_type: string;
}

const keyOf = (id: string, type: string) => `${type}/${id}`;

/**
 * Which resources of a write have their tags, by `failed_resources`, which names those that have not. Where an entry is
 * about none of those that were sent, nobody knows whom it is about: then nothing is known of any that no entry names.
 * @see https://support.huaweicloud.com/intl/en-us/api-tms/CreateResourceTag.html
 */
export function readResult(
  sent: ReadonlyMap<string, TmsResource>,
  { body, requestId }: { readonly body: JsonObject; readonly requestId: string },
  action: string,
): TagCallResult {
  const entries = asArray(body["failed_resources"]);
  if (entries === undefined) throw unexpectedShape(action, requestId, { wasWrite: true });
  const byKey = new Map(
    Array.from(sent, ([name, { resource_id, resource_type }]) => [keyOf(resource_id, resource_type), name]),
  );
  const failed = new Map<string, ProviderError>();
  let stranger: string | undefined;
  for (const each of entries) {
    const entry = asObject(each) ?? {};
    const key = keyOf(asText(entry["resource_id"]) ?? "", asText(entry["resource_type"]) ?? "");
    const name = byKey.get(key);
    if (name === undefined) stranger = key;
    else failed.set(name, failureOf(name, entry, requestId));
  }
  const others = [...sent.keys()].filter((name) => !failed.has(name));
  if (stranger === undefined) return { requestId, succeeded: others, failed };
  for (const name of others) failed.set(name, untold(name, stranger, requestId));
  return { requestId, succeeded: [], failed };
}

/** The error of one resource: `{error_code, error_msg}`, with the codes of its service. */
function failureOf(resourceId: string, entry: JsonObject, requestId: string): ProviderError {
  const code = asText(entry["error_code"]) ?? "UnexpectedResponse";
  const said = asText(entry["error_msg"]) ?? "no message";
  const kind = kindOf({ code, status: 0, message: said });
  // The service behind didn't answer in time: what it did is to be read.
  const ambiguous = kind === "transient";
  const message = `${code}: ${cleanMessage(said, [])}`;
  return new ProviderError({ code, kind, message, httpStatus: 200, requestId, resourceId, ambiguous });
}

/** It may have been tagged: a read tells. */
function untold(name: string, stranger: string, requestId: string): ProviderError {
  const message = `the answer says that ${stranger} failed, which is none of the call's resources: it may be ${name} by another name`;
  return new ProviderError({
    code: "UnmatchedFailure",
    kind: "transient",
    message,
    httpStatus: 200,
    requestId,
    resourceId: name,
    ambiguous: true,
  });
}
