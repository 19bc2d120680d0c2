import type { TagCallResult, TagPage, TagProvider, TagQuery } from "../../../app/ports/provider.ts";
import { projectsIn, type HuaweiAccountConfig } from "../../../core/config/config.ts";
import type { TypeContract } from "../../../core/contract.ts";
import { ProviderError } from "../../../core/errors.ts";
import { asObject } from "../../../core/json.ts";
import type { ResourceType } from "../../../core/resource.ts";
import { checkTagBatch, checkTagQuery, checkUntagBatch } from "../../check-request.ts";
import { asArray, asCount, asId, asText } from "../../json.ts";
import { nextPosition, positionOf } from "../../numbered-pages.ts";
import { percentEncode } from "../../percent-encode.ts";
import { projectOf, type HuaweiCall, type HuaweiClient } from "../client.ts";
import { readTags, unexpectedShape } from "../listing.ts";
import { nextInProjects, projectPosition } from "../project-pages.ts";
import { configCalls, type ConfigCalls } from "./config.ts";
import { genericContract as contract } from "./contract.ts";
import { readResult, type TmsResource } from "./failed-resources.ts";
import { nameOf, readName } from "./naming.ts";
import { TMS_NAMES } from "./taggable-types.ts";
import { tmsNames } from "./tms-names.ts";
import { isOwnName } from "./types.ts";

/** The calls for everything that has no row of its own. */
export type GenericCalls = ConfigCalls &
  Required<Pick<TagProvider, "tagResources" | "untagResources" | "listTagResources" | "listTypes">>;

/** What loads with the accounts that ask for it. */
export interface GenericRow {
  readonly contract: TypeContract;
  /** Whether this is the name here of a type, and not another spelling of it. */
  readonly serves: (type: ResourceType) => boolean;
  readonly calls: (client: HuaweiClient, account: HuaweiAccountConfig) => GenericCalls;
}

/** TMS and Config of one account. */
export const genericRow: GenericRow = { contract, serves: isOwnName, calls: genericCalls };

const TAG_FIELDS = { tagKey: "key", tagValue: "value" } as const;

