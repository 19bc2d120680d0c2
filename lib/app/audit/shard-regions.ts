import { GLOBAL_SERVICES, regionOfArn } from "../../core/aws-arn.ts";
import { anyGlobMatcher } from "../../core/glob.ts";
import type { ResourceType } from "../../core/resource.ts";
import type { Shard } from "../ports/audit-queue.ts";

/** The regions that a shard audits: its own, and `global` where the listings of its region show that too. */
export function regionsOf({ region, alsoGlobal }: Pick<Shard, "region" | "alsoGlobal">): readonly string[] {
  return alsoGlobal === true ? [region, "global"] : [region];
}

/**
 * The regions in which a shard lists one of its types: a type that is listed by itself is in one of them, a listing of
 * all types in each.
 */
export function regionsListing(shard: Pick<Shard, "region" | "alsoGlobal">, type: ResourceType): readonly string[] {
  if (type.includes("*") || shard.alsoGlobal !== true) return regionsOf(shard);
  return [GLOBAL_SERVICES.has(type.split(":", 2)[1] ?? "") ? "global" : shard.region];
}

/** The region that calls for tags of this type name: what a shard shows of all types is read through its own region. */
export function readRegion(shard: Pick<Shard, "region" | "alsoGlobal">, type: ResourceType): string {
  return type.includes("*") ? shard.region : (regionsListing(shard, type)[0] ?? shard.region);
}

/** The region of a resource of this shard. */
export function regionIn({ region, alsoGlobal }: Pick<Shard, "region" | "alsoGlobal">, id: string): string {
  return alsoGlobal === true ? regionOfArn(id, region) : region;
}

/**
 * Whether what a shard shows under one of its types is to be audited there: what the configuration asks for, but that a
 * listing of all types leaves to those that the shard lists by themselves.
 */
export function asksFor(
  { only, types }: Pick<Shard, "only" | "types">,
  listed: ResourceType,
): (type: ResourceType) => boolean {
  const isConfigured = anyGlobMatcher(only);
  const apart = new Set(listed.includes("*") ? types : []);
  return (type) => isConfigured(type) && !apart.has(type);
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
