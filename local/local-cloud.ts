import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { providerOf, type ProviderName } from "../lib/core/resource.ts";
import type { EmulatedResource } from "./emulator/emulated-resource.ts";
import type { Fault } from "./emulator/faults.ts";
import { startEmulator, type Emulator } from "./emulator/start.ts";

/** Starts the emulated clouds with room for these resources, and with what an earlier run left in `stateFile`. */
export async function startLocalCloud(
  resources: readonly EmulatedResource[],
  faults: readonly Fault[],
  stateFile: string | undefined,
): Promise<Emulator> {
  const kept = stateFile !== undefined && existsSync(stateFile) ? readState(stateFile) : [];
  const all = [...kept, ...resources];
  return startEmulator({ resources: kept, accounts: accountsOf(all), regions: regionsOf(all), faults });
}

/** Keeps what exists for the next run. */
export function saveLocalCloud(emulator: Emulator, stateFile: string): void {
  writeFileSync(stateFile, JSON.stringify([...emulator.world.all()]));
}

/** AWS services without regions answer in one region of each partition. */
function globalHomeOf(arn: string): string {
  if (arn.startsWith("arn:aws-cn:")) return "cn-northwest-1";
  return arn.startsWith("arn:aws-us-gov:") ? "us-gov-west-1" : "us-east-1";
}

function readState(path: string): EmulatedResource[] {
  return JSON.parse(readFileSync(path, "utf8")) as EmulatedResource[];
}

function accountsOf(resources: readonly EmulatedResource[]): string[] {
  return [...new Set(resources.map(({ type, account }) => `${providerOf(type) ?? "aws"}:${account}`))];
}

function regionsOf(resources: readonly EmulatedResource[]): Partial<Record<ProviderName, string[]>> {
  const regions: Partial<Record<ProviderName, string[]>> = {};
  for (const { type, region, id } of resources) {
    const provider = providerOf(type);
    if (provider === undefined) continue;
    const served = region === "global" && provider === "aws" ? globalHomeOf(id) : region;
    const known = (regions[provider] ??= []);
    if (!known.includes(served)) known.push(served);
  }
  return regions;
}
