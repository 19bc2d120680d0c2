import type { TagCallResult, TagPage, TagProvider, TagQuery } from "../../app/ports/provider.ts";
import { parseArn, typeOfArn } from "../../core/aws-arn.ts";
import type { AwsAccountConfig } from "../../core/config/config.ts";
import { ProviderError } from "../../core/errors.ts";
import type { ResourceType, Tags } from "../../core/resource.ts";
import type { TagBatch } from "../../core/tag-batch.ts";
import { checkTagBatch, checkTagQuery, checkUntagBatch } from "../check-request.ts";
import type { ClientDeps } from "../client-deps.ts";
import { findContract, readerOf } from "../../core/contract.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import { asArray, asTagValue, asText } from "../json.ts";
import { awsClient } from "./client.ts";
import { resourceGroupsTaggingContract as contract } from "./contract.ts";
import type { NativeType } from "./native-contract.ts";
import type { NativeCall } from "./native-reads.ts";
import { failureOf } from "./errors.ts";
import { homeOf, homesOf, nextHome, positionIn } from "./global-homes.ts";
import { inventoryPage, inventoryRequest, withInventory } from "./inventory.ts";

/** XML and what asks for it, loaded by the first call for a type that is read through its own service. */
const NATIVE_READS = () => import("./native-reads.ts");

const isNative = (type: ResourceType): type is NativeType => contract.nativeLists?.[type] !== undefined;

function requestError(code: string, message: string): ProviderError {
  return new ProviderError({ code, kind: "request", message, httpStatus: 0, requestId: "" });
}

/** It may be for one of the resources that were asked for, or for something else that answered. */
function unexpectedShape(requestId: string): ProviderError {
  const message = "GetResources answered in another shape than documented";
  return new ProviderError({ code: "UnexpectedResponse", kind: "unknown", message, httpStatus: 200, requestId });
}

/** Throws where a type isn't AWS's. */
function checkType(type: ResourceType): void {
  if (findContract([contract], type) === undefined) throw requestError("UnsupportedType", `AWS doesn't serve ${type}`);
}

/** The service that a type narrows a listing to; undefined for all. */
function serviceOf(type: ResourceType): string | undefined {
  const service = type.split(":")[1] ?? "*";
  return service === "*" ? undefined : service;
}

/** Whether an ARN is of the type asked for: `aws:*:*`, `aws:ec2:*` or `aws:ec2:instance`. */
function isOfType(arnType: ResourceType, asked: ResourceType): boolean {
  const wanted = asked.split(":");
  return arnType.split(":").every((part, index) => wanted[index] === "*" || wanted[index] === part);
}

/** GetResources refuses ids beside filters, pages and sizes. `ids`: those of the query that are asked for here. */
function requestOf(query: TagQuery, ids: readonly string[] | undefined, token: string | undefined): JsonObject {
  if (ids !== undefined) return { ResourceARNList: ids };
  const service = serviceOf(query.type);
  const filters = (query.tags ?? []).map(({ key, value }) => ({
    Key: key,
    ...(value === undefined ? {} : { Values: [value] }),
  }));
  return {
    ResourcesPerPage: contract.list.rowsPerPage,
    ...(filters.length === 0 ? {} : { TagFilters: filters }),
    ...(service === undefined ? {} : { ResourceTypeFilters: [service] }),
    ...(token === undefined ? {} : { PaginationToken: token }),
  };
}

/** One row of GetResources; undefined for another shape. */
function readRow(value: unknown): { id: string; type: ResourceType; tags: Tags } | undefined {
  const row = asObject(value);
  const id = asText(row?.["ResourceARN"]);
  if (row === undefined || id === undefined || parseArn(id) === undefined) return undefined;
  const tags = new Map<string, string>();
  const pairs = asArray(row["Tags"] ?? []);
  if (pairs === undefined) return undefined;
  for (const tag of pairs) {
    const key = asText(asObject(tag)?.["Key"]);
    const value = asTagValue(asObject(tag)?.["Value"]);
    if (key === undefined || value === undefined) return undefined;
    tags.set(key, value);
  }
  return { id, type: typeOfArn(id), tags };
}

/** Which ARNs a write reached: those that FailedResourcesMap doesn't name. It may name none of ours; that is no failure of ours. */
function readResult(arns: readonly string[], body: JsonObject, requestId: string): TagCallResult {
  const failures = new Map(Object.entries(asObject(body["FailedResourcesMap"]) ?? {}));
  if (failures.size === 0) return { requestId, succeeded: arns, failed: new Map() };
  const failed = new Map<string, ProviderError>();
  const succeeded: string[] = [];
  for (const arn of arns) {
    if (failures.has(arn)) failed.set(arn, failureOf(arn, asObject(failures.get(arn)) ?? {}, requestId));
    else succeeded.push(arn);
  }
  return { requestId, succeeded, failed };
}

/** What a write says of the resources that it left for another call, because another region serves them. */
function servedElsewhere(id: string, home: string): ProviderError {
  const message = `${id} is served in ${home}, and takes a call of its own`;
  return new ProviderError({ code: "OtherHome", kind: "conflict", message, httpStatus: 0, requestId: "" });
}

