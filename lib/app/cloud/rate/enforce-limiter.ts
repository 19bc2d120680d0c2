import type { Clock, Log } from "../../ports/invocation.ts";
import type { ProviderRegistry } from "../../ports/provider.ts";
import { ENFORCEMENT, type RateBucket, type RateClaims } from "../../ports/rate-claims.ts";
import type { RateLimiter } from "./limiter.ts";
import { CLOCK_SKEW_MS, givesWayAfterMs, quotasOf, sharedActions, withQuotas } from "./share.ts";

export interface EnforceLimiterDeps {
  readonly claims: Pick<RateClaims, "claim">;
  readonly clock: Clock;
  readonly log: Pick<Log, "warn">;
  readonly registry: Pick<ProviderRegistry, "all">;
  /** The part of their rates that is enforcement's while it works. */
  readonly part: number;
}

/** A limiter of enforcement. */
export interface EnforceLimiter extends RateLimiter {
  /** Resolves when no claim is under way any more: nothing may go on when an invocation has ended. */
  idle(): Promise<void>;
}

/** How long a claim holds; it is made anew when half of that is over. */
const CLAIM_MS = 20_000;
/** One call of each process needs no claim: audits always leave so much. */
const ALONE_EVERY_MS = 20_000;
/** When a claim that failed is made again. */
const AGAIN_MS = 1_000;

interface State {
  /** From when on our part is ours. */
  from: number;
  /** Until when it is ours. */
  until: number;
  /** When a call went without a claim. */
  lastAlone: number;
  claiming: Promise<void> | undefined;
}

/**
 * Takes its part of the rates that audits use while enforcement is idle. One call goes at once, out of what audits always
 * leave. Whoever needs more claims it, and they go as soon as every audit has given way, which is at once where there is
 * none. docs/decisions/rate-share.md shows why no second holds more calls than our share.
 */
export function enforceLimiter(limiter: RateLimiter, deps: EnforceLimiterDeps): EnforceLimiter {
  const { claims, clock, log, registry, part } = deps;
  const shared = sharedActions(registry);
  const states = new Map<string, State>();

  function stateOf({ provider, account, region, action }: RateBucket): State {
    const key = [provider, account, region, action].join();
    const known = states.get(key) ?? { from: Infinity, until: 0, lastAlone: -Infinity, claiming: undefined };
    states.set(key, known);
    return known;
  }
  const isOurs = ({ from, until }: State) => from <= clock.now() && clock.now() < until;

  async function claim(bucket: RateBucket, callsPerSecond: number, at: number, state: State): Promise<void> {
    const givesWayMs = givesWayAfterMs(callsPerSecond);
    const until = at + CLAIM_MS + givesWayMs;
    try {
      const others = await claims.claim(bucket, ENFORCEMENT, until);
      const now = clock.now();
      const hasAudits = others.entries().some(([by, to]) => by !== ENFORCEMENT && to > now - CLOCK_SKEW_MS);
      if (!isOurs(state)) state.from = hasAudits ? now + givesWayMs : now;
      state.until = until - CLOCK_SKEW_MS;
    } catch (error) {
      log.warn("the rate of reads could not be claimed", { action: bucket.action, reason: String(error) });
    } finally {
      state.claiming = undefined;
    }
  }

  /** False where that takes longer than there is time. */
  async function untilOurs(
    bucket: RateBucket,
    callsPerSecond: number,
    maxWaitMs: number,
    state: State,
  ): Promise<boolean> {
    let left = maxWaitMs;
    const opensIn = () => {
      const ms = state.from - clock.now();
      return state.from < state.until && ms >= 0 && ms <= givesWayAfterMs(callsPerSecond) + CLOCK_SKEW_MS
        ? ms
        : undefined;
    };
    while (!isOurs(state)) {
      if (opensIn() === undefined) await (state.claiming ??= claim(bucket, callsPerSecond, clock.now(), state));
      const wait = opensIn() ?? AGAIN_MS;
      left -= wait;
      if (left < 0) return false;
      if (wait > 0) await clock.sleep(wait);
    }
    return true;
  }

  const claiming: RateLimiter = {
    ...limiter,
    open(bucket, callsPerSecond, maxWaitMs) {
      if (!shared.has(bucket.action)) return undefined;
      const state = stateOf(bucket);
      if (isOurs(state)) return undefined;
      const now = clock.now();
      if (now - state.lastAlone >= ALONE_EVERY_MS) {
        state.lastAlone = now;
        return undefined;
      }
      return untilOurs(bucket, callsPerSecond, maxWaitMs, state);
    },
    take(bucket, callsPerSecond, maxWaitMs) {
      if (!shared.has(bucket.action)) return limiter.take(bucket, callsPerSecond, maxWaitMs);
      const wait = limiter.take(bucket, callsPerSecond * part, maxWaitMs);
      const state = stateOf(bucket);
      const leavesAt = clock.now() + (wait ?? 0);
      if (isOurs(state) && state.until - leavesAt < CLAIM_MS / 2) {
        state.claiming ??= claim(bucket, callsPerSecond, leavesAt, state);
      }
      return wait;
    },
    leave: (bucket, callsPerSecond) =>
      limiter.leave(bucket, shared.has(bucket.action) ? callsPerSecond * part : callsPerSecond),
  };
  return {
    ...withQuotas(claiming, quotasOf(registry)),
    async idle() {
      for (const state of states.values()) await state.claiming;
    },
  };
}
