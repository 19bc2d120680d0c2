import type { TagCallResult, TagPage, TagProvider, TagQuery } from "../../../app/ports/provider.ts";
import { projectsIn, type HuaweiAccountConfig } from "../../../core/config/config.ts";
import type { TypeContract } from "../../../core/contract.ts";
import { ProviderError } from "../../../core/errors.ts";
import { asObject } from "../../../core/json.ts";
import type { ResourceType } from "../../../core/resource.ts";
import { cleanMessage, errorWith } from "../../answer.ts";
import { checkTagBatch, checkTagQuery, checkUntagBatch } from "../../check-request.ts";
import { asArray, asCount, asId, asText } from "../../json.ts";
import { nextPosition, positionOf } from "../../numbered-pages.ts";
import { percentEncode } from "../../percent-encode.ts";
import { projectOf, type HuaweiCall, type HuaweiClient } from "../client.ts";
import { kindOf } from "../errors.ts";
import { readTags, unexpectedShape } from "../listing.ts";
import { nextInProjects, projectPosition } from "../project-pages.ts";
import { configCalls, type ConfigCalls } from "./config.ts";
import { contractFor } from "./contract.ts";
import { readResult, type TmsResource } from "./failed-resources.ts";
import { nameOf, readName } from "./naming.ts";
import { IN_PART, TAGGED_LATER } from "./taggable-types.ts";
import { tmsNames } from "./tms-names.ts";
import { isOwnName } from "./types.ts";

/** The calls for everything that has no row of its own. */
export type GenericCalls = ConfigCalls &
  Required<Pick<TagProvider, "tagResources" | "untagResources" | "listTagResources" | "listTypes" | "needsTypes">>;

/** What loads with the accounts that ask for it. */
export interface GenericRow {
  readonly contractFor: (account: HuaweiAccountConfig) => TypeContract;
  /** Whether this is the name here of a type, and not another spelling of it. */
  readonly serves: (type: ResourceType) => boolean;
  readonly calls: (client: HuaweiClient, account: HuaweiAccountConfig) => GenericCalls;
}

/** TMS and Config of one account. Calls name resources by region, type and id. */
export const genericRow: GenericRow = { contractFor, serves: isOwnName, calls: genericCalls };

const TAG_FIELDS = { tagKey: "key", tagValue: "value" } as const;

/** The most that a page of ListProviders holds; 10 where none is asked for. */
const PROVIDERS_A_PAGE = 200;

