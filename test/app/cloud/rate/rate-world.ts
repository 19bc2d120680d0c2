import { createCaller, OutOfTimeError, type CallTarget } from "../../../../lib/app/cloud/call.ts";
import { auditLimiter } from "../../../../lib/app/cloud/rate/audit-limiter.ts";
import { enforceLimiter } from "../../../../lib/app/cloud/rate/enforce-limiter.ts";
import { createRateLimiter, type RateLimiter } from "../../../../lib/app/cloud/rate/limiter.ts";
import type { RateClaims } from "../../../../lib/app/ports/rate-claims.ts";
import { createProvider } from "../../../../lib/providers/index.ts";
import { accounts, quietLog } from "../../audit-world.ts";
import { virtualClock, type VirtualClock } from "../../virtual-clock.ts";

/** As `auditReads` of serverless.yml. */
export const PART = 0.5;
const ENFORCE_PROCESSES = 2;
/** What an audit reads at once. */
const READERS = 8;

const account = accounts.find(({ provider }) => provider === "alibaba");
if (account === undefined) throw new Error("the world of audits has an account of Alibaba Cloud");
const read: CallTarget = {
  account,
  region: "cn-hangzhou",
  api: { action: "alibaba:apigateway:ListTagResources", callsPerSecond: 50 },
  kind: "read",
};
const registry = { all: [createProvider(account, { credential: async () => "x", clock: virtualClock() })] };

export interface RateWorld {
  readonly clock: VirtualClock;
  readonly claims: RateClaims;
  readonly callsPerSecond: number;
  /** How long a call takes. */
  readonly callMs?: number;
  readonly part?: number;
}

/** When calls of one process left, and how long each had waited for its turn. */
interface Calls {
  readonly at: number[];
  readonly waited: number[];
}

/** One process of an audit. `read` calls until then, as many at once as an audit does. */
export function auditProcess(name: string, world: RateWorld) {
  const { clock, claims, part = PART } = world;
  const limiter = auditLimiter(createRateLimiter(clock), {
    claims,
    clock,
    log: quietLog,
    registry,
    auditReads: part,
    name,
  });
  const { calls, call } = callsThrough(limiter, world);
  return {
    calls,
    async read(until: number): Promise<void> {
      const reader = async () => {
        while (clock.now() < until && (await call(until - clock.now())));
      };
      await Promise.all(Array.from({ length: READERS }, reader));
      await limiter.release();
    },
    /** Ends without taking back what it has claimed. */
    async crash(until: number): Promise<void> {
      while (clock.now() < until && (await call(until - clock.now())));
    },
  };
}

/** One of two processes of enforcement. */
export function enforceProcess(world: RateWorld) {
  const { clock, claims, part = PART } = world;
  const limiter = enforceLimiter(createRateLimiter(clock, ENFORCE_PROCESSES), {
    claims,
    clock,
    log: quietLog,
    registry,
    part: 1 - part,
  });
  const { calls, call } = callsThrough(limiter, world);
  return {
    calls,
    /** Makes so many calls at once, as an invocation does, in this time. */
    async invoke(count: number, withinMs = 60_000): Promise<void> {
      await Promise.all(Array.from({ length: count }, () => call(withinMs)));
      await limiter.idle();
    },
  };
}

function callsThrough(limiter: RateLimiter, world: RateWorld) {
  const { clock, callsPerSecond, callMs = 80 } = world;
  const calls: Calls = { at: [], waited: [] };
  const target: CallTarget = { ...read, account: { ...read.account, callsPerSecond: { read: callsPerSecond } } };
  return {
    calls,
    /** False where there was no time for it. */
    call: async (withinMs: number): Promise<boolean> => {
      const from = clock.now();
      const deadline = { remainingMs: () => from + withinMs - clock.now() };
      const caller = createCaller({ clock, random: () => 0, limiter, deadline, reserveMs: 0 });
      try {
        await caller.call(target, async () => {
          calls.at.push(clock.now());
          calls.waited.push(clock.now() - from);
          await clock.sleep(callMs);
        });
        return true;
      } catch (error) {
        if (!(error instanceof OutOfTimeError)) throw error;
        return false;
      }
    },
  };
}

/** The most calls in a second, wherever it begins. */
export function mostInASecond(calls: readonly { readonly calls: Calls }[]): number {
  const times = calls.flatMap(({ calls: { at } }) => at).toSorted((a, b) => a - b);
  let most = 0;
  let first = 0;
  for (const [last, at] of times.entries()) {
    // Sums of fractions of milliseconds differ in their last digits.
    while (at - (times[first] ?? at) >= 1_000 - 1e-3) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
