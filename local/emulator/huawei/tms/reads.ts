import type { StoredResource } from "../../shelf.ts";
import { eachPair, valueOf, type TagPairs } from "../../tag-pairs.ts";
import { isObject, wholeNumber, type HuaweiAnswer, type HuaweiCall } from "../call.ts";
import { huaweiError } from "../errors.ts";
import { tmsTypeNamed, tmsTypes, type TmsType } from "./names.ts";
import {
  bad,
  checkKey,
  checkPlace,
  checkValue,
  findIn,
  isIn,
  limits,
  readBody,
  readPlace,
  type Body,
  type Place,
} from "./request.ts";

const MOST_TYPES = 100;
const MOST_FILTERS = 10;
const MOST_VALUES = 10;
const FIRST: { readonly from: number; readonly to: number; readonly otherwise: number } = {
  from: 0,
  to: 999_999_999,
  otherwise: 0,
};

const tagList = (tags: TagPairs) => eachPair(tags).map(([key, value]) => ({ key, value }));

function typeNamed(call: HuaweiCall, name: unknown, place: Place): TmsType {
  const type = tmsTypeNamed(name, call.cloud.tms);
  if (type === undefined) throw huaweiError("TMS.5027", typeof name === "string" ? name : undefined);
  checkPlace(type, place);
  return type;
}

/** ShowResourceTag: all tags of one resource. */
export function showTags(call: HuaweiCall, id: string): HuaweiAnswer {
  const place = readPlace(call, call.query.get("project_id"));
  const type = typeNamed(call, call.query.get("resource_type"), place);
  const resource = findIn(call, place, type, id);
  if (resource === undefined) throw huaweiError("TMS.0005", call.admission.namesOffender ? id : undefined);
  return { status: 200, body: { tags: tagList(resource.tags) } };
}

type Condition = (tags: TagPairs) => boolean;

/** One of the values, or any where none is named, of each of the keys. */
function readConditions({ tags, without_any_tag: untagged }: Body): Condition {
  if (!Array.isArray(tags)) throw huaweiError("TMS.0012");
  if (tags.length > MOST_FILTERS) throw bad(`tags must be a list of at most ${MOST_FILTERS}`);
  const wanted = (tags as readonly unknown[]).map((tag) => {
    if (!isObject(tag) || !Array.isArray(tag["values"])) throw bad("tags");
    if (tag["values"].length > MOST_VALUES) throw huaweiError("TMS.0016");
    return { key: checkKey(tag["key"]), values: new Set(tag["values"].map(checkValue)) };
  });
  if (untagged === true) return (carried) => carried.length === 0;
  return (carried) =>
    carried.length > 0 &&
    wanted.every(({ key, values }) => {
      const value = valueOf(carried, key);
      return value !== undefined && (values.size === 0 || values.has(value));
    });
}

interface Types {
  readonly types: readonly TmsType[];
  readonly errors: readonly object[];
}

/** The types that a call names; those that aren't known are errors of their own, or refuse it. */
function readTypes(call: HuaweiCall, names: unknown, place: Place): Types {
  if (!Array.isArray(names) || names.length === 0 || names.length > MOST_TYPES) {
    throw bad(`resource_types must be a list of 1 to ${MOST_TYPES}`);
  }
  const isLenient = call.cloud.tms?.unknownTypeFails === "entry";
  const types: TmsType[] = [];
  const errors: object[] = [];
  for (const name of new Set(names as readonly unknown[])) {
    if (isLenient && tmsTypeNamed(name, call.cloud.tms) === undefined) {
      const { code, message } = huaweiError("TMS.5027");
      errors.push({ error_code: code, error_msg: message, project_id: place.project, resource_type: name });
    } else types.push(typeNamed(call, name, place));
  }
  return { types, errors };
}

/** ListResource: by offset, what carries tags, all of the named ones, or none at all. */
export function filterResources(call: HuaweiCall): HuaweiAnswer {
  const { cloud, account, admission } = call;
  const body = readBody(call.request);
  const place = readPlace(call, body["project_id"]);
  const { types, errors } = readTypes(call, body["resource_types"], place);
  const passes = readConditions(body);
  const offset = wholeNumber(body["offset"], FIRST, () => huaweiError("TMS.0017"));
  const sizes = { from: 1, to: limits.rowsPerPage, otherwise: limits.rowsPerPage };
  const limit = wholeNumber(body["limit"], sizes, () => huaweiError("TMS.0007"));

  const rows: object[] = [];
  let total = 0;
  for (const type of types) {
    cloud.world.shelf(account, place.region, type.type).scan(0, (resource) => {
      if (admission.hides(resource.id) || !isIn(cloud, resource, place.project) || !passes(resource.tags)) return true;
      if (total >= offset && rows.length < limit) rows.push(rowOf(resource, type, place));
      total += 1;
      return true;
    });
  }
  return { status: 200, body: { resources: rows, errors, total_count: total } };
}

function rowOf(resource: StoredResource, type: TmsType, { region, project }: Place): object {
  return {
    project_id: project,
    project_name: project === "" ? "" : region,
    resource_id: resource.id,
    resource_name: resource.id,
    resource_type: type.tms.name,
    tags: tagList(resource.tags),
  };
}

/** ListTags: the tags that resources of some types carry, each key with its values. */
export function listTags(call: HuaweiCall): HuaweiAnswer {
  const place = readPlace(call, call.query.get("project_id"));
  const names = (call.query.get("resource_types") ?? "").split(",").filter((name) => name !== "");
  const { types } = readTypes(call, names, place);
  const used = new Map<string, Set<string>>();
  for (const type of types) {
    call.cloud.world.shelf(call.account, place.region, type.type).scan(0, (resource) => {
      if (!isIn(call.cloud, resource, place.project)) return true;
      for (const [key, value] of eachPair(resource.tags)) used.set(key, (used.get(key) ?? new Set()).add(value));
      return true;
    });
  }
  return { status: 200, body: { tags: [...used].map(([key, values]) => ({ key, values: [...values] })) } };
}

/** ListProviders: the services whose resources can be tagged, and TMS' names of their types; 10 a page unless more are asked for. */
export function listProviders(call: HuaweiCall): HuaweiAnswer {
  const wanted = call.query.get("provider") ?? "";
  const offset = wholeNumber(call.query.get("offset"), FIRST, () => huaweiError("TMS.0017"));
  const sizes = { from: 1, to: 200, otherwise: 10 };
  const limit = wholeNumber(call.query.get("limit"), sizes, () => huaweiError("TMS.0007"));
  const regions = call.cloud.keyring.regions();
  const byService = new Map<string, object[]>();
  for (const { tms, isGlobal } of tmsTypes(call.cloud.tms)) {
    if (wanted !== "" && tms.provider !== wanted) continue;
    const row = {
      resource_type: tms.name,
      resource_type_i18n_display_name: tms.name,
      regions: isGlobal ? [] : regions,
      global: isGlobal,
    };
    byService.set(tms.provider, [...(byService.get(tms.provider) ?? []), row]);
  }
  const providers = [...byService].map(([provider, resource_types]) => ({
    provider,
    provider_i18n_display_name: provider,
    resource_types,
  }));
  return {
    status: 200,
    body: { providers: providers.slice(offset, offset + limit), total_count: providers.length },
  };
}

/** ShowTagQuota, which says nothing of how many tags a resource may carry. */
export function showQuota(): HuaweiAnswer {
  return {
    status: 200,
    body: { quotas: [{ quota_key: "predefine_tag", quota_limit: 500, used: 0, unit: "count" }] },
  };
}
