import { tagLists, type ApiContract } from "../../../core/contract.ts";
import type { ProviderRegistry } from "../../ports/provider.ts";
import type { RateBucket } from "../../ports/rate-claims.ts";
import type { RateLimiter } from "./limiter.ts";

/** What a call of an API is counted as: of one region, or of all together. */
export function bucketOf(
  { provider, account }: Pick<RateBucket, "provider" | "account">,
  region: string,
  { action, per }: Pick<ApiContract, "action" | "per">,
): RateBucket {
  return { provider, account, region: per === "account" ? ALL_REGIONS : region, action };
}

/** No cloud calls a region so. */
const ALL_REGIONS = "account";

/**
 * Whose calls a provider counts together: mostly those of the bucket itself. Where a region's endpoint also serves what
 * has no region, the two are one.
 */
export type QuotaOf = (bucket: RateBucket) => RateBucket;

export function quotasOf({ all }: Pick<ProviderRegistry, "all">): QuotaOf {
  const homes = new Map(
    all.map(({ provider, account, regions, globalHomes = [] }) => [
      `${provider} ${account}`,
      globalHomes.filter((home) => regions.includes(home)),
    ]),
  );
  return (bucket) => {
    const found = homes.get(`${bucket.provider} ${bucket.account}`) ?? [];
    return found.includes(bucket.region) ? { ...bucket, region: "global" } : bucket;
  };
}

/** The same limiter, for calls of which some count against one quota although their regions differ. */
export function withQuotas(limiter: RateLimiter, quotaOf: QuotaOf): RateLimiter {
  return {
    ...(limiter.open !== undefined && {
      open: (bucket, callsPerSecond, maxWaitMs) => limiter.open?.(quotaOf(bucket), callsPerSecond, maxWaitMs),
    }),
    take: (bucket, callsPerSecond, maxWaitMs) => limiter.take(quotaOf(bucket), callsPerSecond, maxWaitMs),
    leave: (bucket, callsPerSecond) => limiter.leave(quotaOf(bucket), callsPerSecond),
    throttled: (bucket, retryAfterMs) => limiter.throttled(quotaOf(bucket), retryAfterMs),
    succeeded: (bucket) => limiter.succeeded(quotaOf(bucket)),
  };
}

/** The APIs that enforcement reads by, and audits too: what one of them uses, the other can't. */
export function sharedActions({ all }: Pick<ProviderRegistry, "all">): ReadonlySet<string> {
  return new Set(all.flatMap(({ contracts }) => contracts.flatMap(tagLists).map(({ action }) => action)));
}

/**
 * By how much the clocks of two processes may differ: a claim ends so much earlier for whoever made it, and so much
 * later for others.
 */
export const CLOCK_SKEW_MS = 2_000;

/** How old an audit's knowledge of others gets, and how far ahead its calls have their turn. */
const KNOWING_MS = 1_250;
/** How many calls of two audits together may have their turn beyond that. */
const TURNS_AHEAD = 6;

/**
 * After so long everybody who uses this rate knows of a new claim and keeps to what it leaves. `callsPerSecond` = our
 * whole share of the quota.
 */
export function givesWayAfterMs(callsPerSecond: number): number {
  return KNOWING_MS + (1_000 * TURNS_AHEAD) / callsPerSecond;
}
