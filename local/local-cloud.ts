import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { providerOf, type ProviderName } from "../lib/core/resource.ts";
import { globalHomeOf, globalHomesNear } from "./emulator/aws/global-home.ts";
import type { EmulatedResource } from "./emulator/emulated-resource.ts";
import { startEmulator, type Emulator } from "./emulator/start.ts";
import type { LocalPlan } from "./local-plan.ts";

/** Starts the emulated clouds with room for these resources, and with what an earlier run left in `stateFile`. */
export async function startLocalCloud(
  { resources, faults, projects }: Pick<LocalPlan, "resources" | "faults" | "projects">,
  stateFile: string | undefined,
): Promise<Emulator> {
  const kept = stateFile !== undefined && existsSync(stateFile) ? readState(stateFile) : [];
  const all = [...kept, ...resources];
  return startEmulator({ resources: kept, accounts: accountsOf(all), regions: regionsOf(all), faults, projects });
}

/** Keeps what exists for the next run. */
export function saveLocalCloud(emulator: Emulator, stateFile: string): void {
  writeFileSync(stateFile, JSON.stringify([...emulator.world.all()]));
}

function readState(path: string): EmulatedResource[] {
  return JSON.parse(readFileSync(path, "utf8")) as EmulatedResource[];
}

/** The regions that each account (`provider:account`) has resources in, in the order of their first one. */
export type UsedRegions = ReadonlyMap<string, readonly string[]>;

export function usedRegions(resources: Iterable<EmulatedResource>): UsedRegions {
  const used = new Map<string, string[]>();
  for (const { type, account, region, id } of resources) {
    const provider = providerOf(type);
    if (provider === undefined) continue;
    const key = `${provider}:${account}`;
    const regions = used.get(key) ?? [];
    used.set(key, regions);
    // The audit asks every AWS account for what has no region, too, and that is asked for at home.
    const served = provider === "aws" ? [region, ...globalHomesNear(globalHomeOf(id))] : [region];
    for (const one of served) if (one !== "global" && !regions.includes(one)) regions.push(one);
  }
  return used;
}

function accountsOf(resources: readonly EmulatedResource[]): string[] {
  return [...new Set(resources.map(({ type, account }) => `${providerOf(type) ?? "aws"}:${account}`))];
}

function regionsOf(resources: readonly EmulatedResource[]): Partial<Record<ProviderName, string[]>> {
  const regions: Partial<Record<ProviderName, string[]>> = {};
  for (const [key, used] of usedRegions(resources)) {
    const provider = key.slice(0, key.indexOf(":")) as ProviderName;
    regions[provider] = [...new Set([...(regions[provider] ?? []), ...used])];
  }
  return regions;
}
