import type { ProviderName } from "../../core/resource.ts";

/** Whose calls are counted together: quotas are per account, region and API, or of all regions together (`account`). */
export interface RateBucket {
  readonly provider: ProviderName;
  readonly account: string;
  readonly region: string;
  readonly action: string;
}

/** Who uses a rate together with audits: all processes of enforcement are one, each shard that is audited is one. */
export const ENFORCEMENT = "enforcement";

/** Until when each of those uses a rate that say so, in milliseconds since the epoch, by name. */
export type ClaimsByName = ReadonlyMap<string, number>;

/** Where processes that don't see each other's calls say that they use a rate. */
export interface RateClaims {
  /**
   * Says that `by` uses this rate until then, or longer where that was said before, and answers all who do, itself
   * included, as they stood at that one moment: of two that claim at once, at least the second learns of the first.
   */
  claim(bucket: RateBucket, by: string, until: number): Promise<ClaimsByName>;
  /** Takes a claim back where it still says `until`; where it says something else, it stays. */
  release(bucket: RateBucket, by: string, until: number): Promise<void>;
}
