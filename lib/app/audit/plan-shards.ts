import { optsIn } from "../../core/asked-types.ts";
import { AWS_GLOBAL_HOMES } from "../../core/config/aws-homes.ts";
import type { AccountConfigBase } from "../../core/config/config.ts";
import type { TypeContract } from "../../core/contract.ts";
import { anyGlobMatcher, globsMeet } from "../../core/glob.ts";
import type { ResourceRef, ResourceType } from "../../core/resource.ts";
import type { Shard } from "../ports/audit-queue.ts";

/**
 * The shards of one account: one per region and service, and one per service for resources that have no region.
 * A contract that serves types by pattern (`aws:*:*`) is listed as a whole, in each region and once as `global`, and with
 * it what it lists by itself; where one listing shows the whole account, all of its regions are one shard. Where
 * the listings of a configured region show all that is global too, its shard audits both, and nothing is listed twice:
 * `homes` = the regions whose endpoints serve what has no region. Sorted, and the same from run to run while the configuration is.
 */
export function planShards(
  account: Pick<AccountConfigBase, "provider" | "account" | "regions" | "types">,
  contracts: readonly TypeContract[],
  homes: readonly string[] = [],
): Shard[] {
  // Of several homes each shows a part, and nobody says which of them shows what.
  const home = homes.length === 1 ? homes.find((one) => account.regions.includes(one)) : undefined;
  const typesByPlace = new Map<string, { region: string; service: string; types: ResourceType[] }>();
  const ofAccount = account.regions.filter((region) => region !== "global");
  for (const contract of contracts) {
    if (!optsIn(account, contract, contracts)) continue;
    for (const type of listableTypes(contract, account.types)) {
      for (const region of placesOf(contract, type, account.regions, home)) {
        const [, name = ""] = type.split(":");
        // What is listed by itself beside a listing of all types is audited with it, so that nothing is judged twice.
        const service = contract.types.some(isPattern) ? "all" : name;
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
      ...(region === ALL && { regions: ofAccount }),
      ...(region === home && types.some(isPattern) && { alsoGlobal: true as const }),
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
    isPattern(type) ? globs === undefined || globs.some((glob) => globsMeet(glob, type)) : configured(type),
  );
}

function placesOf(
  contract: TypeContract,
  type: ResourceType,
  regions: readonly string[],
  home: string | undefined,
): readonly string[] {
  if (contract.global) return ["global"];
  if (contract.inventory[type]?.per === "account") return [ALL];
  if (contract.globalServices?.has(type.split(":", 2)[1] ?? "") === true) return [home ?? "global"];
  // A configuration may name `global` itself; its home audits that too.
  const own = regions.filter((region) => region !== "global");
  if (!isPattern(type)) return own;
  return home === undefined ? [...own, "global"] : own;
}

/** The region of a shard that audits all of them. */
const ALL = "all";

function isPattern(type: ResourceType): boolean {
  return type.includes("*");
}

const HOMES = Object.values(AWS_GLOBAL_HOMES).flat();

/**
 * Ids of the shards that a resource may be listed by: its service's, or the one of all services of its cloud; of what
 * has no region, that of a home after them; the one of all regions last.
 */
export function shardIdsOf({ type, account, region }: ResourceRef): string[] {
  const [provider = "", service = ""] = type.split(":");
  const homes = provider === "aws" && region === "global" ? HOMES : [];
  return [
    ...[region, ...homes].flatMap((place) => [service, "all"].map((one) => shardId(provider, account, place, one))),
    shardId(provider, account, ALL, "all"),
  ];
}

/**
 * Shards that an earlier run may have audited in place of this one where it audits what has no region: the home of that
 * was added to the configuration since, or taken out.
 */
export function globalBefore({ provider, account, region, service, alsoGlobal }: Shard): string[] {
  const places = alsoGlobal === true ? ["global"] : region === "global" ? HOMES : [];
  return places.map((place) => shardId(provider, account, place, service));
}

function shardId(provider: string, account: string, region: string, service: string): string {
  return [provider, account, region, service].map(safe).join(".");
}

/** Fit for a file name, with `.` kept for joining. */
function safe(part: string): string {
  return part.replaceAll(/[^A-Za-z0-9_-]/gu, "_");
}
