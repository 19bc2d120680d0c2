import type { TagPage } from "../../app/ports/provider.ts";
import type { TypeContract } from "../../core/contract.ts";
import type { ResourceType } from "../../core/resource.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import { asArray, asId, asTagValue, asText } from "../json.ts";
import { apiGatewayContract, vpcIpamContract } from "./contract.ts";

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
}

/** @see https://www.alibabacloud.com/help/en/api-gateway/traditional-api-gateway/developer-reference/api-cloudapi-2016-07-14-overview */
export const apiGateway: TagService = {
  service: "apigateway",
  version: "2016-07-14",
  contract: apiGatewayContract,
  sendsRegion: false,
  sendsMaxResults: false,
  tagRows: ["TagResources", "TagResource"],
};

/** @see https://www.alibabacloud.com/help/en/vpc/developer-reference/api-vpcipam-2023-02-28-overview */
export const vpcIpam: TagService = {
  service: "vpcipam",
  version: "2023-02-28",
  contract: vpcIpamContract,
  sendsRegion: true,
  sendsMaxResults: true,
  tagRows: ["TagResources"],
};

/** Follows a path down an answer to an array; undefined where there is none. */
export function arrayAt(object: JsonObject, path: readonly string[]): readonly unknown[] | undefined {
  let value: unknown = object;
  for (const name of path) value = asObject(value)?.[name];
  return asArray(value);
}

/**
 * What the rows of ListTagResources say, those of one resource together; undefined where one has another shape. A row is
 * one tag, and there are millions of them.
 */
export function readTagRows(rows: readonly unknown[], type: ResourceType): TagPage["rows"] | undefined {
  const tagged: { id: string; type: ResourceType; tags: Map<string, string> }[] = [];
  const byId = new Map<string, Map<string, string>>();
  for (const each of rows) {
    const row = asObject(each);
    const id = asId(row?.["ResourceId"]);
    const key = asText(row?.["TagKey"]);
    const value = asTagValue(row?.["TagValue"]);
    if (id === undefined || key === undefined || value === undefined) return undefined;
    // The rows of one resource mostly follow each other.
    const last = tagged.at(-1);
    let tags = last?.id === id ? last.tags : byId.get(id);
    if (tags === undefined) {
      tags = new Map();
      byId.set(id, tags);
      tagged.push({ id, type, tags });
    }
    tags.set(key, value);
  }
  return tagged;
}
