import type { ProviderName } from "../core/resource.ts";
import type { Clock } from "./ports.ts";

/** Whose calls are counted together: quotas are per account, region and API. */
export interface RateBucket {
  readonly provider: ProviderName;
  readonly account: string;
  readonly region: string;
  readonly action: string;
}

/** Keeps calls under our share of each quota. One limiter serves all invocations of a process. */
export interface RateLimiter {
  /**
   * Takes the next free place and says how many milliseconds to wait for it; undefined where that would be longer than
   * `maxWaitMs`, and then nothing is taken.
   */
  take(bucket: RateBucket, callsPerSecond: number, maxWaitMs: number): number | undefined;
  /**
   * Says how many milliseconds a call that had its turn has to wait until it leaves, because the one before it left
   * late; 0 for most. Calls that do something else between their turn and leaving ask for it right before they leave.
   */
  leave(bucket: RateBucket, callsPerSecond: number): number;
  /** The provider throttled a call: everything in its bucket slows down, and waits for the retry hint. */
  throttled(bucket: RateBucket, retryAfterMs?: number): void;
  succeeded(bucket: RateBucket): void;
}

/** Throttled calls that were under way together are one signal, not many. */
const SLOW_DOWN_AT_MOST_EVERY_MS = 1_000;
const SLOWEST = 1 / 64;
/** Per success, as a part of the full rate. */
const SPEED_UP = 0.05;
/** A hint beyond this doesn't hold the bucket, since the quota may well be free for others earlier. */
const LONGEST_HINT_MS = 60_000;

const never = -Infinity;

interface BucketState {
  /** When the next call may start. */
  nextAt: number;
  /** Part of the full rate that is in use. */
  pace: number;
  callsPerSecond: number;
  slowedAt: number;
  /** When the last call left. */
  leftAt: number;
  /** When it was last looked at. */
  seenAt: number;
}

/**
 * A token bucket that holds one token: calls are spaced evenly, so that no second, wherever it begins, holds more than
 * the rate. Throttling halves the pace, successes bring it back bit by bit.
 *
 * Processes don't see each other's calls, so each keeps to an equal part: `processes` is how many may run at once.
 */
export function createRateLimiter(clock: Pick<Clock, "now">, processes = 1): RateLimiter {
  const buckets = new Map<string, BucketState>();

  function stateOf({ provider, account, region, action }: RateBucket): BucketState {
    const key = JSON.stringify([provider, account, region, action]);
    let state = buckets.get(key);
    if (state === undefined) {
      state = { pace: 1, callsPerSecond: 1, nextAt: never, slowedAt: never, leftAt: never, seenAt: never };
      buckets.set(key, state);
    }
    // A clock that was set back takes its appointments along, or the bucket would be shut until it has caught up.
    const setBackBy = Math.max(0, state.seenAt - clock.now());
    state.nextAt -= setBackBy;
    state.slowedAt -= setBackBy;
    state.leftAt -= setBackBy;
    state.seenAt = clock.now();
    return state;
  }

  return {
    take(bucket, callsPerSecond, maxWaitMs) {
      const state = stateOf(bucket);
      state.callsPerSecond = callsPerSecond / processes;
      const now = clock.now();
      const startAt = Math.max(now, state.nextAt);
      if (startAt - now > maxWaitMs) return undefined;
      state.nextAt = startAt + 1_000 / (state.callsPerSecond * state.pace);
      return startAt - now;
    },
    leave(bucket, callsPerSecond) {
      const state = stateOf(bucket);
      const now = clock.now();
      state.leftAt = Math.max(now, state.leftAt + (1_000 * processes) / callsPerSecond);
      return state.leftAt - now;
    },
    throttled(bucket, retryAfterMs = 0) {
      const state = stateOf(bucket);
      const now = clock.now();
      if (now - state.slowedAt >= SLOW_DOWN_AT_MOST_EVERY_MS) {
        state.pace = Math.max(SLOWEST, state.pace / 2);
        state.slowedAt = now;
      }
      const pause = Math.max(1_000 / (state.callsPerSecond * state.pace), Math.min(retryAfterMs, LONGEST_HINT_MS));
      state.nextAt = Math.max(state.nextAt, now + pause);
    },
    succeeded(bucket) {
      const state = stateOf(bucket);
      state.pace = Math.min(1, state.pace + SPEED_UP);
    },
  };
}
