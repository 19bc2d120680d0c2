import type { AccountConfigBase } from "../core/config.ts";
import type { TypeContract } from "../core/contract.ts";
import { anyGlobMatcher, globsMeet } from "../core/policy/glob.ts";
import type { ResourceRef, ResourceType } from "../core/resource.ts";
import type { Shard } from "./ports/audit-queue.ts";

/**
 * The shards of one account: one per region and service, and one per service for resources that have no region.
 * A contract that serves types by pattern (`aws:*:*`) is listed as a whole, in each region and once as `global`.
 * Sorted, and the same from run to run while the configuration is.
 */
export function planShards(
  account: Pick<AccountConfigBase, "provider" | "account" | "regions" | "types">,
  contracts: readonly TypeContract[],
): Shard[] {
  const typesByPlace = new Map<string, { region: string; service: string; types: ResourceType[] }>();
  for (const contract of contracts) {
    for (const type of listableTypes(contract, account.types)) {
      for (const region of regionsOf(contract, type, account.regions)) {
        const [, name = ""] = type.split(":");
        const service = name === "*" ? "all" : name;
        const place = JSON.stringify([region, service]);
        const entry = typesByPlace.get(place) ?? { region, service, types: [] };
        entry.types.push(type);
        typesByPlace.set(place, entry);
      }
    }
  }
  return [...typesByPlace.values()]
    .map(({ region, service, types }) => ({
      id: shardId(account.provider, account.account, region, service),
      provider: account.provider,
      account: account.account,
      region,
      service,
      types: types.sort(),
      ...(account.types !== undefined && { only: account.types }),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

function listableTypes(contract: TypeContract, globs: readonly string[] | undefined): ResourceType[] {
  const listable = new Set([...Object.keys(contract.inventory), ...(contract.list.scan ? contract.types : [])]);
  const configured = anyGlobMatcher(globs);
  return [...listable].filter((type) =>
    type.includes("*") ? globs === undefined || globs.some((glob) => globsMeet(glob, type)) : configured(type),
  );
}

function regionsOf(contract: TypeContract, type: ResourceType, regions: readonly string[]): readonly string[] {
  if (contract.global) return ["global"];
  return type.includes("*") ? [...new Set([...regions, "global"])] : regions;
}

/** Ids of the shards that a resource may be listed by: its service's, or the one of all services of its cloud. */
export function shardIdsOf({ type, account, region }: ResourceRef): string[] {
  const [provider = "", service = ""] = type.split(":");
  return [service, "all"].map((one) => shardId(provider, account, region, one));
}

function shardId(provider: string, account: string, region: string, service: string): string {
  return [provider, account, region, service].map(safe).join(".");
}

/** Fit for a file name, with `.` kept for joining. */
function safe(part: string): string {
  return part.replaceAll(/[^A-Za-z0-9_-]/gu, "_");
}