/** Everything in one AWS account that the Resource Groups Tagging API tags. Ids are ARNs. */
export function awsProvider(account: AwsAccountConfig, deps: ClientDeps): TagProvider {
  const client = awsClient(account, deps);
  const contracts = [withInventory(contract, account.inventory)];
  const homeIn = (region: string, id: string) => (region === "global" ? homeOf(account.partition, id) : region);

  /** The regions to ask for what a query is about: one, but for resources of China that have no region. */
  function homesFor({ region, ids }: TagQuery): readonly [string, ...string[]] {
    if (region !== "global") return [region];
    const [first, ...others] = new Set(ids?.map((id) => homeIn(region, id)));
    return first === undefined ? homesOf(account.partition) : [first, ...others];
  }

  /** Writes to those resources that the same region serves as the first; the others come back as failed, to be retried. */
  async function write(
    operation: "TagResources" | "UntagResources",
    { region, resourceIds }: Pick<TagBatch, "region" | "resourceIds">,
    change: JsonObject,
    signal: AbortSignal | undefined,
  ): Promise<TagCallResult> {
    const home = homeIn(region, resourceIds[0] ?? "");
    const here = resourceIds.filter((id) => homeIn(region, id) === home);
    const body = { ResourceARNList: here, ...change };
    const answer = await client({ operation, region, home, body, write: true, resourceIds: here, signal });
    const result = readResult(here, answer.body, answer.requestId);
    if (here.length === resourceIds.length) return result;
    const left = resourceIds.filter((id) => !here.includes(id));
    const others = left.map((id) => [id, servedElsewhere(id, homeIn(region, id))] as const);
    return { ...result, failed: new Map([...result.failed, ...others]) };
  }

  /** One call to the service of a type that no other one shows. */
  async function native<Page>(
    type: NativeType,
    region: string,
    { operation, body, resourceIds, page }: NativeCall<Page>,
    signal: AbortSignal | undefined,
  ): Promise<Page> {
    const [ofIam] = homesOf(account.partition);
    const home = type === "aws:autoscaling:autoScalingGroup" ? region : ofIam;
    return page(await client({ operation, region, home, body, write: false, resourceIds, signal }));
  }

  return {
    provider: "aws",
    account: account.account,
    regions: account.regions,
    contracts,
    globalHomes: homesOf(account.partition),
    contractFor: (type) => findContract(contracts, type),

    async tagResources(batch, { signal } = {}) {
      checkType(batch.type);
      checkTagBatch(batch, contract);
      return write("TagResources", batch, { Tags: Object.fromEntries(batch.tags) }, signal);
    },

    async untagResources(batch, { signal } = {}) {
      checkType(batch.type);
      checkUntagBatch(batch, contract);
      return write("UntagResources", batch, { TagKeys: batch.keys }, signal);
    },

    async listTagResources(query, token, { signal } = {}): Promise<TagPage> {
      checkType(query.type);
      checkTagQuery(query, { ...contract, list: readerOf(query, contract).list });
      const { region, type, tags = [] } = query;
      if (isNative(type)) {
        const { tagsCall } = await NATIVE_READS();
        return native(type, region, tagsCall(type, { account: account.account, region }, query.ids, token), signal);
      }
      const homes = homesFor(query);
      const at = positionIn(homes, token);
      const { home } = at;
      const ids = query.ids?.filter((id) => homeIn(region, id) === home);
      const body = requestOf(query, ids, at.token);
      const call = { operation: "GetResources", region, home, body, write: false, resourceIds: ids ?? [] } as const;
      const answer = await client({ ...call, signal });
      const listed = asArray(answer.body["ResourceTagMappingList"]);
      const rows = listed?.flatMap((row) => readRow(row) ?? []);
      if (rows === undefined || rows.length !== listed?.length) throw unexpectedShape(answer.requestId);
      const next = nextHome(homes, home, asText(answer.body["PaginationToken"]) ?? "");
      const carriesAll = (has: Tags) =>
        tags.every(({ key, value }) => (value === undefined ? has.has(key) : has.get(key) === value));
      return {
        rows: rows.filter((row) => isOfType(row.type, type) && carriesAll(row.tags)),
        rowCount: rows.length,
        ...(next === undefined ? {} : { nextToken: next }),
      };
    },

    async listInventory(region, type, token, { signal } = {}) {
      checkType(type);
      if (isNative(type)) {
        const { inventoryCall } = await NATIVE_READS();
        return native(type, region, inventoryCall(type, token), signal);
      }
      const { inventory } = account;
      if (inventory === "none" || type !== "aws:*:*") {
        const message = `AWS resources of ${type} have no inventory here: set \`inventory\` for the account, and list aws:*:*`;
        throw requestError("NotListable", message);
      }
      const homes = homesFor({ region, type });
      const at = positionIn(homes, token);
      const { home } = at;
      const operation = inventory === "config" ? "SelectResourceConfig" : "ListResources";
      const body = inventoryRequest(inventory, region, at.token);
      const call = { operation, region, home, body, write: false, resourceIds: [] } as const;
      const { token: next, ...page } = inventoryPage(inventory, account.account, await client({ ...call, signal }));
      const nextToken = nextHome(homes, home, next);
      return { ...page, ...(nextToken === undefined ? {} : { nextToken }) };
    },
  };
}
