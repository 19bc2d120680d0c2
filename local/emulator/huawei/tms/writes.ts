import type { StoredResource } from "../../shelf.ts";
import { countWith } from "../../tag-pairs.ts";
import { isReserved } from "../../text-rules.ts";
import type { TagChange } from "../../world.ts";
import type { HuaweiAnswer, HuaweiCall } from "../call.ts";
import { huaweiError } from "../errors.ts";
import type { TmsType } from "./names.ts";
import {
  bad,
  checkPlace,
  findIn,
  limits,
  readBody,
  readPlace,
  readResources,
  readTags,
  type NamedResource,
} from "./request.ts";

/** How long asynchronous services take, by what Terraform's provider waits before it looks again. */
const USUAL_SLOWNESS_MS = 10_000;

/** The code of why one resource of a call was not written; the others are not affected. */
type Failure = string | undefined;

function injected({ admission: { refusal } }: HuaweiCall, { id }: NamedResource): Failure {
  return refusal?.concerns(id) === true ? (refusal.code ?? "TMS.0001") : undefined;
}

function checkTypes(resources: readonly NamedResource[], { cloud: { tms } }: HuaweiCall): void {
  const unknown = resources.find(({ type }) => type === undefined);
  if (unknown !== undefined && tms?.unknownTypeFails !== "entry") throw huaweiError("TMS.5027", unknown.typeName);
  const names = new Set(resources.map(({ typeName }) => typeName));
  if (tms?.mixesTypes === false && names.size > 1) throw bad("the resources must be of one type");
}

/**
 * Writes each resource by itself, once the call as a whole is well-formed: 200, whatever became of them, with those that
 * failed.
 */
function eachResource(
  call: HuaweiCall,
  { needsValues }: { readonly needsValues: boolean },
  changeOf: (resource: StoredResource, tags: ReadonlyMap<string, string>) => TagChange | string,
): HuaweiAnswer {
  const body = readBody(call.request);
  const resources = readResources(body, call.cloud);
  const tags = readTags(body, { needsValues });
  checkTypes(resources, call);
  const place = readPlace(call, body["project_id"]);
  for (const { type } of resources) if (type !== undefined) checkPlace(type, place);

  function write(named: NamedResource): Failure {
    const failure = injected(call, named);
    if (failure !== undefined) return failure;
    if (named.type === undefined) return "TMS.5027";
    const resource = findIn(call, place, named.type, named.id);
    if (resource === undefined) return "TMS.0005";
    const change = changeOf(resource, tags);
    if (typeof change === "string") return change;
    call.cloud.world.write(resource, change, slownessOf(call, named.type));
    return undefined;
  }

  const failed = resources.flatMap((named) => {
    const code = write(named);
    if (code === undefined) return [];
    const { id: resource_id, typeName: resource_type } = named;
    return [{ resource_id, resource_type, error_code: code, error_msg: huaweiError(code).message }];
  });
  return { status: 200, body: { failed_resources: failed } };
}

function slownessOf({ cloud: { tms } }: HuaweiCall, { isSlow }: TmsType): number {
  return isSlow ? (tms?.slowMs ?? USUAL_SLOWNESS_MS) : 0;
}

/** CreateResourceTag: adds tags, overwriting equal keys. */
export function createTags(call: HuaweiCall): HuaweiAnswer {
  const most = call.cloud.tms?.tagsPerResource ?? limits.tagsPerResource;
  return eachResource(call, { needsValues: true }, (resource, tags) =>
    countWith(resource.tags, tags, limits.key) > most ? "TMS.1001" : { set: tags },
  );
}

/** DeleteResourceTag: takes keys off; those that aren't there are no error, and the system's stay. */
export function deleteTags(call: HuaweiCall): HuaweiAnswer {
  return eachResource(call, { needsValues: false }, (_, tags) => ({
    unset: new Set([...tags.keys()].filter((key) => !isReserved(key, limits.key))),
  }));
}
