import type { InventoryResource } from "../../app/ports/provider.ts";
import type { ResourceType } from "../../core/resource.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import { asArray, asId, asText } from "../json.ts";
import { iamContract } from "./contract.ts";
import { percentEncode } from "../percent-encode.ts";
import type { HuaweiTagService } from "./tag-service.ts";

const LEGACY_AGENCY = "a legacy agency: only trust agencies of IAM v5 carry tags";

/** The last part of the type is what the path calls it: `user`, `agency`. */
const tagsPath = (type: ResourceType, id = "") =>
  `/v5/${type.slice(type.lastIndexOf(":") + 1)}/${percentEncode(id)}/tags`;

/** Agencies and trust agencies share a listing; only the latter have a trust policy. */
const isLegacy = (agency: JsonObject) => (asText(agency["trust_policy"]) ?? "") === "";

/** IAM v5: users and trust agencies, global to the account. */
export const iamService: HuaweiTagService = {
  service: "iam",
  contract: iamContract,
  tagKey: "tag_key",
  tagValue: "tag_value",

  tag: ({ type, resourceIds, tags }) => ({
    action: "TagResourceV5",
    method: "POST",
    path: `${tagsPath(type, resourceIds[0])}/create`,
    body: { tags: Array.from(tags, ([key, value]) => ({ tag_key: key, tag_value: value })) },
  }),

  untag: ({ type, resourceIds, keys }) => ({
    action: "UntagResourceV5",
    method: "DELETE",
    path: `${tagsPath(type, resourceIds[0])}/delete`,
    body: keys,
  }),

  list: (type, _place, id) => ({ action: "ListResourceTagsV5", method: "GET", path: tagsPath(type, id) }),

  inventory: (type, _region, token) => ({
    action: type === "huawei:iam:user" ? "ListUsersV5" : "ListAgenciesV5",
    method: "GET",
    path: type === "huawei:iam:user" ? "/v5/users" : "/v5/agencies",
    query: {
      limit: String(iamContract.inventory[type]?.pageSize),
      ...(token === undefined ? {} : { marker: token }),
    },
  }),

  readInventory(type, _region, body) {
    const isUser = type === "huawei:iam:user";
    const resources: InventoryResource[] = [];
    for (const row of asArray(body[isUser ? "users" : "agencies"]) ?? [undefined]) {
      const resource = asObject(row) ?? {};
      const id = asId(resource[isUser ? "user_id" : "agency_id"]);
      if (id === undefined) return undefined;
      resources.push({ type, id, ...(!isUser && isLegacy(resource) ? { notTaggable: LEGACY_AGENCY } : {}) });
    }
    const marker = asText(asObject(body["page_info"])?.["next_marker"]) ?? "";
    return { resources, ...(marker === "" ? {} : { nextToken: marker }) };
  },
};
