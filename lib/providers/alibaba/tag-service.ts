import type { TypeContract } from "../../core/contract.ts";
import type { ResourceType, Tags } from "../../core/resource.ts";
import { asArray, asId, asObject, asTagValue, asText, type JsonObject } from "../json.ts";
import { apiGatewayContract, vpcIpamContract } from "./contract.ts";

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

/** What is particular to one of the two tagging services: data, read by one provider. */
export interface TagService {
  readonly service: "apigateway" | "vpcipam";
  readonly version: string;
  readonly contract: TypeContract;
  /** Parameters of every call: CloudAPI knows its region by its host, VpcIpam wants it named. */
  readonly sendsRegion: boolean;
  /** Whether ListTagResources takes MaxResults. */
  readonly sendsMaxResults: boolean;
  /** From the answer of ListTagResources down to the array of rows. */
  readonly tagRows: readonly string[];
  /** `number`: PageNumber, PageSize and TotalCount; `token`: NextToken and MaxResults. */
  readonly paging: "number" | "token";
  readonly inventory: Readonly<Record<ResourceType, InventoryShape>>;
}

const gatewayTags = { tags: ["Tags", "TagInfo"], tagKey: "Key", tagValue: "Value" } as const;
const ipamTags = { tags: ["Tags"], tagKey: "Key", tagValue: "Value" } as const;

/** @see https://www.alibabacloud.com/help/en/api-gateway/traditional-api-gateway/developer-reference/api-cloudapi-2016-07-14-overview */
export const apiGateway: TagService = {
  service: "apigateway",
  version: "2016-07-14",
  contract: apiGatewayContract,
  sendsRegion: false,
  sendsMaxResults: false,
  tagRows: ["TagResources", "TagResource"],
  paging: "number",
  inventory: {
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
  },
};

/** @see https://www.alibabacloud.com/help/en/vpc/developer-reference/api-vpcipam-2023-02-28-overview */
export const vpcIpam: TagService = {
  service: "vpcipam",
  version: "2023-02-28",
  contract: vpcIpamContract,
  sendsRegion: true,
  sendsMaxResults: true,
  tagRows: ["TagResources"],
  paging: "token",
  inventory: {
    "alibaba:vpcipam:IPAM": { action: "ListIpams", rows: ["Ipams"], id: "IpamId", ...ipamTags },
    "alibaba:vpcipam:IPAMSCOPE": { action: "ListIpamScopes", rows: ["IpamScopes"], id: "IpamScopeId", ...ipamTags },
    "alibaba:vpcipam:IPAMPOOL": { action: "ListIpamPools", rows: ["IpamPools"], id: "IpamPoolId", ...ipamTags },
  },
};

/** Follows a path down an answer to an array; undefined where there is none. */
function arrayAt(object: JsonObject, path: readonly string[]): readonly unknown[] | undefined {
  let value: unknown = object;
  for (const name of path) value = asObject(value)?.[name];
  return asArray(value);
}

/** The rows of an answer as objects; undefined where the answer has another shape. */
export function rowsAt(answer: JsonObject, path: readonly string[]): readonly JsonObject[] | undefined {
  const rows = arrayAt(answer, path)?.map((row) => asObject(row));
  return rows?.every((row) => row !== undefined) === true ? rows : undefined;
}

/** One row of an inventory. Tags are undefined where the row doesn't carry them; undefined for a row without an id. */
export function readInventoryRow(
  row: JsonObject,
  shape: InventoryShape,
): { id: string; tags: Tags | undefined } | undefined {
  const id = asId(row[shape.id]);
  if (id === undefined) return undefined;
  const pairs = arrayAt(row, shape.tags);
  if (pairs === undefined) return { id, tags: undefined };
  const tags = new Map<string, string>();
  for (const pair of pairs) {
    const key = asText(asObject(pair)?.[shape.tagKey]);
    const value = asTagValue(asObject(pair)?.[shape.tagValue]);
    if (key === undefined || value === undefined) return { id, tags: undefined };
    tags.set(key, value);
  }
  return { id, tags };
}

/** The rows of ListTagResources, those of one resource together; undefined where one has another shape. */
export function readTagRows(rows: readonly JsonObject[]): ReadonlyMap<string, Tags> | undefined {
  const byId = new Map<string, Map<string, string>>();
  for (const row of rows) {
    const id = asId(row["ResourceId"]);
    const key = asText(row["TagKey"]);
    const value = asTagValue(row["TagValue"]);
    if (id === undefined || key === undefined || value === undefined) return undefined;
    const tags = byId.get(id);
    if (tags === undefined) byId.set(id, new Map([[key, value]]));
    else tags.set(key, value);
  }
  return byId;
}
