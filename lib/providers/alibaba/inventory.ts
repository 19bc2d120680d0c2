import type { InventoryPage, InventoryResource } from "../../app/ports/provider.ts";
import type { ResourceType } from "../../core/resource.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import { asCount, asId, asTagValue, asText } from "../json.ts";
import { nextPosition, positionOf } from "../numbered-pages.ts";
import { nextTokenOf, unexpectedShape, unsupported } from "./listing.ts";
import { arrayAt, type TagService } from "./tag-service.ts";

/** Where an inventory API keeps its rows, their ids and their tags. */
export interface InventoryShape {
  /** The action without provider and service. */
  readonly action: string;
  /** From the answer's object down to the array of rows. */
  readonly rows: readonly string[];
  readonly id: string;
  readonly tags: readonly string[];
  readonly tagKey: string;
  readonly tagValue: string;
}

const gatewayTags = { tags: ["Tags", "TagInfo"], tagKey: "Key", tagValue: "Value" } as const;
const ipamTags = { tags: ["Tags"], tagKey: "Key", tagValue: "Value" } as const;

/** By type. */
const SHAPES: Readonly<Record<ResourceType, InventoryShape>> = {
  "alibaba:apigateway:apiGroup": {
    action: "DescribeApiGroups",
    rows: ["ApiGroupAttributes", "ApiGroupAttribute"],
    id: "GroupId",
    ...gatewayTags,
  },
  "alibaba:apigateway:plugin": {
    action: "DescribePlugins",
    rows: ["Plugins", "PluginAttribute"],
    id: "PluginId",
    ...gatewayTags,
  },
  "alibaba:apigateway:app": {
    action: "DescribeAppAttributes",
    rows: ["Apps", "AppAttribute"],
    id: "AppId",
    ...gatewayTags,
  },
  "alibaba:apigateway:api": {
    action: "DescribeApis",
    rows: ["ApiSummarys", "ApiSummary"],
    id: "ApiId",
    tags: ["TagList", "Tag"],
    tagKey: "TagKey",
    tagValue: "TagValue",
  },
  "alibaba:vpcipam:IPAM": { action: "ListIpams", rows: ["Ipams"], id: "IpamId", ...ipamTags },
  "alibaba:vpcipam:IPAMSCOPE": { action: "ListIpamScopes", rows: ["IpamScopes"], id: "IpamScopeId", ...ipamTags },
  "alibaba:vpcipam:IPAMPOOL": { action: "ListIpamPools", rows: ["IpamPools"], id: "IpamPoolId", ...ipamTags },
};

/** CloudAPI pages by PageNumber, PageSize and TotalCount, VpcIpam by NextToken and MaxResults. */
const PAGED_BY_NUMBER: ReadonlySet<TagService["service"]> = new Set(["apigateway"]);

/** The call for one page of what exists. Throws ProviderError where the type has no inventory. */
export function inventoryRequest(service: TagService, type: ResourceType, token: string | undefined) {
  const { action, pageSize } = shapeOf(service, type);
  if (!PAGED_BY_NUMBER.has(service.service)) {
    return { action, parameters: { MaxResults: String(pageSize), ...(token !== undefined && { NextToken: token }) } };
  }
  const { offset } = positionOf(token);
  return { action, parameters: { PageNumber: String(offset / pageSize + 1), PageSize: String(pageSize) } };
}

/** The page that such a call was answered with. Throws ProviderError where the answer has another shape. */
export function readInventory(
  service: TagService,
  type: ResourceType,
  token: string | undefined,
  answer: JsonObject,
): InventoryPage {
  const { pageSize, ...shape } = shapeOf(service, type);
  const { action } = shape;
  const rows = arrayAt(answer, shape.rows);
  if (rows === undefined) throw unexpectedShape(action, "rows", answer);
  const resources = rows.map((row) => {
    const resource = readInventoryRow(asObject(row), type, shape);
    if (resource === undefined) throw unexpectedShape(action, "rows", answer);
    return resource;
  });
  if (!PAGED_BY_NUMBER.has(service.service)) return { resources, ...nextTokenOf(answer) };
  const total = asCount(answer["TotalCount"]);
  if (total === undefined) throw unexpectedShape(action, "TotalCount", answer);
  return { resources, ...nextPosition(positionOf(token), pageSize, total) };
}

function shapeOf({ contract }: TagService, type: ResourceType): InventoryShape & { readonly pageSize: number } {
  const shape = SHAPES[type];
  const pageSize = contract.inventory[type]?.pageSize;
  if (shape === undefined || pageSize === undefined) throw unsupported(type);
  return { ...shape, pageSize };
}

/** One row of an inventory. Without tags where the row doesn't carry them; undefined for a row without an id. */
function readInventoryRow(
  row: JsonObject | undefined,
  type: ResourceType,
  shape: InventoryShape,
): InventoryResource | undefined {
  const id = asId(row?.[shape.id]);
  if (row === undefined || id === undefined) return undefined;
  const pairs = arrayAt(row, shape.tags);
  if (pairs === undefined) return { type, id };
  const tags = new Map<string, string>();
  for (const pair of pairs) {
    const tag = asObject(pair);
    const key = asText(tag?.[shape.tagKey]);
    const value = asTagValue(tag?.[shape.tagValue]);
    if (key === undefined || value === undefined) return { type, id };
    tags.set(key, value);
  }
  return { type, id, tags };
}
