import type { Clock } from "../../ports/invocation.ts";
import type { RateBucket } from "../../ports/rate-claims.ts";
import { callSpacingMs } from "./call-spacing.ts";

/** Keeps calls under our share of each quota. One limiter serves all invocations of a process. */
export interface RateLimiter {
  /**
   * For limiters that ask others first: to be called before `take`, and waited for where there is something to wait for.
   * False where that takes longer than `maxWaitMs`.
   */
  open?(bucket: RateBucket, callsPerSecond: number, maxWaitMs: number): Promise<boolean> | undefined;
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
  /** Between two calls at the full rate. */
  spacingMs: number;
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
 * Processes don't see each other's calls, so each keeps to its part: `processes` is how many may run at once. One that
 * has just started may stand in the place of another that has just called, so it waits as if the call were its own.
 */
export function createRateLimiter(clock: Pick<Clock, "now">, processes = 1): RateLimiter {
  const buckets = new Map<string, BucketState>();
  const startedAt = processes === 1 ? never : clock.now();

  function stateOf({ provider, account, region, action }: RateBucket, spacingMs = 1_000): BucketState {
    const key = JSON.stringify([provider, account, region, action]);
    let state = buckets.get(key);
    if (state === undefined) {
      const nextAt = startedAt + spacingMs;
      state = { pace: 1, spacingMs, nextAt, slowedAt: never, leftAt: startedAt, seenAt: startedAt };
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
      const spacingMs = callSpacingMs(callsPerSecond, processes);
      const state = stateOf(bucket, spacingMs);
      state.spacingMs = spacingMs;
      const now = clock.now();
      const startAt = Math.max(now, state.nextAt);
      if (startAt - now > maxWaitMs) return undefined;
      state.nextAt = startAt + spacingMs / state.pace;
      return startAt - now;
    },
    leave(bucket, callsPerSecond) {
      const spacingMs = callSpacingMs(callsPerSecond, processes);
      const state = stateOf(bucket, spacingMs);
      const now = clock.now();
      state.leftAt = Math.max(now, state.leftAt + spacingMs);
      return state.leftAt - now;
    },
    throttled(bucket, retryAfterMs = 0) {
      const state = stateOf(bucket);
      const now = clock.now();
      if (now - state.slowedAt >= SLOW_DOWN_AT_MOST_EVERY_MS) {
        state.pace = Math.max(SLOWEST, state.pace / 2);
        state.slowedAt = now;
      }
      const pause = Math.max(state.spacingMs / state.pace, Math.min(retryAfterMs, LONGEST_HINT_MS));
      state.nextAt = Math.max(state.nextAt, now + pause);
    },
    succeeded(bucket) {
      const state = stateOf(bucket);
      state.pace = Math.min(1, state.pace + SPEED_UP);
    },
  };
}
