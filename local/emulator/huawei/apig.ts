import { emulatedLimits } from "../limits.ts";
import type { StoredResource } from "../shelf.ts";
import { countWith, eachPair } from "../tag-pairs.ts";
import { textFault } from "../text-rules.ts";
import { headerOf } from "../http-server.ts";
import {
  factsOf,
  findResource,
  isObject,
  jsonBody,
  projectOf,
  type HuaweiAnswer,
  type HuaweiCall,
  type HuaweiOperation,
  type HuaweiRouter,
} from "./call.ts";
import { huaweiError } from "./errors.ts";

const TYPE = "huawei:apig:instance";
const limits = emulatedLimits[TYPE];
const DEFAULT_LIMIT = 20;

/** An instance of another project is as good as none. */
function find(call: HuaweiCall, project: string, id: string): StoredResource {
  const resource = findResource(call, TYPE, id);
  if (resource === undefined || projectOf(call.cloud, resource) !== project)
    throw huaweiError("APIG.3030", call.admission.namesOffender ? id : undefined);
  return resource;
}

/** Checks the tags of a request. Key and value are optional: what is left out is empty, which no key may be. */
function readTags(body: Record<string, unknown>): ReadonlyMap<string, string> {
  const list = body["tags"];
  if (list === undefined || list === null) throw huaweiError("APIG.2001", "tags");
  if (!Array.isArray(list) || list.length > limits.tagsPerCall) {
    throw huaweiError("APIG.2011", `tags must be a list of at most ${limits.tagsPerCall}`);
  }
  const tags = new Map<string, string>();
  for (const tag of list as readonly unknown[]) {
    if (!isObject(tag)) throw huaweiError("APIG.2011", "tags");
    const { key = "", value = "" } = tag;
    if (typeof key !== "string") throw huaweiError("APIG.2011", "tags.key");
    if (typeof value !== "string") throw huaweiError("APIG.2011", "tags.value");
    if (tags.has(key)) throw huaweiError("APIG.2011", "tags.key is repeated");
    if (textFault(key, limits.key) !== undefined) throw huaweiError("APIG.2011", "tags.key");
    if (textFault(value, limits.value) !== undefined) throw huaweiError("APIG.2011", "tags.value");
    tags.set(key, value);
  }
  return tags;
}

/** BatchCreateOrDeleteInstanceTags: all tags or, where one is refused, none. */
function changeTags(call: HuaweiCall, project: string, id: string): HuaweiAnswer {
  const body = jsonBody(call.request, () => huaweiError("APIG.2012", "the body is not JSON"));
  if (!isObject(body)) throw huaweiError("APIG.2012", "the body is not an object");
  const { action } = body;
  if (action === undefined) throw huaweiError("APIG.2001", "action");
  if (action !== "create" && action !== "delete") throw huaweiError("APIG.2012", "action must be create or delete");
  const tags = readTags(body);
  const resource = find(call, project, id);
  if (action === "delete") {
    call.cloud.world.write(resource, { unset: new Set(tags.keys()) });
  } else {
    if (countWith(resource.tags, tags, limits.key) > limits.tagsPerResource) throw huaweiError("APIC.7402");
    call.cloud.world.write(resource, { set: tags });
  }
  return { status: 204 };
}

function listTags(call: HuaweiCall, project: string, id: string): HuaweiAnswer {
  const tags = eachPair(find(call, project, id).tags);
  return { status: 200, body: { tags: tags.map(([key, value]) => ({ key, value })) } };
}

function readNumber(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? "";
  if (text !== "" && !/^-?[0-9]{1,9}$/.test(text)) throw huaweiError("APIG.2012", name);
  return Number(text);
}

function instanceRow(project: string, instance: StoredResource): object {
  return {
    id: instance.id,
    project_id: project,
    instance_name: instance.id,
    status: "Running",
    instance_status: 6,
    type: "apig",
    spec: "BASIC",
    create_time: instance.createdAt,
    enterprise_project_id: "0",
    eip_address: "",
    charging_mode: 0,
    cbc_metadata: "",
    loadbalancer_provider: "elb",
  };
}

/** ListInstancesV2: by offset; out-of-range limits are corrected, not refused. Tags are not in the rows. */
function listInstances(call: HuaweiCall, project: string): HuaweiAnswer {
  const { query } = call;
  const offset = Math.max(0, readNumber(query, "offset"));
  const asked = readNumber(query, "limit");
  const limit = asked <= 0 ? DEFAULT_LIMIT : Math.min(asked, limits.inventoryPageSize);
  const id = query.get("instance_id") ?? "";
  const name = query.get("instance_name") ?? "";
  const status = query.get("status") ?? "";
  const shelf = call.cloud.world.shelf(call.account, call.region, TYPE);
  const severalProjects = call.cloud.keyring.projectsOf(call.account, call.region).length > 1;
  const filtered = severalProjects || id !== "" || name !== "" || status !== "" || call.admission.hides("");
  const found = filtered
    ? shelf
        .slice(0, shelf.size, false)
        .filter(
          (instance) =>
            !call.admission.hides(instance.id) &&
            projectOf(call.cloud, instance) === project &&
            (id === "" || instance.id === id) &&
            instance.id.includes(name) &&
            (status === "" || status === "Running"),
        )
    : undefined;
  const rows = found === undefined ? shelf.slice(offset, limit, false) : found.slice(offset, offset + limit);
  const total = found === undefined ? shelf.size : found.length;
  return {
    status: 200,
    body: { total, size: rows.length, instances: rows.map((instance) => instanceRow(project, instance)) },
  };
}

/** The project in the path must be one of the key's own, in this region. */
function checkProject(call: HuaweiCall, project: string): void {
  const claimed = headerOf(call.request, "x-project-id") ?? project;
  const own = call.cloud.keyring.projectsOf(call.account, call.region);
  if (!own.includes(project) || claimed !== project) throw huaweiError("APIC.7106");
}

/** APIG dedicated gateways, v2. */
export const routeApig: HuaweiRouter = (method, segments) => {
  const [version, project = "", service, collection, id, tags, verb] = segments;
  if (version !== "v2" || service !== "apigw" || collection !== "instances") return undefined;

  function operation(name: string, run: (call: HuaweiCall, project: string) => HuaweiAnswer): HuaweiOperation {
    return {
      action: `huawei:apig:${name}`,
      facts: () => factsOf(TYPE, id),
      global: false,
      tokenErrors: { missing: "APIC.7100", wrong: "APIC.7102" },
      usualError: "APIC.9000",
      run(call) {
        checkProject(call, project);
        return run(call, project);
      },
    };
  }

  if (id === undefined) return method === "GET" ? operation("ListInstancesV2", listInstances) : undefined;
  if (tags !== "instance-tags") return undefined;
  if (segments.length === 6 && method === "GET")
    return operation("ListInstanceTags", (call) => listTags(call, project, id));
  if (segments.length === 7 && verb === "action" && method === "POST") {
    return operation("BatchCreateOrDeleteInstanceTags", (call) => changeTags(call, project, id));
  }
  return undefined;
};
