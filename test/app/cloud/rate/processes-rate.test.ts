import { describe, expect, test } from "vitest";
import { callSpacingMs } from "../../../../lib/app/cloud/rate/call-spacing.ts";
import { createRateLimiter, type RateLimiter } from "../../../../lib/app/cloud/rate/limiter.ts";
import type { RateBucket } from "../../../../lib/app/ports/rate-claims.ts";
import * as fc from "../../../properties.ts";

const bucket: RateBucket = { provider: "aws", account: "1", region: "us-east-1", action: "aws:tagging:TagResources" };
const SECONDS = 30;

/** When one place's calls leave, each as early as it may: by `take` alone, or by `leave` as writes do. */
function departures(
  callsPerSecond: number,
  { processes, by, starts }: { processes: number; by: "take" | "leave"; starts: readonly number[] },
): number[] {
  let now = 0;
  const times: number[] = [];
  for (const [index, start] of starts.entries()) {
    now = start;
    const end = starts[index + 1] ?? SECONDS * 1_000;
    const limiter: RateLimiter = createRateLimiter({ now: () => now }, processes);
    for (;;) {
      now +=
        by === "take" ? (limiter.take(bucket, callsPerSecond, Infinity) ?? 0) : limiter.leave(bucket, callsPerSecond);
      if (now >= end) break;
      times.push(now);
    }
  }
  return times;
}

/** The most calls in any window of this length. */
function most(times: readonly number[], windowMs: number): number {
  const sorted = times.toSorted((one, other) => one - other);
  return Math.max(0, ...sorted.map((from, index) => sorted.slice(index).filter((at) => at - from < windowMs).length));
}

/** Processes that start at any time, each place with successors that start when the one before was killed. */
const places = (processes: number) =>
  fc.array(
    fc
      .uniqueArray(fc.integer({ min: 0, max: SECONDS * 1_000 - 1 }), { minLength: 1, maxLength: 4 })
      .map((starts) => starts.toSorted((one, other) => one - other)),
    { minLength: processes, maxLength: processes },
  );

describe("processes that don't see each other, killed and started again at any time", () => {
  test.each([
    ["AWS's writes", 2.5, 2],
    ["AWS's reads", 7.5, 2],
    ["AWS's reads beside an audit", 3.75, 2],
    ["Alibaba Cloud's calls", 25, 2],
    ["Alibaba Cloud's reads beside an audit", 12.5, 5],
    ["Huawei Cloud's reads", 30, 3],
    ["a rate that somebody has chosen", 0.7, 3],
  ])("make no more of %s in ten seconds than the rate allows: %d a second, %d processes", (_, rate, processes) => {
    for (const by of ["take", "leave"] as const) {
      fc.assert(
        fc.property(places(processes), (all) => {
          const times = all.flatMap((starts) => departures(rate, { processes, by, starts }));
          expect(most(times, 10_000)).toBeLessThanOrEqual(rate * 10);
        }),
        { numRuns: 15 },
      );
    }
  });

  test.each([
    ["Alibaba Cloud's calls", 25, 2],
    ["Huawei Cloud's reads", 30, 3],
    ["the quickest rate", 200, 7],
  ])("make no more of %s in one second: %d, %d processes", (_, rate, processes) => {
    fc.assert(
      fc.property(places(processes), (all) => {
        const times = all.flatMap((starts) => departures(rate, { processes, by: "leave", starts }));
        expect(most(times, 1_000)).toBeLessThanOrEqual(rate);
      }),
      { numRuns: 10 },
    );
  });
});

test("whole numbers of calls leave at least nine tenths of the rate, and a lonely process all of it", () => {
  fc.assert(
    fc.property(fc.double({ min: 1, max: 500, noNaN: true }), fc.integer({ min: 2, max: 10 }), (own, processes) => {
      const used = 1_000 / callSpacingMs(own * processes, processes);
      expect(used / own).toBeGreaterThan(own >= 2 ? 0.89 : 0.81);
      expect(used).toBeLessThanOrEqual(own);
    }),
  );
  expect(callSpacingMs(2.5, 1)).toBe(400);
});

test("a process that starts waits for its first call only as long as its start is recent", () => {
  let now = 5_000;
  const limiter = createRateLimiter({ now: () => now }, 2);
  now += 300;
  const spacing = callSpacingMs(2.5, 2);
  expect(limiter.take(bucket, 2.5, Infinity)).toBeCloseTo(spacing - 300);
  now += 60_000;
  expect(limiter.take({ ...bucket, account: "2" }, 2.5, Infinity)).toBe(0);
});

test("a clock that is set back before the first call doesn't hold it", () => {
  let now = 7_200_000;
  const limiter = createRateLimiter({ now: () => now }, 2);
  now -= 3_600_000;
  expect(limiter.take(bucket, 10, Infinity)).toBeLessThanOrEqual(callSpacingMs(10, 2));
  expect(limiter.leave(bucket, 10)).toBeLessThanOrEqual(callSpacingMs(10, 2));
});
