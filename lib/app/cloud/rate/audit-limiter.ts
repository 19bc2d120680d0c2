import type { Clock, Log } from "../../ports/invocation.ts";
import type { ProviderRegistry } from "../../ports/provider.ts";
import { ENFORCEMENT, type RateBucket, type RateClaims } from "../../ports/rate-claims.ts";
import type { RateLimiter } from "./limiter.ts";
import { CLOCK_SKEW_MS, givesWayAfterMs, quotasOf, sharedActions, withQuotas } from "./share.ts";

export interface AuditLimiterDeps {
  readonly claims: RateClaims;
  readonly clock: Clock;
  readonly log: Pick<Log, "warn">;
  readonly registry: Pick<ProviderRegistry, "all">;
  /** The part of their rates that is the audits' while enforcement works. */
  readonly auditReads: number;
  /** What this process is called, and no other. */
  readonly name: string;
}

/** A limiter of one process that audits. */
export interface AuditLimiter extends RateLimiter {
  /** Takes its claims back, so that others needn't wait until they are over. To be called when no call is under way. */
  release(): Promise<void>;
}

/** What audits always leave of a rate, for the calls that enforcement begins with. */
const RESERVE = 0.02;
const ASK_EVERY_MS = 500;
/** Where the last answer is older than this, the one on its way is waited for. */
const ASK_AFTER_MS = 1_000;
/**
 * How far ahead calls get their turn, so that little is under way when others begin: whichever is longer, this time or
 * that of so many calls.
 */
const AHEAD_MS = 250;
const CALLS_AHEAD = 2;
/** How long a claim holds beyond the time in which we renew it; others wait that long for an audit that crashed. */
const CLAIM_MS = 10_000;
/** An audit that can't ask makes no call for so long; after that the table counts as down, and it goes on slowly. */
const PATIENCE_MS = 10_000;
/** Claims that ended longer ago are those of audits that crashed, and are removed. */
const FORGET_AFTER_MS = 60_000;

interface State {
  readonly bucket: RateBucket;
  /** When the last answer was asked for. */
  askedAt: number;
  asking: Promise<void> | undefined;
  failedAt: number;
  /** What our own claim says. */
  until: number;
  /** When the last call that has its turn leaves. */
  lastTurn: number;
  /** Other audits may still use what is ours now. */
  notBefore: number;
  enforces: boolean;
  /** How many other audits use this rate. */
  others: number;
  /** When this state was last looked at. */
  seenAt: number;
  /** Since when nothing is known of others. */
  blindSince: number | undefined;
}

/**
 * Takes all of our share of a rate while nobody else uses it. It claims each rate that it uses twice a second, which
 * tells it who else does: with enforcement it keeps to its part, with other audits to an equal part of that. What it
 * knows holds for `givesWayAfterMs`; beyond that it keeps to what nobody else can take. docs/decisions/rate-share.md
 * shows why no second holds more calls than our share.
 */
