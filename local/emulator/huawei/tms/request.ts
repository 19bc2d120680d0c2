import type { CloudError } from "../../cloud-error.ts";
import type { Cloud } from "../../cloud.ts";
import type { HttpRequest } from "../../http-server.ts";
import type { StoredResource } from "../../shelf.ts";
import { textFault } from "../../text-rules.ts";
import { isObject, jsonBody, projectOf, type HuaweiCall, type HuaweiFacts } from "../call.ts";
import { huaweiError } from "../errors.ts";
import { emulatedLimits, type EmulatedLimits } from "../../limits.ts";
import { tmsTypeNamed, type TmsType } from "./names.ts";

export const ANY_TYPE = "huawei:*:*";
export const limits: EmulatedLimits = emulatedLimits[ANY_TYPE];

export type Body = Readonly<Record<string, unknown>>;

export const bad = (detail: string): CloudError => huaweiError("TMS.0002", detail);

export function readBody(request: HttpRequest): Body {
  const body = jsonBody(request, () => bad("the body is not JSON"));
  if (!isObject(body)) throw bad("the body is not an object");
  return body;
}

/** Where a call looks: a project in its region, or what belongs to none. */
export interface Place {
  readonly region: string;
  readonly project: string;
}

const NO_PROJECT: Place = { region: "global", project: "" };

/** The place that a call's `project_id` stands for. Throws CloudError where it is none of the account's. */
export function readPlace({ cloud, account }: HuaweiCall, project: unknown): Place {
  if (project === undefined || project === null || project === "") return NO_PROJECT;
  const region = typeof project === "string" ? cloud.keyring.regionOfProject(account, project) : undefined;
  if (typeof project !== "string" || region === undefined) throw huaweiError("TMS.2011");
  return { region, project };
}

/** Throws CloudError where the type isn't to be had in that place: a project has no global ones, and they no project. */
export function checkPlace(type: TmsType, place: Place): void {
  if (type.isGlobal === (place.project === "")) return;
  throw type.isGlobal ? huaweiError("TMS.5027", type.tms.name) : huaweiError("TMS.2011", "it is missing");
}

/** The resource, unless it doesn't exist there, isn't visible yet or is hidden by a fault. */
export function findIn(call: HuaweiCall, { region, project }: Place, type: TmsType, id: string) {
  if (call.admission.hides(id)) return undefined;
  const found = call.cloud.world.shelf(call.account, region, type.type).find(id);
  return found !== undefined && isIn(call.cloud, found, project) ? found : undefined;
}

export function isIn(cloud: Cloud, resource: StoredResource, project: string): boolean {
  return project === "" || projectOf(cloud, resource) === project;
}

/** A resource as a call names it. */
export interface NamedResource {
  readonly id: string;
  readonly typeName: string;
  /** Undefined where TMS has no type of that name. */
  readonly type: TmsType | undefined;
}

function readNamed(value: unknown, cloud: Cloud): NamedResource | undefined {
  const { resource_id: id, resource_type: typeName } = isObject(value) ? value : {};
  if (typeof id !== "string" || id === "" || typeof typeName !== "string" || typeName === "") return undefined;
  return { id, typeName, type: tmsTypeNamed(typeName, cloud.tms) };
}

/** The resources of a call, in order. Throws CloudError where there are none, too many, or one that names nothing. */
export function readResources({ resources }: Body, cloud: Cloud): readonly NamedResource[] {
  const most = cloud.tms?.resourcesPerCall ?? limits.resourcesPerCall;
  if (!Array.isArray(resources) || resources.length === 0 || resources.length > most) {
    throw bad(`resources must be a list of 1 to ${most}`);
  }
  return resources.map((value: unknown) => {
    const named = readNamed(value, cloud);
    if (named === undefined) throw bad("resource_id or resource_type");
    return named;
  });
}

/** What faults are matched against, whatever else is wrong with the request. */
export function bodyFacts(request: HttpRequest, cloud: Cloud): HuaweiFacts {
  const body = jsonBodyOrNothing(request);
  const resources = Array.isArray(body["resources"]) ? body["resources"] : [];
  const named = resources.flatMap((value: unknown) => readNamed(value, cloud) ?? []);
  const names: unknown = body["resource_types"];
  const asked = Array.isArray(names) ? names.map((name: unknown) => tmsTypeNamed(name, cloud.tms)) : [];
  const types = new Set([...named.map(({ type }) => type), ...asked].flatMap((type) => type?.type ?? []));
  return { types: types.size === 0 ? [ANY_TYPE] : [...types], resourceIds: named.map(({ id }) => id) };
}

function jsonBodyOrNothing(request: HttpRequest): Body {
  try {
    const body: unknown = JSON.parse(request.body.toString("utf8"));
    return isObject(body) ? body : {};
  } catch {
    return {}; // The call itself will say that this is no JSON.
  }
}

export function checkKey(key: unknown): string {
  if (typeof key !== "string" || textFault(key, limits.key) !== undefined) throw huaweiError("TMS.0009");
  return key;
}

export function checkValue(value: unknown): string {
  if (typeof value !== "string" || textFault(value, limits.value) !== undefined) throw huaweiError("TMS.0010");
  return value;
}

/** The tags of a write. Only one that takes them off may leave out values, and what it says of them doesn't matter. */
export function readTags({ tags }: Body, { needsValues }: { readonly needsValues: boolean }) {
  if (!Array.isArray(tags) || tags.length === 0) throw huaweiError("TMS.0012");
  if (tags.length > limits.tagsPerCall) throw bad(`tags must be a list of at most ${limits.tagsPerCall}`);
  const read = new Map<string, string>();
  for (const tag of tags as readonly unknown[]) {
    if (!isObject(tag)) throw bad("tags");
    const key = checkKey(tag["key"]);
    if (read.has(key)) throw bad("a key is repeated");
    read.set(key, needsValues || tag["value"] !== undefined ? checkValue(tag["value"]) : "");
  }
  return read;
}
