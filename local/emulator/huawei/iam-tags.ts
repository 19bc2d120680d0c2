import { emulatedLimits } from "../limits.ts";
import type { StoredResource } from "../shelf.ts";
import { countWith, eachPair } from "../tag-pairs.ts";
import { isReserved, textFault } from "../text-rules.ts";
import { findResource, isObject, jsonBody, type HuaweiAnswer, type HuaweiCall } from "./call.ts";
import { huaweiError } from "./errors.ts";

const RESOURCE_ID = /^[A-Za-z0-9-]{1,64}$/;

/** Users and agencies have the same limits. */
const limits = emulatedLimits["huawei:iam:user"];

/** The principal that a path names. */
export interface Principal {
  /** `user`, `agency`, or another value of the path. */
  readonly kind: string;
  readonly id: string;
}

function find(call: HuaweiCall, { kind, id }: Principal): StoredResource {
  if (!RESOURCE_ID.test(id)) throw huaweiError("PAP5.0009", "resource_id");
  const resource = findResource(call, `huawei:iam:${kind}`, id);
  if (resource === undefined) {
    throw huaweiError("PAP5.0004", call.admission.namesOffender ? `${kind} ${id}` : kind);
  }
  if (resource.legacy) throw huaweiError("PAP5.0038");
  return resource;
}

function tagsOf(resource: StoredResource): object {
  return { tags: eachPair(resource.tags).map(([tag_key, tag_value]) => ({ tag_key, tag_value })) };
}

/** Checks the request's tags; undefined where it names none at all, which the documentation allows. */
function readTags(call: HuaweiCall): ReadonlyMap<string, string> | undefined {
  const body = jsonBody(call.request, () => huaweiError("PAP5.0009", "the body is not JSON"));
  if (!isObject(body)) throw huaweiError("PAP5.0009", "the body is not an object");
  const list = body["tags"];
  if (list === undefined) return undefined;
  if (!Array.isArray(list) || list.length === 0 || list.length > limits.tagsPerCall) {
    throw huaweiError("PAP5.0009", `tags must be a list of 1 to ${limits.tagsPerCall}`);
  }
  const pairs = list.map((tag: unknown): [string, string] => {
    const { tag_key: key, tag_value: value } = isObject(tag) ? tag : {};
    if (typeof key !== "string" || typeof value !== "string") throw huaweiError("PAP5.0009", "tag_key or tag_value");
    return [key, value];
  });
  if (new Set(pairs.map(([key]) => key)).size < pairs.length) throw huaweiError("PAP5.0033");
  for (const [key, value] of pairs) {
    if (textFault(key, limits.key) !== undefined) throw huaweiError("PAP5.0009", "tag_key");
    if (textFault(value, limits.value) !== undefined) throw huaweiError("PAP5.0009", "tag_value");
  }
  return new Map(pairs);
}

/** TagResourceV5: adds tags, overwriting equal keys, and answers with all of them. */
export function createTags(call: HuaweiCall, principal: Principal): HuaweiAnswer {
  const tags = readTags(call);
  const resource = find(call, principal);
  if (tags !== undefined) {
    if (countWith(resource.tags, tags, limits.key) > limits.tagsPerResource) throw huaweiError("PAP5.0005");
    call.cloud.world.write(resource, { set: tags });
  }
  return { status: 200, body: tagsOf(resource) };
}

/** UntagResourceV5: the body is a list of keys; keys that aren't there are no error, and the system's stay. */
export function deleteTags(call: HuaweiCall, principal: Principal): HuaweiAnswer {
  const keys = jsonBody(call.request, () => huaweiError("PAP5.0009", "the body is not JSON"));
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === "string")) {
    throw huaweiError("PAP5.0009", "the body must be a list of tag keys");
  }
  if (keys.length === 0 || keys.length > limits.keysPerUntagCall) {
    throw huaweiError("PAP5.0009", `the body must be a list of 1 to ${limits.keysPerUntagCall} tag keys`);
  }
  if (new Set(keys).size < keys.length) throw huaweiError("PAP5.0033");
  const resource = find(call, principal);
  call.cloud.world.write(resource, { unset: new Set(keys.filter((key) => !isReserved(key, limits.key))) });
  return { status: 204 };
}

/** ListResourceTagsV5: all tags, without pages. */
export function listTags(call: HuaweiCall, principal: Principal): HuaweiAnswer {
  return { status: 200, body: tagsOf(find(call, principal)) };
}
