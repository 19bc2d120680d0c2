import type { TagCallResult, TagPage, TagProvider, TagQuery } from "../../../app/ports/provider.ts";
import type { AlibabaAccountConfig } from "../../../core/config/config.ts";
import type { TypeContract } from "../../../core/contract.ts";
import { ProviderError } from "../../../core/errors.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import type { ResourceType } from "../../../core/resource.ts";
import type { Parameters } from "../../canonical-query.ts";
import { checkTagBatch, checkTagQuery, checkUntagBatch } from "../../check-request.ts";
import { asArray, asText } from "../../json.ts";
import type { AlibabaCall, AlibabaClient } from "../client.ts";
import { nextTokenOf, unexpectedShape, unsupported } from "../listing.ts";
import { parseAcsArn, writeAcsArn } from "./arn.ts";
import { genericContract as contract } from "./contract.ts";
import { readResult } from "./failed-resources.ts";
import { regionIdOf, resourceCenterHome, tagHome } from "./hosts.ts";
import { nameIn, type CallPlace } from "./naming.ts";
import { fitting, nextPart, partAt } from "./query-length.ts";
import { countCall, inventoryCall, readCounts, readInventory, type ResourceCenterCall } from "./resource-center.ts";
import { readTags } from "./tags.ts";
import { canonicalType, codesOf, HAVE_OWN_ROWS, isOwnName } from "./types.ts";

/** The calls for everything that has no row of its own. */
export type GenericCalls = Required<
  Pick<
    TagProvider,
    "tagResources" | "untagResources" | "listTagResources" | "listInventory" | "countInventory" | "listTypes"
  >
>;

/** What loads with the accounts that ask for it. */
export interface GenericRow {
  readonly contract: TypeContract;
  /** Whether this is the name here of a type, and not another spelling of it. */
  readonly serves: (type: ResourceType) => boolean;
  readonly calls: (client: AlibabaClient, account: AlibabaAccountConfig) => GenericCalls;
}

/** Tag 2018-08-28 and Resource Center of one account. Calls name resources by their ARNs. */
export const genericRow: GenericRow = { contract, serves: isOwnName, calls: genericCalls };

function genericCalls(client: AlibabaClient, config: AlibabaAccountConfig): GenericCalls {
  const { account, regions } = config;
  const home = resourceCenterHome(config);
  const placeOf = (region: string): CallPlace => ({ account, region, regionId: regionIdOf(region) });

  function tagCall(
    rest: Pick<AlibabaCall, "action" | "region" | "parameters" | "write" | "resourceIds" | "signal">,
  ): Promise<JsonObject> {
    const parameters = { RegionId: regionIdOf(rest.region), ...rest.parameters };
    return client({ ...rest, service: "tag", version: "2018-08-28", home: tagHome(rest.region), parameters });
  }

  function resourceCenter(region: string, call: ResourceCenterCall, signal: AbortSignal | undefined) {
    const request = { ...call, region, home, write: false, resourceIds: [], signal } as const;
    return client({ ...request, service: "resourcecenter", version: "2022-12-01" });
  }

  /** Writes to as many as a call's length takes; the others come back as failed, to be tried again. */
  async function write(
    action: "TagResources" | "UntagResources",
    { region, resourceIds }: { readonly region: string; readonly resourceIds: readonly string[] },
    change: Parameters,
    signal: AbortSignal | undefined,
  ): Promise<TagCallResult> {
    const place = placeOf(region);
    checkNames(resourceIds, place);
    const sent = fitting(resourceIds, change);
    const parameters = { ResourceARN: sent, ...change };
    const answer = await tagCall({ action, region, parameters, write: true, resourceIds: sent, signal });
    const result = readResult(sent, answer, (arn) => nameIn(arn, place));
    if (sent.length === resourceIds.length) return result;
    const left = resourceIds.slice(sent.length).map((name) => [name, leftOut(name)] as const);
    return { ...result, failed: new Map([...result.failed, ...left]) };
  }

  return {
    async tagResources(batch, { signal } = {}) {
      checkTagBatch(batch, contract);
      return write("TagResources", batch, { Tags: JSON.stringify(Object.fromEntries(batch.tags)) }, signal);
    },

    async untagResources(batch, { signal } = {}) {
      checkUntagBatch(batch, contract);
      return write("UntagResources", batch, { TagKey: batch.keys }, signal);
    },

    async listTagResources(query: TagQuery, token, { signal } = {}): Promise<TagPage> {
      checkTagQuery(query, contract);
      const { region, type, ids, tags = [] } = query;
      const place = placeOf(region);
      checkNames(ids ?? [], place);
      const filters = tags.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value] as const]));
      const matching = filters.length === 0 ? {} : { Tags: JSON.stringify(Object.fromEntries(filters)) };
      const { part, sent, token: own } = partAt(ids, matching, token);
      const whole = ids === undefined ? wholeType(type, place) : [];
      if (ids === undefined && whole.length === 0 && filters.length === 0) throw keyAlone();
      const parameters: Parameters = {
        ResourceARN: [...sent, ...whole],
        ...matching,
        Category: "Custom",
        PageSize: String(contract.list.rowsPerPage),
        ...(own !== undefined && { NextToken: own }),
      };
      const action = "ListTagResources";
      const answer = await tagCall({ action, region, parameters, write: false, resourceIds: sent, signal });
      const rows = asArray(answer["TagResources"]);
      if (rows === undefined) throw unexpectedShape(action, "rows of tags", answer);
      const read = readRows(rows, place, new Map(ids?.map((name) => [nameIn(name, place), name])));
      if (read === undefined) throw unexpectedShape(action, "rows of tags", answer);
      const carriesAll = (row: TagPage["rows"][number]) => tags.every(({ key }) => row.tags.has(key));
      const nextToken = nextPart(part, nextTokenOf(answer).nextToken);
      return { rows: read.filter(carriesAll), rowCount: rows.length, ...(nextToken !== undefined && { nextToken }) };
    },

    async listInventory(region, type, token, { signal } = {}) {
      if (contract.inventory[type] === undefined) throw unsupported(type);
      const answer = await resourceCenter(region, inventoryCall(placesIn(region, regions), token), signal);
      return readInventory(answer, account);
    },

    async countInventory(region, type, by, { signal } = {}) {
      if (contract.inventory[type] === undefined) throw unsupported(type);
      // What lies in regions that nobody configured is to be seen as well, where regions are asked for.
      const places = by === "region" && region === "all" ? [] : placesIn(region, regions);
      return readCounts(await resourceCenter(region, countCall(by, places), signal), by);
    },

    async listTypes(region, token, { signal } = {}) {
      const action = "ListSupportResourceTypes";
      const parameters: Parameters = {
        SupportCode: "TAG_CONSOLE_SUPPORT",
        MaxResult: "1000",
        ...(token !== undefined && { NextToken: token }),
      };
      const answer = await tagCall({ action, region, parameters, write: false, resourceIds: [], signal });
      const types = asArray(answer["SupportResourceTypes"])?.map(readType);
      if (types?.every((type) => type !== undefined) !== true) throw unexpectedShape(action, "types", answer);
      return { types: types.filter((type) => !HAVE_OWN_ROWS.has(type)), ...nextTokenOf(answer) };
    },
  };
}

