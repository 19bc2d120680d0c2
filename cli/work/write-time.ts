import { bucketOf, quotasOf } from "../../lib/app/cloud/rate/share.ts";
import type { Config } from "../../lib/core/config/config.ts";
import { findContract } from "../../lib/core/contract.ts";
import { providerOf } from "../../lib/core/resource.ts";
import { countText, numberText } from "../../lib/core/report/figures.ts";
import type { TagBatch } from "../../lib/core/tag-batch.ts";
import { allContracts } from "../../lib/providers/index.ts";
import type { PlannedCall } from "../../lib/app/change/change-tags.ts";
import { plainText } from "../io.ts";
import type { Cloud } from "./cloud.ts";

/**
 * About how many seconds these calls take at our rates: those that count against one quota wait for each other, and all
 * others run beside them. Without a cloud at the rates that a configuration has where it says nothing of them.
 */
export function secondsOf(calls: readonly PlannedCall[], cloud?: Pick<Cloud, "config" | "registry">): number {
  const quotaOf = cloud === undefined ? undefined : quotasOf(cloud.registry);
  const byBucket = new Map<string, number>();
  for (const { action: kind, type, account, region } of calls) {
    const provider = providerOf(type);
    const contract = findContract(allContracts, type);
    if (provider === undefined || contract === undefined) continue;
    const { callsPerSecond } = contract[kind];
    const own = cloud?.config.accounts.find((one) => one.provider === provider && one.account === account);
    const bucket = bucketOf({ provider, account }, region, contract[kind]);
    const key = JSON.stringify(quotaOf?.(bucket) ?? bucket);
    byBucket.set(key, (byBucket.get(key) ?? 0) + 1 / (own?.callsPerSecond?.write ?? callsPerSecond / 2));
  }
  return Math.max(0, ...byBucket.values());
}

/** For which accounts the write cap lets less through in an hour than these calls are to write. */
export function capNotes(batches: readonly TagBatch[], { accounts }: Pick<Config, "accounts">): readonly string[] {
  return accounts.flatMap(({ provider, account, writesPerHour }) => {
    const own = batches.filter((batch) => batch.account === account && providerOf(batch.type) === provider);
    const { size } = new Set(own.flatMap(({ region, resourceIds }) => resourceIds.map((id) => `${region} ${id}`)));
    if (size <= writesPerHour) return [];
    const held = countText(size - writesPerHour, "resource");
    return [
      `${plainText(account)} may have ${numberText(writesPerHour)} written to in an hour (writesPerHour): ${held} would fail, and need it to be run again.`,
    ];
  });
}