export function auditLimiter(limiter: RateLimiter, deps: AuditLimiterDeps): AuditLimiter {
  const { claims, clock, log, registry, auditReads, name } = deps;
  const shared = sharedActions(registry);
  const states = new Map<string, State>();

  function stateOf(bucket: RateBucket): State {
    const key = JSON.stringify([bucket.provider, bucket.account, bucket.region, bucket.action]);
    const known = states.get(key) ?? {
      bucket,
      askedAt: -Infinity,
      asking: undefined,
      failedAt: -Infinity,
      until: 0,
      lastTurn: -Infinity,
      notBefore: -Infinity,
      enforces: false,
      others: 0,
      seenAt: -Infinity,
      blindSince: undefined,
    };
    states.set(key, known);
    // A clock that was set back takes its appointments along.
    const setBackBy = Math.max(0, known.seenAt - clock.now());
    known.lastTurn -= setBackBy;
    known.notBefore -= setBackBy;
    known.seenAt = clock.now();
    return known;
  }

  /** Of an answer from the future, left by a clock that was set back, nothing is known. */
  function age({ askedAt }: State): number {
    const ms = clock.now() - askedAt;
    return ms < 0 ? Infinity : ms;
  }

  async function ask(state: State, callsPerSecond: number): Promise<void> {
    const { bucket } = state;
    const at = clock.now();
    const givesWayMs = givesWayAfterMs(callsPerSecond);
    const until = at + CLAIM_MS + givesWayMs;
    try {
      const answer = [...(await claims.claim(bucket, name, until))].filter(([by]) => by !== name);
      const now = clock.now();
      state.enforces = answer.some(([by, to]) => by === ENFORCEMENT && to > now);
      state.others = answer.filter(([by, to]) => by !== ENFORCEMENT && to > now - CLOCK_SKEW_MS).length;
      // Those who have not counted on us use more than is left for us.
      if (now >= state.until - CLOCK_SKEW_MS && state.others > 0) state.notBefore = now + givesWayMs;
      state.until = until;
      state.askedAt = at;
      state.blindSince = undefined;
      for (const [by, to] of answer) if (to < now - FORGET_AFTER_MS) await claims.release(bucket, by, to);
    } catch (error) {
      state.failedAt = clock.now();
      log.warn("who else uses the rate of reads is not known", { action: bucket.action, reason: String(error) });
    } finally {
      state.asking = undefined;
    }
  }

  const isDue = (state: State): boolean =>
    age(state) >= ASK_EVERY_MS && Math.abs(clock.now() - state.failedAt) >= ASK_EVERY_MS;

  /** How many milliseconds lie between our calls. */
  const gapMs = ({ others }: State, callsPerSecond: number): number => (1_000 * (1 + others)) / callsPerSecond;

  /** How many milliseconds until a call may ask for its turn. */
  function holdsFor(state: State, callsPerSecond: number): number {
    const now = clock.now();
    const ahead = Math.max(AHEAD_MS, CALLS_AHEAD * gapMs(state, callsPerSecond));
    const begins = state.until > state.notBefore ? state.notBefore - now : 0;
    return Math.ceil(Math.max(0, begins, state.lastTurn - now - ahead));
  }

  /** Lets a call ask for its turn, where it may: whoever comes at the same time then sees that. */
  function admits(state: State, callsPerSecond: number): boolean {
    if (holdsFor(state, callsPerSecond) > 0) return false;
    state.lastTurn = Math.max(clock.now(), state.lastTurn + gapMs(state, callsPerSecond));
    return true;
  }

  /** Whether it is better to ask again than to call at the slowest pace, which the calls after it would wait for too. */
  function staysBlind(state: State, callsPerSecond: number): boolean {
    if (age(state) < givesWayAfterMs(callsPerSecond)) return false;
    state.blindSince ??= clock.now();
    return Math.abs(clock.now() - state.blindSince) < PATIENCE_MS;
  }

  /** False where that takes longer than there is time. */
  async function untilAdmitted(bucket: RateBucket, callsPerSecond: number, maxWaitMs: number): Promise<boolean> {
    for (let left = maxWaitMs; ;) {
      const state = stateOf(bucket);
      if (isDue(state)) state.asking ??= ask(state, callsPerSecond);
      if (age(state) >= ASK_AFTER_MS) await state.asking;
      const isBlind = staysBlind(state, callsPerSecond);
      if (!isBlind && admits(state, callsPerSecond)) return true;
      const wait = isBlind ? ASK_EVERY_MS : holdsFor(state, callsPerSecond);
      left -= wait;
      if (left < 0) return false;
      await clock.sleep(wait);
    }
  }

  const claiming: RateLimiter = {
    ...limiter,
    open(bucket, callsPerSecond, maxWaitMs) {
      const state = stateOf(bucket);
      if (isDue(state)) state.asking ??= ask(state, callsPerSecond);
      return age(state) < ASK_AFTER_MS && admits(state, callsPerSecond)
        ? undefined
        : untilAdmitted(bucket, callsPerSecond, maxWaitMs);
    },
    take(bucket, callsPerSecond, maxWaitMs) {
      const state = stateOf(bucket);
      const part = shared.has(bucket.action) ? auditReads : 1;
      const left = shared.has(bucket.action) ? 1 - RESERVE : 1;
      const users = 1 + state.others;
      const take = (share: number, withinMs: number) =>
        limiter.take(bucket, callsPerSecond * share, Math.min(maxWaitMs, withinMs));
      // By what we know, as long as it holds; then, as long as others know of us, as if enforcement and one more audit
      // had begun; and when nobody knows of us any more, at the slowest pace.
      const wait =
        take((state.enforces ? part : left) / users, givesWayAfterMs(callsPerSecond) - age(state)) ??
        take(part / (users + 1), state.until - CLOCK_SKEW_MS - clock.now()) ??
        take(RESERVE, Infinity);
      if (wait !== undefined) state.lastTurn = Math.max(state.lastTurn, clock.now() + wait);
      return wait;
    },
  };
  return {
    ...withQuotas(claiming, quotasOf(registry)),
    async release() {
      const own = [...states.values()];
      states.clear();
      for (const state of own) {
        await state.asking;
        if (state.until <= clock.now()) continue;
        try {
          await claims.release(state.bucket, name, state.until);
        } catch (error) {
          log.warn("a claim on the rate of reads is left until it is over", { reason: String(error) });
        }
      }
    },
  };
}
