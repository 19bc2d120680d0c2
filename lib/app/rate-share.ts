import type { ProviderRegistry, TagProvider } from "./ports.ts";
import type { RateBucket, RateLimiter } from "./rate-limiter.ts";

/** The part of a bucket's rate that somebody may use, above 0 and at most 1. */
export type ShareOf = (bucket: RateBucket) => number;

/** The same limiter for somebody who keeps to a part of each rate. */
export function withShare(limiter: RateLimiter, shareOf: ShareOf): RateLimiter {
  return {
    ...limiter,
    take: (bucket, callsPerSecond, maxWaitMs) => limiter.take(bucket, callsPerSecond * shareOf(bucket), maxWaitMs),
    leave: (bucket, callsPerSecond) => limiter.leave(bucket, callsPerSecond * shareOf(bucket)),
  };
}

/**
 * What enforcement keeps of the rates: all of what only it calls, and of the reads by id, which audits send too, what
 * they leave (`auditReads` is their part).
 */
export function enforceShare({ all }: Pick<ProviderRegistry, "all">, auditReads: number): ShareOf {
  const shared = listActions(all);
  return ({ action }) => (shared.has(action) ? 1 - auditReads : 1);
}

/**
 * What one shard of an audit may use: all of what only audits call, and `auditReads` of what enforcement reads by too.
 * No other shard calls the same API in the same region, so shards that run at once don't divide their rates; but where
 * a region's endpoint also serves what has no region, its quota is that of two shards, which take half each.
 */
export function auditShare({ all }: Pick<ProviderRegistry, "all">, auditReads = 1): ShareOf {
  const shared = listActions(all);
  const homes = new Map(
    all.map(({ provider, account, regions, globalHomes = [] }) => {
      const both = globalHomes.filter((home) => regions.includes(home));
      return [`${provider} ${account}`, new Set(both.length > 0 ? ["global", ...both] : [])];
    }),
  );
  return ({ provider, account, region, action }) =>
    shared.has(action) ? (homes.get(`${provider} ${account}`)?.has(region) === true ? auditReads / 2 : auditReads) : 1;
}

function listActions(providers: readonly TagProvider[]): ReadonlySet<string> {
  return new Set(providers.flatMap(({ contracts }) => contracts.map(({ list }) => list.action)));
}
