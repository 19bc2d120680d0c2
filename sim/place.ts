import type { ResourceRef } from "../lib/core/resource.ts";
import { parseTagArn } from "../local/emulator/alibaba/tag-service/arn.ts";
import { taggableType } from "../local/emulator/alibaba/tag-service/taggable-types.ts";
import { isGeneric } from "./generic-types.ts";

/**
 * What tells a resource from all others. Ids are unique within an account and region, but for those of Alibaba Cloud's
 * generic row: types share them there, and calls have ARNs in their place, in whichever spelling.
 */
export function placeOf({ type, account, region, id }: ResourceRef): string {
  if (!isGeneric(type)) return `${account}/${region}/${id}`;
  const arn = parseTagArn(id);
  if (arn === undefined) return `${account}/${region}/${type}/${id}`;
  const named = taggableType(arn.product, arn.kind)?.type ?? `alibaba:${arn.product}:${arn.kind}`;
  return `${account}/${region}/${named}/${arn.id}`;
}
