import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { providerOf, resourceKey, type ProviderName } from "../../lib/core/resource.ts";
import { globalHomeOf, globalHomesNear } from "../emulator/aws/global-home.ts";
import type { EmulatedResource } from "../emulator/emulated-resource.ts";
import { startEmulator, type Emulator } from "../emulator/start.ts";
import type { CloudEntry } from "../emulator/world-change.ts";
import { openAppendLog } from "./append-log.ts";
import type { LocalPlan } from "./plan.ts";

/** The emulated clouds of a local run, with what was done to them. */
export interface LocalCloud {
  readonly emulator: Emulator;
  /** The keys (`resourceKey`) of the resources that API calls have written to, call by call, since the state began. */
  readonly writes: readonly string[];
  /** Requests by action since `at` (milliseconds since the epoch), those before a restart included. */
  calls(at: number): Record<string, number>;
  /** Tells this of everything that happens from now on. */
  follow(told: (entry: CloudEntry) => void): void;
  close(): Promise<void>;
}

export interface LocalCloudOptions {
  /** Keeps everything that happens in this folder, each entry before its answer is sent. */
  readonly stateFolder?: string;
  readonly onNote: (note: string) => void;
}

/** Starts the emulated clouds with room for these resources, and with what earlier runs have done in the folder. */
export async function startLocalCloud(
  { resources, faults, projects }: Pick<LocalPlan, "resources" | "faults" | "projects">,
  { stateFolder, onNote }: LocalCloudOptions,
): Promise<LocalCloud> {
  const log = stateFolder === undefined ? undefined : openAppendLog(join(stateFolder, "cloud.log"), onNote);
  const entries = (log?.entries ?? []) as readonly CloudEntry[];
  const past = entries.filter((entry) => entry.did !== "call");
  const calls = entries.filter((entry) => entry.did === "call").map(({ at, action }) => ({ at, action }));
  const writes = past.flatMap((change) => (change.did === "write" ? [resourceKey(change.ref)] : []));
  const all = [...past.flatMap((change) => (change.did === "create" ? [change.resource] : [])), ...resources];
  const followers: ((entry: CloudEntry) => void)[] = [];
  const emulator = await startEmulator({
    accounts: accountsOf(all),
    regions: regionsOf(all),
    faults,
    projects,
    past,
    // The run is over before an inventory has known for two minutes what is there.
    inventoryDelayMs: 0,
    // The folder is the clouds' identity: page tokens that a killed run was given are valid in the next.
    ...(stateFolder === undefined
      ? {}
      : { pageTokenSecret: createHash("sha256").update(resolve(stateFolder)).digest() }),
    record(entry) {
      log?.append(entry);
      if (entry.did === "write") writes.push(resourceKey(entry.ref));
      if (entry.did === "call") calls.push({ at: entry.at, action: entry.action });
      for (const told of followers) told(entry);
    },
  });
  return {
    emulator,
    writes,
    follow: (told) => void followers.push(told),
    calls(since) {
      const counts: Record<string, number> = {};
      for (const { at, action } of calls) if (at >= since) counts[action] = (counts[action] ?? 0) + 1;
      return counts;
    },
    close: async () => {
      await emulator.close();
      log?.close();
    },
  };
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
