import type { TaggableType } from "./taggable-types.ts";

/** The parts of `arn:acs:${ProductCode}:${Region}:${Account}:${ResourceType}/${ResourceId}`, as they stand in it. */
export interface TagArn {
  readonly product: string;
  /** `*` = the call's. */
  readonly region: string;
  /** `*` = the caller's. */
  readonly account: string;
  readonly kind: string;
  readonly id: string;
}

const ARN = /^arn:acs:([A-Za-z0-9_-]+):(\*|[a-z0-9-]+):(\*|[0-9]+):([A-Za-z0-9_-]+)\/(.+)$/s;

export function parseTagArn(text: string): TagArn | undefined {
  const parts = ARN.exec(text);
  if (parts === null) return undefined;
  const [, product = "", region = "", account = "", kind = "", id = ""] = parts;
  return { product, region, account, kind, id };
}

/** An ARN in the Tag service's own codes. */
export function writeTagArn({ product, kind }: TaggableType, region: string, account: string, id: string): string {
  return `arn:acs:${product}:${region}:${account}:${kind}/${id}`;
}
