import type { AlibabaAccountConfig } from "../../core/config.ts";
import { ProviderError } from "../../core/errors.ts";
import type { ResourceType } from "../../core/resource.ts";
import type { InventoryPage, TagCallResult, TagPage, TagProvider, TagQuery } from "../../app/ports.ts";
import { checkTagBatch, checkTagQuery, checkUntagBatch } from "../check-request.ts";
import type { ClientDeps } from "../client-deps.ts";
import { findContract } from "../find-contract.ts";
import { asCount, asText, type JsonObject } from "../json.ts";
import { nextPosition, positionOf } from "../numbered-pages.ts";
import { alibabaClient, type AlibabaCall } from "./client.ts";
import { apiGateway, readInventoryRow, readTagRows, rowsAt, vpcIpam, type TagService } from "./tag-service.ts";

const SERVICES: readonly TagService[] = [apiGateway, vpcIpam];

/** `ResourceId.1=…&ResourceId.2=…`: lists count from one. */
function numbered(name: string, values: readonly string[]): Record<string, string> {
  const parameters: Record<string, string> = {};
  let number = 0;
  for (const value of values) parameters[`${name}.${(number += 1)}`] = value;
  return parameters;
}

/** CloudAPI ends a listing with `-1`, the others with nothing. */
function nextTokenOf(answer: JsonObject): { nextToken?: string } {
  const token = asText(answer["NextToken"]);
  return token === undefined || token === "" || token === "-1" ? {} : { nextToken: token };
}

function unexpectedShape(action: string, what: string, answer: JsonObject): ProviderError {
  const message = `${action} answered without ${what}`;
  const requestId = asText(answer["RequestId"]) ?? "";
  return new ProviderError({ code: "UnexpectedResponse", kind: "request", message, httpStatus: 200, requestId });
}

function unsupported(type: ResourceType): ProviderError {
  const message = `Alibaba Cloud's tagging APIs here don't serve ${type}`;
  return new ProviderError({ code: "UnsupportedType", kind: "request", message, httpStatus: 0, requestId: "" });
}

function serviceOf(type: ResourceType): TagService {
  const service = SERVICES.find(({ contract }) => contract.types.includes(type));
  if (service === undefined) throw unsupported(type);
  return service;
}

/** What the API calls a type: the last part of ours. */
const kindOf = (type: ResourceType) => type.slice(type.lastIndexOf(":") + 1);

/** API Gateway and VPC IPAM of one Alibaba Cloud account. */
export function alibabaProvider(account: AlibabaAccountConfig, deps: ClientDeps): TagProvider {
  const client = alibabaClient(account, deps);
  const contracts = SERVICES.map(({ contract }) => contract);

  function call(
    { service, version, sendsRegion }: TagService,
    rest: Pick<AlibabaCall, "action" | "region" | "parameters" | "write" | "resourceIds" | "signal">,
  ): Promise<JsonObject> {
    const parameters = sendsRegion ? { RegionId: rest.region, ...rest.parameters } : rest.parameters;
    return client({ ...rest, service, version, parameters });
  }

  /** These APIs answer for all resources at once: a refusal throws, a success is everybody's. */
  async function write(
    service: TagService,
    action: "TagResources" | "UntagResources",
    batch: { readonly type: ResourceType; readonly region: string; readonly resourceIds: readonly string[] },
    tags: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): Promise<TagCallResult> {
    const { type, region, resourceIds } = batch;
    const parameters = { ResourceType: kindOf(type), ...numbered("ResourceId", resourceIds), ...tags };
    const answer = await call(service, { action, region, parameters, write: true, resourceIds, signal });
    return { requestId: asText(answer["RequestId"]) ?? "", succeeded: resourceIds, failed: new Map() };
  }

  return {
    provider: "alibaba",
    account: account.account,
    regions: account.regions,
    contracts,
    contractFor: (type) => findContract(contracts, type),

    async tagResources(batch, { signal } = {}) {
      const service = serviceOf(batch.type);
      checkTagBatch(batch, service.contract);
      const tags = [...batch.tags].flatMap(([key, value], index) => [
        [`Tag.${index + 1}.Key`, key],
        [`Tag.${index + 1}.Value`, value],
      ]);
      return write(service, "TagResources", batch, Object.fromEntries(tags), signal);
    },

    async untagResources(batch, { signal } = {}) {
      const service = serviceOf(batch.type);
      checkUntagBatch(batch, service.contract);
      return write(service, "UntagResources", batch, numbered("TagKey", batch.keys), signal);
    },

    async listTagResources(query: TagQuery, token, { signal } = {}): Promise<TagPage> {
      const service = serviceOf(query.type);
      checkTagQuery(query, service.contract);
      const { region, type, ids = [], tags = [] } = query;
      const filters = tags.flatMap(({ key, value }, index) => [
        [`Tag.${index + 1}.Key`, key],
        ...(value === undefined ? [] : [[`Tag.${index + 1}.Value`, value]]),
      ]);
      const parameters: Record<string, string> = {
        ResourceType: kindOf(type),
        ...numbered("ResourceId", ids),
        ...Object.fromEntries(filters),
        ...(service.sendsMaxResults ? { MaxResults: String(service.contract.list.rowsPerPage) } : {}),
        ...(token === undefined ? {} : { NextToken: token }),
      };
      const action = "ListTagResources";
      const answer = await call(service, { action, region, parameters, write: false, resourceIds: ids, signal });
      const rows = rowsAt(answer, service.tagRows);
      const byId = rows === undefined ? undefined : readTagRows(rows);
      if (rows === undefined || byId === undefined) throw unexpectedShape(action, "rows of tags", answer);
      return {
        rows: Array.from(byId, ([id, tags]) => ({ id, type, tags })),
        rowCount: rows.length,
        ...nextTokenOf(answer),
      };
    },

    async listInventory(region, type, token, { signal } = {}): Promise<InventoryPage> {
      const service = serviceOf(type);
      const shape = service.inventory[type];
      const pageSize = service.contract.inventory[type]?.pageSize;
      if (shape === undefined || pageSize === undefined) throw unsupported(type);
      const byNumber = service.paging === "number";
      const position = byNumber ? positionOf(token) : undefined;
      const parameters: Record<string, string> =
        position === undefined
          ? { MaxResults: String(pageSize), ...(token === undefined ? {} : { NextToken: token }) }
          : { PageNumber: String(position.offset / pageSize + 1), PageSize: String(pageSize) };
      const { action } = shape;
      const answer = await call(service, { action, region, parameters, write: false, resourceIds: [], signal });
      const resources = rowsAt(answer, shape.rows)?.map((row) => readInventoryRow(row, shape));
      const known = resources?.flatMap((row) => row ?? []);
      if (known === undefined || known.length !== resources?.length) throw unexpectedShape(action, "rows", answer);
      const page = known.map(({ id, tags }) => ({ type, id, ...(tags === undefined ? {} : { tags }) }));
      if (position === undefined) return { resources: page, ...nextTokenOf(answer) };
      const total = asCount(answer["TotalCount"]);
      if (total === undefined) throw unexpectedShape(action, "TotalCount", answer);
      return { resources: page, ...nextPosition(position, pageSize, total) };
    },
  };
}
