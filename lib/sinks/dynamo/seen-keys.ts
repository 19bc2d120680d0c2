import { createHash } from "node:crypto";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { SeenPlace } from "../../app/ports/seen.ts";
import type { ResourceRef } from "../../core/resource.ts";

export const CALLS_AT_ONCE = 8;

export function groupsOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

export function placeOf({ type, account, region }: SeenPlace): string {
  return `seen#${type.slice(0, type.indexOf(":"))}#${account}#${region}`;
}

/** What the sort keys of a type start with; those of all AWS types start with anything. */
export function startOf(type: string): string {
  return type === "aws:*:*" ? "type#" : `type#${type}#`;
}

/**
 * One item each. `pk` = `seen#<provider>#<account>#<region>`, `sk` = service and kind, then a hash of the id, because an
 * ARN may be longer than a sort key.
 */
export function keyOf(ref: ResourceRef): Record<"pk" | "sk", AttributeValue> {
  const hash = createHash("sha256").update(ref.id).digest("base64url");
  return { pk: { S: placeOf(ref) }, sk: { S: `${startOf(ref.type)}${hash}` } };
}
