import type { NamedResource } from "../../../core/contract.ts";
import type { ResourceRef } from "../../../core/resource.ts";
import { parseAcsArn, writeAcsArn } from "./arn.ts";
import { canonicalType, codesOf } from "./types.ts";

/** What calls name a resource by: its ARN, in the Tag service's codes. What has no region is of the call's. */
export function arnOf({ type, account, region, id }: ResourceRef): string {
  return writeAcsArn({ ...codesOf(type), region: region === "global" ? "*" : region, account, id });
}

/** The resource that `arnOf` named. */
export function readArn(arn: string): NamedResource | undefined {
  const parsed = parseAcsArn(arn);
  if (parsed === undefined) return undefined;
  const { product, kind, region, id } = parsed;
  return { type: canonicalType(product, kind), region: region === "*" ? "global" : region, id };
}

/** Where a call is made, and for whom. */
export interface CallPlace {
  readonly account: string;
  /** As resources have it here. */
  readonly region: string;
  /** As the call says it. */
  readonly regionId: string;
}

/**
 * The name that `arnOf` gives to what an answer calls by this ARN, whichever spelling that has. What lies elsewhere than
 * the call keeps its own account and region, so that it is none of those that were asked for.
 */
export function nameIn(arn: string, { account, region, regionId }: CallPlace): string | undefined {
  const parsed = parseAcsArn(arn);
  if (parsed === undefined) return undefined;
  return arnOf({
    type: canonicalType(parsed.product, parsed.kind),
    account: parsed.account === "*" ? account : parsed.account,
    region: parsed.region === "*" || parsed.region === regionId ? region : parsed.region,
    id: parsed.id,
  });
}
