import type { AccountConfig } from "../../core/config/config.ts";
import type { ApiContract } from "../../core/contract.ts";
import { CLIENT_FAULT, clientFault, ProviderError } from "../../core/errors.ts";
import type { Clock, Deadline, Log, Random } from "../ports/invocation.ts";
import type { RateBucket } from "../ports/rate-claims.ts";
import { createDenials, type Denials } from "./denials.ts";
import type { RateLimiter } from "./rate/limiter.ts";
import { bucketOf as rateBucket } from "./rate/share.ts";

/** Which API of which account a call goes to. */
export interface CallTarget {
  readonly account: AccountConfig;
  readonly region: string;
  /** A refusal is that project's, though all of a region share their quotas. */
  readonly project?: string | undefined;
  readonly api: ApiContract;
  readonly kind: "read" | "write";
  /** The id of the one resource that such a call can be about: a role may let in to some and not to others. */
  readonly resource?: string | undefined;
}

/** Makes API calls, each under its rate, repeated where that may help, within the time of one invocation. */
export interface Caller {
  /**
   * Throws ProviderError when the call has failed for good or after all attempts, and OutOfTimeError when there was no
   * time (left) for it. Whatever else `send` throws is a defect of ours, and becomes a ProviderError too, so that only the
   * resources of this call suffer from it. A write whose response was lost is not repeated: its ambiguous error
   * is thrown at once.
   */
  call<Result>(target: CallTarget, send: () => Promise<Result>): Promise<Result>;
  /**
   * For a call that took time between its turn and leaving: waits until it may leave, and answers whether it had to.
   * Throws OutOfTimeError where it is too late for that.
   */
  leave(target: CallTarget): Promise<boolean>;
  /** An answer said that the call was throttled for some of its resources: what follows slows down. */
  throttled(target: CallTarget, error: ProviderError): void;
  /** Waits before a repetition; throws OutOfTimeError where there is no time for it. `attempt` counts from 0. */
  backOff(attempt: number, error: ProviderError): Promise<void>;
}

/** There was no time to make a call, or to make it again. */
export class OutOfTimeError extends Error {
  override readonly name = "OutOfTimeError";
  /** What the last attempt failed with, where there was one. */
  readonly lastError: ProviderError | undefined;

  constructor(lastError?: ProviderError) {
    const reason = lastError === undefined ? "not reached" : `last attempt: ${lastError.code}`;
    super(`no time left for this call (${reason})`, lastError === undefined ? undefined : { cause: lastError });
    this.lastError = lastError;
  }
}

export interface CallerDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly limiter: RateLimiter;
  readonly deadline: Deadline;
  /** No call starts with less time left than this. Default `RESERVE_MS`. */
  readonly reserveMs?: number;
  /** Those of earlier invocations; absent = nobody remembers them. */
  readonly denials?: Denials;
  /** Told of defects of ours. */
  readonly log?: Pick<Log, "error">;
}

/** Throttling passes with time and costs nothing but time; other failures are more likely to stay. */
const ATTEMPTS = { throttled: 10, other: 5 };
const FIRST_BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 20_000;
/** The time that a call is given to end, unless it is said otherwise. */
export const RESERVE_MS = 2_000;

/** One caller per invocation: it remembers which scopes deny access, so that none is asked twice. */
export function createCaller(deps: CallerDeps): Caller {
  const { clock, random, limiter, deadline, reserveMs = RESERVE_MS, log } = deps;
  const denials = deps.denials ?? createDenials(clock);
  const denied = new Map<string, ProviderError>();
  const timeLeft = () => deadline.remainingMs() - reserveMs;

  async function backOff(attempt: number, error: ProviderError): Promise<void> {
    const jitter = random() * Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** attempt);
    const wait = (error.retryAfterMs ?? 0) + jitter;
    if (wait > timeLeft()) throw new OutOfTimeError(error);
    await clock.sleep(wait);
  }

  async function waitForTurn(bucket: RateBucket, callsPerSecond: number, lastError?: ProviderError): Promise<void> {
    const opening = timeLeft() < 0 ? undefined : limiter.open?.(bucket, callsPerSecond, timeLeft());
    if (opening !== undefined && !(await opening)) throw new OutOfTimeError(lastError);
    const left = timeLeft();
    const wait = left < 0 ? undefined : limiter.take(bucket, callsPerSecond, left);
    if (wait === undefined) throw new OutOfTimeError(lastError);
    if (wait > 0) await clock.sleep(wait);
  }

  function stopIfDenied(scope: string): void {
    const denial = denied.get(scope);
    if (denial !== undefined) throw denial;
  }

  function failureOf(thrown: unknown, { api: { action }, region, account, kind }: CallTarget): ProviderError {
    // Where a write broke off in our own code, nobody knows whether it had been sent.
    const error = thrown instanceof ProviderError ? thrown : clientFault(action, thrown, kind === "write");
    if (error.code === CLIENT_FAULT) {
      const { message, cause } = error;
      const stack = cause instanceof Error ? cause.stack : undefined;
      log?.error("a call failed in our own code", { action, account: account.account, region, reason: message, stack });
    }
    return error;
  }

  return {
    backOff,
    async leave(target) {
      const left = timeLeft();
      const wait = left < 0 ? Infinity : limiter.leave(bucketOf(target), callsPerSecond(target));
      if (wait > left) throw new OutOfTimeError();
      if (wait > 0) await clock.sleep(wait);
      return wait > 0;
    },
    throttled: (target, { retryAfterMs }) => limiter.throttled(bucketOf(target), retryAfterMs),
    async call(target, send) {
      const bucket = bucketOf(target);
      const scope = scopeOf(target);
      let lastError: ProviderError | undefined;
      stopIfDenied(scope);
      const earlier = denials.ask(scope);
      if (earlier !== undefined) throw earlier;
      for (let attempt = 0; ; attempt += 1) {
        stopIfDenied(scope);
        await waitForTurn(bucket, callsPerSecond(target), lastError);
        stopIfDenied(scope);
        try {
          const result = await send();
          limiter.succeeded(bucket);
          denials.allowed(scope);
          return result;
        } catch (thrown) {
          if (thrown instanceof OutOfTimeError) throw thrown;
          const error = failureOf(thrown, target);
          if (error.kind === "access") {
            if (denials.denied(scope, error, target.resource)) denied.set(scope, error);
          } else if (error.httpStatus > 0 && !error.retryable) {
            // The cloud let us in to what it refused, and whoever searches for that must not meet an old denial.
            denials.allowed(scope);
          }
          if (error.kind === "throttled") limiter.throttled(bucket, error.retryAfterMs);
          if (!mayRepeat(error, target, attempt + 1)) throw error;
          lastError = error;
        }
        await backOff(attempt, lastError);
      }
    },
  };
}

function mayRepeat(error: ProviderError, { kind }: CallTarget, attempts: number): boolean {
  if (!error.retryable || (kind === "write" && error.ambiguous)) return false;
  return attempts < (error.kind === "throttled" ? ATTEMPTS.throttled : ATTEMPTS.other);
}

function bucketOf({ account, region, api }: CallTarget): RateBucket {
  return rateBucket(account, region, api);
}

/** Who may refuse: a role may be let in to one region and not to another, although their calls are counted together. */
function scopeOf({ account: { provider, account }, region, project, api: { action } }: CallTarget): string {
  return JSON.stringify([{ provider, account, region, action }, project]);
}

/** What the account's configuration allows, or half of the quota: the other half belongs to everybody else. */
function callsPerSecond({ account, api, kind }: CallTarget): number {
  return account.callsPerSecond?.[kind] ?? api.callsPerSecond / 2;
}
