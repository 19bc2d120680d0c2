import type { InventoryPage, TagCallResult, TagPage, TagProvider, TagQuery } from "../../app/ports/provider.ts";
import type { AlibabaAccountConfig } from "../../core/config/config.ts";
import type { ResourceType } from "../../core/resource.ts";
import type { Parameters } from "../canonical-query.ts";
import { checkTagBatch, checkTagQuery, checkUntagBatch } from "../check-request.ts";
import type { ClientDeps } from "../client-deps.ts";
import { findContract } from "../../core/contract.ts";
import type { JsonObject } from "../../core/json.ts";
import { asText } from "../json.ts";
import { alibabaClient, type AlibabaCall } from "./client.ts";
import { alibabaCredentials } from "./credentials.ts";
import type { GenericRow } from "./generic/row.ts";
import { inventoryRequest, readInventory } from "./inventory.ts";
import { nextTokenOf, unexpectedShape, unsupported } from "./listing.ts";
import { apiGateway, arrayAt, readTagRows, vpcIpam, type TagService } from "./tag-service.ts";

const SERVICES: readonly TagService[] = [apiGateway, vpcIpam];

function serviceOf(type: ResourceType): TagService {
  const service = SERVICES.find(({ contract }) => contract.types.includes(type));
  if (service === undefined) throw unsupported(type);
  return service;
}

/** What the API calls a type: the last part of ours. */
const kindOf = (type: ResourceType) => type.slice(type.lastIndexOf(":") + 1);

/**
 * API Gateway and VPC IPAM of one Alibaba Cloud account, and by `generic` whatever else its `types` name.
 */
export function alibabaProvider(account: AlibabaAccountConfig, deps: ClientDeps, generic?: GenericRow): TagProvider {
  const client = alibabaClient(account, alibabaCredentials(account, deps), deps);
  const contracts = [...SERVICES.map(({ contract }) => contract), ...(generic === undefined ? [] : [generic.contract])];
  const calls = generic?.calls(client, account);
  /** The calls for a type that has no service of its own here. */
  const generically = (type: ResourceType) => (findContract(contracts, type) === generic?.contract ? calls : undefined);

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
    tags: Parameters,
    signal: AbortSignal | undefined,
  ): Promise<TagCallResult> {
    const { type, region, resourceIds } = batch;
    const parameters = { ResourceType: kindOf(type), ResourceId: resourceIds, ...tags };
    const answer = await call(service, { action, region, parameters, write: true, resourceIds, signal });
    return { requestId: asText(answer["RequestId"]) ?? "", succeeded: resourceIds, failed: new Map() };
  }

  return {
    provider: "alibaba",
    account: account.account,
    regions: account.regions,
    contracts,
    contractFor(type) {
      const contract = findContract(contracts, type);
      return generic === undefined || contract !== generic.contract || generic.serves(type) ? contract : undefined;
    },
    ...(generic === undefined && { leavesTypes: true }),
    ...(calls !== undefined && { countInventory: calls.countInventory, listTypes: calls.listTypes }),

    async tagResources(batch, options = {}) {
      const others = generically(batch.type);
      if (others !== undefined) return others.tagResources(batch, options);
      const service = serviceOf(batch.type);
      checkTagBatch(batch, service.contract);
      const tags = [...batch.tags].flatMap(([key, value], index) => [
        [`Tag.${index + 1}.Key`, key],
        [`Tag.${index + 1}.Value`, value],
      ]);
      return write(service, "TagResources", batch, Object.fromEntries(tags), options.signal);
    },

    async untagResources(batch, options = {}) {
      const others = generically(batch.type);
      if (others !== undefined) return others.untagResources(batch, options);
      const service = serviceOf(batch.type);
      checkUntagBatch(batch, service.contract);
      return write(service, "UntagResources", batch, { TagKey: batch.keys }, options.signal);
    },

    async listTagResources(query: TagQuery, token, options = {}): Promise<TagPage> {
      const others = generically(query.type);
      if (others !== undefined) return others.listTagResources(query, token, options);
      const { signal } = options;
      const service = serviceOf(query.type);
      checkTagQuery(query, service.contract);
      const { region, type, ids = [], tags = [] } = query;
      const filters = tags.flatMap(({ key, value }, index) => [
        [`Tag.${index + 1}.Key`, key],
        ...(value === undefined ? [] : [[`Tag.${index + 1}.Value`, value]]),
      ]);
      const parameters: Parameters = {
        ResourceType: kindOf(type),
        ResourceId: ids,
        ...Object.fromEntries(filters),
        ...(service.sendsMaxResults ? { MaxResults: String(service.contract.list.rowsPerPage) } : {}),
        ...(token === undefined ? {} : { NextToken: token }),
      };
      const action = "ListTagResources";
      const answer = await call(service, { action, region, parameters, write: false, resourceIds: ids, signal });
      const rows = arrayAt(answer, service.tagRows);
      const tagged = rows === undefined ? undefined : readTagRows(rows, type);
      if (rows === undefined || tagged === undefined) throw unexpectedShape(action, "rows of tags", answer);
      return { rows: tagged, rowCount: rows.length, ...nextTokenOf(answer) };
    },

    async listInventory(region, type, token, options = {}): Promise<InventoryPage> {
      const others = generically(type);
      if (others !== undefined) return others.listInventory(region, type, token, options);
      const { signal } = options;
      const service = serviceOf(type);
      const { action, parameters } = inventoryRequest(service, type, token);
      const answer = await call(service, { action, region, parameters, write: false, resourceIds: [], signal });
      return readInventory(service, type, token, answer);
    },
  };
}