/** The regions to list: all that are configured and what has none, or one. */
function placesIn(region: string, regions: readonly string[]): readonly string[] {
  return region === "all" ? [...regions, "global"] : [region];
}

/** All of a type; none for types that are given by a pattern. */
function wholeType(type: ResourceType, { account, region, regionId }: CallPlace): readonly string[] {
  if (type.includes("*")) return [];
  return [writeAcsArn({ ...codesOf(type), region: region === "global" ? "*" : regionId, account, id: "*" })];
}

/**
 * Throws for names that the call would be refused for as a whole: of another account or region, or of one resource in two
 * spellings.
 */
function checkNames(names: readonly string[], place: CallPlace): void {
  for (const name of names) {
    const arn = parseAcsArn(name);
    if (arn === undefined)
      throw notHere("IllegalResourceId", `${JSON.stringify(name)} is no ARN of the Tag service`, name);
    const isHere = ["*", place.regionId].includes(arn.region) && ["*", place.account].includes(arn.account);
    if (!isHere) throw notHere("ForeignArn", `${name} is of another account or region than the call`, name);
  }
  if (new Set(names.map((name) => nameIn(name, place))).size === names.length) return;
  const message = "a call names a resource twice, in two spellings";
  throw new ProviderError({ code: "DuplicateResourceId", kind: "request", message, httpStatus: 0, requestId: "" });
}

function notHere(code: string, message: string, resourceId: string): ProviderError {
  return new ProviderError({ code, kind: "resource-permanent", message, httpStatus: 0, requestId: "", resourceId });
}

/** What a write says of the resources that its call had no room for. */
function leftOut(resourceId: string): ProviderError {
  const message = `${resourceId} takes another call: this one is as long as it may be`;
  return new ProviderError({
    code: "CallTooLong",
    kind: "conflict",
    message,
    httpStatus: 0,
    requestId: "",
    resourceId,
  });
}

/**
 * No page says what a key without a value stands for: it might be the empty value.
 * @see https://www.alibabacloud.com/help/en/resource-management/tag/developer-reference/api-tag-2018-08-28-listtagresources
 */
function keyAlone(): ProviderError {
  const message = `${contract.list.action} can't look for a key with any value among all types: name one type, or a value`;
  return new ProviderError({ code: "InvalidTagFilter", kind: "request", message, httpStatus: 0, requestId: "" });
}

/**
 * Rows by the names that were asked for, those of one resource together whatever their spelling; undefined where one has
 * another shape.
 */
function readRows(
  rows: readonly unknown[],
  place: CallPlace,
  asked: ReadonlyMap<string | undefined, string>,
): TagPage["rows"] | undefined {
  const read: { id: string; type: ResourceType; tags: ReadonlyMap<string, string> }[] = [];
  for (const each of rows) {
    const row = asObject(each);
    const name = nameIn(asText(row?.["ResourceARN"]) ?? "", place);
    const tags = readTags(row?.["Tags"]);
    if (name === undefined || tags === undefined) return undefined;
    const type = contract.naming?.read(name)?.type ?? "";
    read.push({ id: asked.get(name) ?? name, type, tags });
  }
  return read;
}

function readType(value: unknown): ResourceType | undefined {
  const row = asObject(value);
  const product = asText(row?.["ProductCode"]) ?? "";
  const kind = asText(row?.["ResourceType"]) ?? "";
  return product === "" || kind === "" ? undefined : canonicalType(product, kind);
}
