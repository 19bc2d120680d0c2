import type { RateBucket, RateClaims } from "../../app/ports/rate-claims.ts";

/** Claims that are known as long as the process lives. */
export function memoryRateClaims(): RateClaims {
  const byBucket = new Map<string, Map<string, number>>();
  const claimsOn = ({ provider, account, region, action }: RateBucket): Map<string, number> => {
    const key = JSON.stringify([provider, account, region, action]);
    const known = byBucket.get(key) ?? new Map<string, number>();
    byBucket.set(key, known);
    return known;
  };
  return {
    async claim(bucket, by, until) {
      const claims = claimsOn(bucket);
      return new Map(claims.set(by, Math.max(until, claims.get(by) ?? until)));
    },
    async release(bucket, by, until) {
      const claims = claimsOn(bucket);
      if (claims.get(by) === until) claims.delete(by);
    },
  };
}