function genericCalls(client: HuaweiClient, account: HuaweiAccountConfig): GenericCalls {
  const contract = contractFor(account);
  const names = tmsNames(account.tms?.typeNames);

  /** Its errors name resources as we do. */
  async function tms(
    { resources = new Map<string, TmsResource>(), ...call }: TmsCall,
    signal: AbortSignal | undefined,
  ): ReturnType<HuaweiClient> {
    const resourceIds = Array.from(resources.values(), ({ resource_id }) => resource_id);
    try {
      return await client({ ...call, service: "tms", resourceIds, signal });
    } catch (error) {
      if (!(error instanceof ProviderError) || error.resourceId === undefined) throw error;
      const [named] = [...resources].find(([, { resource_id }]) => resource_id === error.resourceId) ?? [];
      throw named === undefined ? error : notFoundInPart(errorWith(error, { resourceId: named }));
    }
  }

  /** What has no region has no project either. */
  const projectFor = (region: string, named: string | undefined): string | undefined =>
    region === "global" ? undefined : projectOf(account, region, named);

  /** What TMS calls a resource; or why nobody can ask for it. */
  function resourceIn(name: string, region: string): TmsResource | ProviderError {
    const named = readName(name);
    if (named?.region !== region) {
      const message = `${JSON.stringify(name)} is no name of a resource in ${region}`;
      return failure({ code: "IllegalResourceId", kind: "resource-permanent", message, resourceId: name });
    }
    const resource_type = names.nameOf(named.type);
    return resource_type === undefined ? nameless(named.type, name) : { resource_id: named.id, resource_type };
  }

  function nameless(type: ResourceType, resourceId?: string): ProviderError {
    const about = resourceId === undefined ? {} : { resourceId };
    if (names.isOpen(type)) {
      const message = `TMS has one of several names of ${type}, and its own list of them could not be read`;
      return failure({ code: "TypeNamesUnread", kind: "unknown", message, ...about });
    }
    const message = `nobody knows what TMS calls ${type}`;
    return failure({ code: "UnknownTypeName", kind: "not-taggable", message, ...about });
  }

  async function write(
    action: "CreateResourceTag" | "DeleteResourceTag",
    { region, project, resourceIds }: Pick<HuaweiCall, "region" | "project" | "resourceIds">,
    tags: readonly object[],
    signal: AbortSignal | undefined,
  ): Promise<TagCallResult> {
    const resources = new Map<string, TmsResource>();
    const failed = new Map<string, ProviderError>();
    for (const name of resourceIds) {
      const resource = resourceIn(name, region);
      if (resource instanceof ProviderError) failed.set(name, resource);
      else resources.set(name, resource);
    }
    if (resources.size === 0) return { requestId: "", succeeded: [], failed };
    const path = `/v1.0/resource-tags/${action === "CreateResourceTag" ? "batch-create" : "batch-delete"}`;
    const body = { resources: [...resources.values()], tags, project_id: projectFor(region, project) };
    const call = { action, method: "POST", path, body, region, project, write: true, resources } as const;
    const result = readResult(resources, await tms(call, signal), action);
    const pending = new Set(result.succeeded.filter((name) => TAGGED_LATER.has(readName(name)?.type ?? "")));
    for (const [name, error] of result.failed) failed.set(name, notFoundInPart(error));
    if (pending.size === 0) return { ...result, failed };
    const seconds = account.tms?.taggedAfterSeconds;
    return { ...result, failed, pending, ...(seconds !== undefined && { doneInMs: seconds * 1_000 }) };
  }

  /** The tags of one resource. */
  async function show({ region, project }: TagQuery, name: string, signal: AbortSignal | undefined): Promise<TagPage> {
    const resource = resourceIn(name, region);
    if (resource instanceof ProviderError) throw resource;
    const { resource_id, resource_type } = resource;
    const action = "ShowResourceTag";
    const path = `/v2.0/resources/${percentEncode(resource_id)}/tags`;
    const project_id = projectFor(region, project);
    const query = { resource_type, ...(project_id !== undefined && { project_id }) };
    const resources = new Map([[name, resource]]);
    const call = { action, method: "GET", path, query, region, project, write: false, resources } as const;
    const { body, requestId } = await tms(call, signal);
    const tags = readTags(body, TAG_FIELDS);
    if (tags === undefined) throw unexpectedShape(action, requestId);
    return { rows: [{ id: name, type: readName(name)?.type ?? "", tags }], rowCount: 1 };
  }

  /**
   * One page of what carries tags, or carries none, of some types: in one project, or in all of a region, one after the
   * other.
   */
  async function search(
    { region, project: named, type, types = [type], untagged }: TagQuery,
    token: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<TagPage> {
    const typeNamed = new Map<string | undefined, ResourceType>();
    for (const one of types) {
      const name = names.nameOf(one);
      if (name === undefined) throw nameless(one);
      typeNamed.set(name, one);
    }
    const projects = projectsOf(region, named);
    const at = projectPosition(token, projects);
    const position = positionOf(at.token);
    const project = at.project === "" ? undefined : at.project;
    const limit = contract.list.rowsPerPage;
    const action = "ListResource";
    const page = { project_id: project, offset: position.offset, limit };
    // That all tags will do has to be said: `tags` is mandatory.
    const body = {
      resource_types: [...typeNamed.keys()],
      tags: [],
      ...(untagged && { without_any_tag: true }),
      ...page,
    };
    const path = "/v1.0/resource-instances/filter";
    const answer = await tms({ action, method: "POST", path, body, region, project, write: false }, signal);
    const found = asArray(answer.body["resources"]);
    const total = asCount(answer.body["total_count"]);
    if (found === undefined || total === undefined) throw unexpectedShape(action, answer.requestId);
    refuseErrors(answer.body["errors"], answer.requestId);
    const rows = found.map((each) => {
      const row = asObject(each) ?? {};
      const id = asId(row["resource_id"]);
      const tags = readTags(row, TAG_FIELDS);
      const ownType = typeNamed.get(asText(row["resource_type"]));
      if (id === undefined || tags === undefined || ownType === undefined)
        throw unexpectedShape(action, answer.requestId);
      return { id: nameOf({ type: ownType, account: account.account, region, id }), type: ownType, tags };
    });
    const { nextToken } = nextInProjects(at, nextPosition(position, limit, total), projects);
    return { rows, rowCount: rows.length, ...(nextToken !== undefined && { nextToken }) };
  }

  /** One at least; empty for what belongs to none. */
  function projectsOf(region: string, named: string | undefined): readonly string[] {
    if (region === "global") return [""];
    const all = projectsIn(account, region);
    return named === undefined && all.length > 0 ? all : [projectOf(account, region, named)];
  }

  return {
    ...configCalls(client, account),
    needsTypes: (type) => names.isOpen(type),

    async tagResources(batch, { signal } = {}) {
      checkTagBatch(batch, contract);
      const tags = Array.from(batch.tags, ([key, value]) => ({ key, value }));
      return write("CreateResourceTag", batch, tags, signal);
    },

    async untagResources(batch, { signal } = {}) {
      checkUntagBatch(batch, contract);
      const tags = batch.keys.map((key) => ({ key }));
      return write("DeleteResourceTag", batch, tags, signal);
    },

    async listTagResources(query, token, { signal } = {}) {
      checkTagQuery(query, contract);
      const [name] = query.ids ?? [];
      return name === undefined ? search(query, token, signal) : show(query, name, signal);
    },

    async listTypes(region, token, { signal } = {}) {
      const position = positionOf(token);
      const action = "ListProviders";
      const path = "/v1.0/tms/providers";
      const query = { locale: "en-us", limit: String(PROVIDERS_A_PAGE), offset: String(position.offset) };
      const { body, requestId } = await tms({ action, method: "GET", path, query, region, write: false }, signal);
      const types = asArray(body["providers"])?.flatMap((one) => asArray(asObject(one)?.["resource_types"]) ?? [{}]);
      const listed = types?.map((one) => asText(asObject(one)?.["resource_type"]));
      const total = asCount(body["total_count"]);
      if (listed?.every((name) => name !== undefined) !== true || total === undefined) {
        throw unexpectedShape(action, requestId);
      }
      const { nextToken } = nextPosition(position, PROVIDERS_A_PAGE, total);
      return {
        types: names.learn(new Set(listed), nextToken === undefined),
        ...(nextToken !== undefined && { nextToken }),
      };
    },
  };
}

/** A call of TMS, with the resources that it names, by our names of them. */
interface TmsCall extends Omit<HuaweiCall, "service" | "resourceIds" | "signal"> {
  readonly resources?: ReadonlyMap<string, TmsResource>;
}

/** The same error, which isn't final where TMS has the resource's type in part. */
function notFoundInPart(error: ProviderError): ProviderError {
  const type = readName(error.resourceId ?? "")?.type;
  if (type === undefined || error.kind !== "not-found" || !IN_PART.has(type)) return error;
  const message = `${error.message} (or it is one that Config calls ${type} as well, and TMS otherwise)`;
  return errorWith(error, { kind: "unknown", message });
}

/** A listing that says of its type that it could not be listed shows nothing of it, or a part. */
function refuseErrors(value: unknown, requestId: string): void {
  const [first] = asArray(value) ?? [];
  const said = asObject(first);
  if (said === undefined) return;
  const code = asText(said["error_code"]) ?? "UnexpectedResponse";
  const message = asText(said["error_msg"]) ?? "no message";
  const kind = kindOf({ code, status: 0, message });
  throw new ProviderError({ code, kind, message: `${code}: ${cleanMessage(message, [])}`, httpStatus: 200, requestId });
}

function failure(
  details: Pick<ConstructorParameters<typeof ProviderError>[0], "code" | "kind" | "message" | "resourceId">,
): ProviderError {
  return new ProviderError({ ...details, httpStatus: 0, requestId: "" });
}
