import { expect, test } from "vitest";
import { createRateLimiter } from "../../../../lib/app/cloud/rate/limiter.ts";
import type { RateBucket } from "../../../../lib/app/ports/rate-claims.ts";
import * as fc from "../../../properties.ts";

const bucket: RateBucket = { provider: "alibaba", account: "1", region: "cn", action: "alibaba:test:TagResources" };

function limiterAt(start = 0) {
  let now = start;
  const limiter = createRateLimiter({ now: () => now });
  return { limiter, advance: (ms: number) => void (now += ms), now: () => now };
}

test("no second, wherever it begins, holds more calls than the rate", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 80 }),
      fc.integer({ min: 1, max: 25 }),
      (pauses, rate) => {
        const { limiter, advance, now } = limiterAt();
        const starts = pauses.map((pause) => {
          advance(pause);
          return now() + (limiter.take(bucket, rate, Infinity) ?? 0);
        });
        for (const start of starts) {
          const inSecond = starts.filter((other) => other >= start && other < start + 1_000 - 1e-6);
          expect(inSecond.length).toBeLessThanOrEqual(rate);
        }
      },
    ),
  );
});

test("processes that may run at once keep to an equal part of the rate each, and none begins with a call", () => {
  const limiter = createRateLimiter({ now: () => 0 }, 4);
  expect([1, 2, 3].map(() => limiter.take(bucket, 8, Infinity))).toEqual([505, 1_010, 1_515]);
  expect([1, 2].map(() => limiter.leave(bucket, 8))).toEqual([505, 1_010]);
});

test("a wait that is too long takes nothing", () => {
  const { limiter } = limiterAt();
  expect(limiter.take(bucket, 1, 0)).toBe(0);
  expect(limiter.take(bucket, 1, 999)).toBeUndefined();
  expect(limiter.take(bucket, 1, 1_000)).toBe(1_000);
});

test("accounts, regions and APIs wait for themselves only", () => {
  const { limiter } = limiterAt();
  for (const other of [bucket, { ...bucket, account: "2" }, { ...bucket, region: "eu" }, { ...bucket, action: "x" }]) {
    expect(limiter.take(other, 1, 0)).toBe(0);
  }
});

test("throttling halves the pace, once for all calls that were under way together", () => {
  const { limiter, advance } = limiterAt();
  limiter.take(bucket, 10, 0);
  for (let call = 0; call < 5; call += 1) limiter.throttled(bucket);
  advance(10_000);
  expect(limiter.take(bucket, 10, 0)).toBe(0);
  expect(limiter.take(bucket, 10, 1_000)).toBe(200);
});

test("the pace never falls to nothing, and successes bring it back", () => {
  const { limiter, advance } = limiterAt();
  for (let call = 0; call < 50; call += 1) {
    advance(2_000);
    limiter.throttled(bucket);
  }
  advance(1_000_000);
  limiter.take(bucket, 10, 0);
  expect(limiter.take(bucket, 10, 10_000)).toBe(6_400);
  for (let call = 0; call < 20; call += 1) limiter.succeeded(bucket);
  advance(1_000_000);
  limiter.take(bucket, 10, 0);
  expect(limiter.take(bucket, 10, 10_000)).toBe(100);
});

test("a retry hint holds back every call of its bucket, for a minute at most", () => {
  const { limiter } = limiterAt();
  limiter.throttled(bucket, 7_000);
  expect(limiter.take(bucket, 10, Infinity)).toBe(7_000);
  const hour = limiterAt();
  hour.limiter.throttled(bucket, 3_600_000);
  expect(hour.limiter.take(bucket, 10, Infinity)).toBe(60_000);
});

test("calls that leave late leave as far apart as the rate says", () => {
  const { limiter, advance } = limiterAt();
  expect(limiter.leave(bucket, 2)).toBe(0);
  advance(100);
  expect(limiter.leave(bucket, 2)).toBe(400);
  advance(1_000);
  expect(limiter.leave(bucket, 2)).toBe(0);
});

test("a clock that is set back holds no call that leaves", () => {
  const { limiter, advance } = limiterAt(7_200_000);
  limiter.leave(bucket, 2);
  advance(-3_600_000);
  expect(limiter.leave(bucket, 2)).toBe(500);
});