function genericCalls(client: HuaweiClient, account: HuaweiAccountConfig): GenericCalls {
  const names = tmsNames();

  const tms = (call: Omit<HuaweiCall, "service">) => client({ ...call, service: "tms" });

  /** What has no region has no project either. */
  const projectFor = (region: string, named: string | undefined): string | undefined =>
    region === "global" ? undefined : projectOf(account, region, named);

  async function write(
    action: "CreateResourceTag" | "DeleteResourceTag",
    { region, project, resourceIds }: Pick<HuaweiCall, "region" | "project" | "resourceIds">,
    tags: readonly object[],
    signal: AbortSignal | undefined,
  ): Promise<TagCallResult> {
    const sent = new Map<string, TmsResource>();
    const failed = new Map<string, ProviderError>();
    for (const name of resourceIds) {
      const resource = resourceIn(name, region);
      if (resource instanceof ProviderError) failed.set(name, resource);
      else sent.set(name, resource);
    }
    if (sent.size === 0) return { requestId: "", succeeded: [], failed };
    const path = `/v1.0/resource-tags/${action === "CreateResourceTag" ? "batch-create" : "batch-delete"}`;
    const project_id = projectFor(region, project);
    const body = { resources: [...sent.values()], tags, project_id };
    const call = { action, method: "POST", path, body, region, project, write: true, signal } as const;
    const result = readResult(sent, await tms({ ...call, resourceIds: [...sent.keys()] }), action);
    return { ...result, failed: new Map([...failed, ...result.failed]) };
  }

  /** What TMS calls a resource; or why nobody can ask for it. */
  function resourceIn(name: string, region: string): TmsResource | ProviderError {
    const named = readName(name);
    if (named === undefined || named.region !== region) {
      return notHere("IllegalResourceId", `${JSON.stringify(name)} is no name of a resource in ${region}`, name);
    }
    const resource_type = names.nameOf(named.type);
    if (resource_type === undefined) return notHere("UnknownTypeName", nobodyKnows(named.type), name, "not-taggable");
    return { resource_id: named.id, resource_type };
  }

  /** The tags of one resource. */
  async function show({ region, project }: TagQuery, name: string, signal: AbortSignal | undefined): Promise<TagPage> {
    const resource = resourceIn(name, region);
    if (resource instanceof ProviderError) throw resource;
    const project_id = projectFor(region, project);
    const action = "ShowResourceTag";
    const answer = await tms({
      action,
      method: "GET",
      path: `/v2.0/resources/${percentEncode(resource.resource_id)}/tags`,
      query: { resource_type: resource.resource_type, ...(project_id !== undefined && { project_id }) },
      region,
      project,
      write: false,
      resourceIds: [name],
      signal,
    });
    const tags = readTags(answer.body, TAG_FIELDS);
    if (tags === undefined) throw unexpectedShape(action, answer.requestId);
    return { rows: [{ id: name, type: readName(name)?.type ?? "", tags }], rowCount: 1 };
  }

  /** One page of what carries tags of a type, or some tags. Of a region with several projects one after the other. */
  async function search(
    { region, project: named, type, tags = [] }: TagQuery,
    token: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<TagPage> {
    const resource_type = names.nameOf(type);
    if (resource_type === undefined) throw notHere("UnknownTypeName", nobodyKnows(type), undefined, "request");
    const projects = region === "global" ? [""] : named === undefined ? projectsIn(account, region) : [named];
    const at = projectPosition(token, projects);
    const project_id = projectFor(region, named ?? at.project);
    const position = positionOf(at.token);
    const limit = contract.list.rowsPerPage;
    const action = "ListResource";
    const { body, requestId } = await tms({
      action,
      method: "POST",
      path: "/v1.0/resource-instances/filter",
      body: {
        resource_types: [resource_type],
        tags: tags.map(({ key, value }) => ({ key, values: value === undefined ? [] : [value] })),
        project_id,
        offset: position.offset,
        limit,
      },
      region,
      project: project_id,
      write: false,
      resourceIds: [],
      signal,
    });
    const found = asArray(body["resources"]);
    const total = asCount(body["total_count"]);
    if (found === undefined || total === undefined) throw unexpectedShape(action, requestId);
    const rows = found.map((each) => {
      const row = asObject(each) ?? {};
      const id = asId(row["resource_id"]);
      const carried = readTags(row, TAG_FIELDS);
      if (id === undefined || carried === undefined || asText(row["resource_type"]) !== resource_type)
        throw unexpectedShape(action, requestId);
      return { id: nameOf({ type, account: account.account, region, id }), type, tags: carried };
    });
    const { nextToken } = nextInProjects(at, nextPosition(position, limit, total), projects);
    return { rows, rowCount: rows.length, ...(nextToken !== undefined && { nextToken }) };
  }

  return {
    ...configCalls(client, account),

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
      const limit = 200;
      const action = "ListProviders";
      const query = { locale: "en-us", limit: String(limit), offset: String(position.offset) };
      const path = "/v1.0/tms/providers";
      const call = { action, method: "GET", path, query, region, write: false, resourceIds: [], signal } as const;
      const { body, requestId } = await tms(call);
      const providers = asArray(body["providers"]);
      const total = asCount(body["total_count"]);
      if (providers === undefined || total === undefined) throw unexpectedShape(action, requestId);
      const known = new Set(
        providers.flatMap((each) => {
          const types = asArray(asObject(each)?.["resource_types"]);
          if (types === undefined) throw unexpectedShape(action, requestId);
          return types.map((one) => asText(asObject(one)?.["resource_type"]) ?? "");
        }),
      );
      const types = [...TMS_NAMES].filter(([, ours]) => ours.some((one) => known.has(one))).map(([type]) => type);
      const { nextToken } = nextPosition(position, limit, total);
      return { types, ...(nextToken !== undefined && { nextToken }) };
    },
  };
}

function nobodyKnows(type: ResourceType): string {
  return `nobody knows what TMS calls ${type}`;
}

function notHere(
  code: string,
  message: string,
  resourceId: string | undefined,
  kind: "resource-permanent" | "not-taggable" | "request" = "resource-permanent",
): ProviderError {
  const about = resourceId === undefined ? {} : { resourceId };
  return new ProviderError({ code, kind, message, httpStatus: 0, requestId: "", ...about });
}
