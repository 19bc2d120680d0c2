import { regionOfArn } from "../../core/aws-arn.ts";
import { anyGlobMatcher } from "../../core/glob.ts";
import type { ResourceType } from "../../core/resource.ts";
import type { Shard } from "../ports/audit-queue.ts";

/** The regions that a shard audits: its own, and `global` where the listings of its region show that too. */
export function regionsOf({ region, alsoGlobal }: Pick<Shard, "region" | "alsoGlobal">): readonly string[] {
  return alsoGlobal === true ? [region, "global"] : [region];
}

/** The region of a resource of this shard. */
export function regionIn({ region, alsoGlobal }: Pick<Shard, "region" | "alsoGlobal">, id: string): string {
  return alsoGlobal === true ? regionOfArn(id, region) : region;
}

/** Whether a shard that lists all types of its cloud is to audit those of this type. */
export function asksFor({ only }: Pick<Shard, "only">): (type: ResourceType) => boolean {
  return anyGlobMatcher(only);
}

/**
 * Whether a resource is in the regions of this shard. What names no region belongs to the region that lists it, which
 * `global` is not.
 */
export function isIn(shard: Pick<Shard, "region" | "alsoGlobal">): (id: string) => boolean {
  const regions = regionsOf(shard);
  const fallback = shard.region === "global" ? "" : shard.region;
  return (id) => regions.includes(regionOfArn(id, fallback));
}

/** One page of a listing that goes through regions, one after the other; its tokens say where it stands. */
export async function inTurn<Page extends { readonly nextToken?: string }>(
  regions: readonly string[],
  token: string | undefined,
  fetch: (region: string, token: string | undefined) => Promise<Page>,
): Promise<Page> {
  const [first = "", ...others] = regions;
  if (others.length === 0) return fetch(first, token);
  const space = token?.indexOf(" ") ?? -1;
  const region = token === undefined ? first : token.slice(0, Math.max(0, space));
  const inRegion = token?.slice(space + 1);
  const page = await fetch(region, inRegion === "" ? undefined : inRegion);
  const next = regions[regions.indexOf(region) + 1];
  if (page.nextToken !== undefined) return { ...page, nextToken: `${region} ${page.nextToken}` };
  return next === undefined ? page : { ...page, nextToken: `${next} ` };
}
