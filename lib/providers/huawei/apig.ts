import type { HuaweiAccountConfig } from "../../core/config.ts";
import type { InventoryResource } from "../../app/ports.ts";
import { asArray, asCount, asId, asObject } from "../json.ts";
import { nextPosition, positionOf } from "../numbered-pages.ts";
import { percentEncode } from "../percent-encode.ts";
import { projectOf } from "./client.ts";
import { apigContract } from "./contract.ts";
import { idInPath } from "./id-in-path.ts";
import type { HuaweiTagService } from "./tag-service.ts";

/** The most that a page of gateways holds. */
const PAGE_SIZE = 500;

/** APIG dedicated gateways, which belong to a project of a region. */
export function apigService(account: HuaweiAccountConfig): HuaweiTagService {
  const gateways = (region: string) => `/v2/${percentEncode(projectOf(account, region))}/apigw/instances`;
  const tagsPath = (region: string, id = "") => `${gateways(region)}/${idInPath(id)}/instance-tags`;
  const action = "BatchCreateOrDeleteInstanceTags";
  return {
    service: "apig",
    contract: apigContract,
    tagKey: "key",
    tagValue: "value",

    tag: ({ region, resourceIds, tags }) => ({
      action,
      method: "POST",
      path: `${tagsPath(region, resourceIds[0])}/action`,
      body: { action: "create", tags: Array.from(tags, ([key, value]) => ({ key, value })) },
    }),

    untag: ({ region, resourceIds, keys }) => ({
      action,
      method: "POST",
      path: `${tagsPath(region, resourceIds[0])}/action`,
      body: { action: "delete", tags: keys.map((key) => ({ key })) },
    }),

    list: (_type, region, id) => ({ action: "ListInstanceTags", method: "GET", path: tagsPath(region, id) }),

    inventory: (_type, region, token) => ({
      action: "ListInstancesV2",
      method: "GET",
      path: gateways(region),
      query: { offset: String(positionOf(token).offset), limit: String(PAGE_SIZE) },
    }),

    readInventory(type, body, token) {
      const resources: InventoryResource[] = [];
      for (const row of asArray(body["instances"]) ?? [undefined]) {
        const id = asId(asObject(row)?.["id"]);
        if (id === undefined) return undefined;
        resources.push({ type, id });
      }
      const total = asCount(body["total"]);
      return total === undefined ? undefined : { resources, ...nextPosition(positionOf(token), PAGE_SIZE, total) };
    },
  };
}
