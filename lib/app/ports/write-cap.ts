import type { AccountConfigBase } from "../../core/config/config.ts";

/** The account that a write cap counts for. */
export type CappedAccount = Pick<AccountConfigBase, "provider" | "account" | "writesPerHour">;

/** What is written for: creations that events tell of may use all of a cap, what an audit found a part of it. */
export type WriteReason = "event" | "repair";

/**
 * Counts writes per account and clock hour (UTC), over all invocations. One write = one resource that is sent in tag
 * calls; a resource that turned out not to be written is given back. Of the cap, repairs get `repairsPerHour` at most.
 */
export interface WriteCap {
  /**
   * Takes up to `count` writes of the hour that `at` (ms since the epoch) lies in; answers how many are granted. For
   * events unless it says otherwise.
   */
  reserve(account: CappedAccount, count: number, at: number, reason?: WriteReason): Promise<number>;
  /** Gives back what was granted for that hour and reason and not used. */
  release(account: CappedAccount, count: number, at: number, reason?: WriteReason): Promise<void>;
}
