import { asksFor as asksForTypes } from "../../core/asked-types.ts";
import type { TypeContract } from "../../core/contract.ts";
import type { ResourceRef, ResourceType } from "../../core/resource.ts";
import type { Shard } from "../ports/audit-queue.ts";
import type { TagProvider } from "../ports/provider.ts";

type Regions = Pick<Shard, "region" | "regions" | "alsoGlobal">;

/** The regions that a shard audits: its own, and `global` where its listings show that too. */
export function regionsOf({ region, regions, alsoGlobal }: Regions): readonly string[] {
  if (regions !== undefined) return [...regions, "global"];
  return alsoGlobal === true ? [region, "global"] : [region];
}

/**
 * The regions in which a shard lists one of its types: a type that is listed by itself is in one of them, a listing of
 * all types in each.
 */
export function regionsListing(shard: Regions, type: ResourceType, contract: TypeContract): readonly string[] {
  if (type.includes("*") || shard.alsoGlobal !== true) return regionsOf(shard);
  return [contract.globalServices?.has(type.split(":", 2)[1] ?? "") === true ? "global" : shard.region];
}

/** The regions that an inventory is asked for, one after the other; where one listing shows all of them, that one. */
export function regionsOfInventory(shard: Regions, type: ResourceType, contract: TypeContract): readonly string[] {
  return shard.regions === undefined ? regionsListing(shard, type, contract) : [shard.region];
}

/** The region that a listing of all tags of this type names. */
export function scanRegion(shard: Regions, type: ResourceType, contract: TypeContract): string {
  return type.includes("*") ? shard.region : (regionsListing(shard, type, contract)[0] ?? shard.region);
}

/** What a listing calls a resource by, read. */
export interface Named extends Pick<ResourceRef, "id" | "region" | "project"> {
  /** The region that calls for its tags name: what the listings of one region show is read through that. */
  readonly readIn: string;
}

/** Reads what the listings of one of a shard's types call resources by. */
export function placeIn(shard: Regions, listed: ResourceType, contract: TypeContract): (name: string) => Named {
  const own = scanRegion(shard, listed, contract);
  if (!listed.includes("*")) return (id) => ({ id, region: own, readIn: own });
  const spans = shard.alsoGlobal === true || shard.regions !== undefined;
  return (name) => {
    const { id = name, region: said, project } = contract.naming?.read(name) ?? {};
    const region = spans ? (said ?? own) : own;
    return {
      id,
      region,
      readIn: shard.regions === undefined ? own : region,
      ...(project !== undefined && { project }),
    };
  };
}

/** What the listings of one of a shard's types say: whose resources they show, and in which of the shard's regions. */
export interface ListedType {
  readonly shard: Pick<Shard, "only" | "types"> & Regions;
  readonly type: ResourceType;
  readonly contract: TypeContract;
  readonly provider: Pick<TagProvider, "contracts" | "contractFor">;
}

/**
 * Whether what a shard shows under one of its types is to be audited there: what the configuration asks for, but that a
 * listing of all types leaves to those that are listed by themselves.
 */
export function asksFor({ shard, type: listed, contract, provider }: ListedType): (type: ResourceType) => boolean {
  const isConfigured = asksForTypes(shard.only, contract, provider.contracts);
  if (!listed.includes("*")) return isConfigured;
  const apart = new Set(shard.types);
  const known = new Map<ResourceType, boolean>();
  return (type) => {
    let asked = known.get(type);
    if (asked === undefined) {
      asked = isConfigured(type) && !apart.has(type) && provider.contractFor(type) === contract;
      known.set(type, asked);
    }
    return asked;
  };
}

/**
 * Whether a resource is in the regions of this shard. What names no region belongs to the region that lists it, which
 * `global` is not.
 */
export function isIn({ shard, contract }: Pick<ListedType, "shard" | "contract">): (name: string) => boolean {
  const regions = regionsOf(shard);
  const fallback = shard.region === "global" ? "" : shard.region;
  return (name) => regions.includes(contract.naming?.read(name)?.region ?? fallback);
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
