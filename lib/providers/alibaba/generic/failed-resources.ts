import type { TagCallResult } from "../../../app/ports/provider.ts";
import { ProviderError } from "../../../core/errors.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { asArray, asText } from "../../json.ts";
import { cleanMessage } from "../../answer.ts";
import { kindOf } from "../errors.ts";

/**
 * Which resources of a write have their tags, by `FailedResources`, which names those that have not. Absent, empty, and
 * with an empty list it says that all have. `nameOf` = what a call names the resource of an ARN by. Where an entry can't
 * be matched with a name that was sent, or there is something else in its place, nobody knows whom it is about: then
 * nothing is known of any resource that no entry names.
 * @see https://www.alibabacloud.com/help/en/resource-management/tag/developer-reference/api-tag-2018-08-28-tagresources
 */
export function readResult(
  sent: readonly string[],
  answer: JsonObject,
  nameOf: (arn: string) => string | undefined,
): TagCallResult {
  const requestId = asText(answer["RequestId"]) ?? "";
  const entries = entriesIn(answer["FailedResources"]);
  if (entries?.length === 0) return { requestId, succeeded: sent, failed: new Map() };
  const byName = new Map(sent.map((name) => [nameOf(name), name]));
  const failed = new Map<string, ProviderError>();
  let stranger = entries === undefined ? "something else than a list" : undefined;
  for (const each of entries ?? []) {
    const entry = asObject(each);
    const arn = asText(entry?.["ResourceARN"]) ?? "";
    const name = byName.get(nameOf(arn));
    if (name === undefined) stranger = arn === "" ? "a resource without a name" : arn;
    else failed.set(name, failureOf(name, asObject(entry?.["Result"]) ?? {}, requestId));
  }
  const others = sent.filter((name) => !failed.has(name));
  if (stranger === undefined) return { requestId, succeeded: others, failed };
  for (const name of others) failed.set(name, untold(name, stranger, requestId));
  return { requestId, succeeded: [], failed };
}

/** Undefined for what is no list of entries. */
function entriesIn(value: unknown): readonly unknown[] | undefined {
  if (value === undefined || value === null || value === "") return [];
  const inner = asObject(value);
  if (inner === undefined) return asArray(value);
  const entries = inner["FailedResource"];
  if (entries === undefined || entries === null || entries === "")
    return Object.keys(inner).length > 1 ? undefined : [];
  const one = asObject(entries);
  return one === undefined ? asArray(entries) : [one];
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

/** The error of one resource in `FailedResources`: `{Code, Message}`, with the codes of its product. */
function failureOf(resourceId: string, failure: JsonObject, requestId: string): ProviderError {
  const code = asText(failure["Code"]) ?? "UnexpectedResponse";
  const said = asText(failure["Message"]) ?? "no message";
  const kind = kindOf({ code, status: 0, message: said });
  const message = `${code}: ${cleanMessage(said, [])}`;
  // The product behind didn't answer in time: what it did is to be read.
  const ambiguous = kind === "transient";
  return new ProviderError({ code, kind, message, httpStatus: 200, requestId, resourceId, ambiguous });
}
