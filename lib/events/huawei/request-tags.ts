import { asObject, type JsonObject } from "../../core/json.ts";
import type { Tags } from "../../core/resource.ts";
import { embeddedList, textOf } from "../json/value.ts";
import { requestTags } from "../request-tags.ts";

/** What a request calls the one thing that it creates, and what keeps its tags in there. */
const PARTS = [
  "user",
  "agency",
  "instance",
  "server",
  "volume",
  "vpc",
  "subnet",
  "security_group",
  "loadbalancer",
  "listener",
  "vault",
  "share",
  "cluster",
] as const;

/**
 * The tags that a creating request gives: as pairs or a map, at the top, inside of the one thing that it creates, or where
 * a row says (`own`); and as texts, `key*value` of VPC and `key.value` of ECS.
 * https://support.huaweicloud.com/intl/en-us/api-vpc/vpc_api01_0001.html
 * https://support.huaweicloud.com/intl/en-us/api-ecs/ecs_02_0101.html
 */
export function huaweiRequestTags(request: JsonObject | undefined, own: unknown): Tags {
  const containers = [request, ...PARTS.map((part) => asObject(request?.[part])), { tags: own }];
  const tags = new Map(requestTags(containers, ""));
  for (const container of containers) {
    for (const text of embeddedList(container?.["tags"]) ?? []) {
      const tag = tagOf(textOf(text) ?? "");
      if (tag !== undefined) tags.set(...tag);
    }
  }
  return tags;
}

/** Keys hold neither sign; values of VPC may have dots. */
function tagOf(text: string): [key: string, value: string] | undefined {
  const star = text.indexOf("*");
  const at = star < 0 ? text.indexOf(".") : star;
  return at < 1 ? undefined : [text.slice(0, at), text.slice(at + 1)];
}
