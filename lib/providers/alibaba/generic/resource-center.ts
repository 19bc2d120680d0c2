import type { InventoryPage, InventoryResource } from "../../../app/ports/provider.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import type { ResourceType } from "../../../core/resource.ts";
import type { Parameters } from "../../canonical-query.ts";
import { asArray, asCount, asId, asText } from "../../json.ts";
import { nextTokenOf, unexpectedShape } from "../listing.ts";
import { CENTRAL_SERVICES, genericContract as contract } from "./contract.ts";
import { TAGGABLE_TYPES } from "./taggable-types.ts";
import { readTags } from "./tags.ts";
import { HAVE_OWN_ROWS, typeOfResourceCenter } from "./types.ts";

export interface ResourceCenterCall {
  readonly action: "SearchResources" | "GetResourceCounts";
  readonly parameters: Parameters;
}

/** `places` are regions, and `global`; none = everywhere. */
function within(places: readonly string[]): Parameters {
  if (places.length === 0) return {};
  return { "Filter.1.Key": "RegionId", "Filter.1.MatchType": "Equals", "Filter.1.Value": places };
}

/**
 * The call for one page of what exists in some regions.
 * @see https://www.alibabacloud.com/help/en/resource-management/resource-center/developer-reference/api-resourcecenter-2022-12-01-searchresources
 */
export function inventoryCall(places: readonly string[], token: string | undefined): ResourceCenterCall {
  const pageSize = contract.inventory["alibaba:*:*"]?.pageSize ?? 0;
  const paging = { MaxResults: String(pageSize), ...(token !== undefined && { NextToken: token }) };
  return { action: "SearchResources", parameters: { ...within(places), ...paging } };
}

/** The page that such a call was answered with. Throws ProviderError where the answer has another shape. */
export function readInventory(answer: JsonObject, account: string): InventoryPage {
  const rows = asArray(answer["Resources"]);
  if (rows === undefined) throw unexpectedShape("SearchResources", "rows", answer);
  const resources = rows.flatMap((row) => {
    const resource = readRow(asObject(row) ?? {}, account);
    if (resource === undefined) throw unexpectedShape("SearchResources", "rows", answer);
    return resource === "none of these" ? [] : [resource];
  });
  return { resources, rowCount: rows.length, ...nextTokenOf(answer) };
}

/** One row; undefined for another shape. Where it carries no tags that can be read, neither does what it gives. */
function readRow(row: JsonObject, account: string): InventoryResource | "none of these" | undefined {
  const id = asId(row["ResourceId"]);
  const type = typeOfResourceCenter(asText(row["ResourceType"]) ?? "");
  const owner = asId(row["AccountId"]);
  if (id === undefined || type === undefined) return undefined;
  if (owner !== undefined && owner !== account) return "none of these";
  if (row["Deleted"] === true || HAVE_OWN_ROWS.has(type)) return "none of these";
  const tags = readTags(row["Tags"]);
  return {
    type,
    id,
    region: regionOf(row, type),
    ...(tags !== undefined && { tags }),
    // What carries tags can carry them, however new its type is.
    ...(!TAGGABLE_TYPES.has(type) && (tags?.size ?? 0) === 0 && { notTaggable: "UnsupportedType" }),
  };
}

function regionOf(row: JsonObject, type: ResourceType): string {
  const regionId = asText(row["RegionId"]) ?? "";
  return regionId === "" || CENTRAL_SERVICES.has(type.split(":", 2)[1] ?? "") ? "global" : regionId;
}

/**
 * The call that counts what exists in some regions.
 * @see https://www.alibabacloud.com/help/en/resource-management/resource-center/developer-reference/api-resourcecenter-2022-12-01-getresourcecounts
 */
export function countCall(by: "type" | "region", places: readonly string[]): ResourceCenterCall {
  const parameters = { GroupByKey: by === "type" ? "ResourceType" : "Region", ...within(places) };
  return { action: "GetResourceCounts", parameters };
}

/** How many there are, by type as it is called here, or by region. */
export function readCounts(answer: JsonObject, by: "type" | "region"): ReadonlyMap<string, number> {
  const groups = asArray(answer["ResourceCounts"]);
  if (groups === undefined) throw unexpectedShape("GetResourceCounts", "counts", answer);
  const counts = new Map<string, number>();
  for (const each of groups) {
    const group = asObject(each);
    const said = asText(group?.["GroupName"]);
    const count = asCount(group?.["Count"]);
    if (said === undefined || count === undefined) throw unexpectedShape("GetResourceCounts", "counts", answer);
    const name = by === "type" ? (typeOfResourceCenter(said) ?? said) : said;
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return counts;
}
