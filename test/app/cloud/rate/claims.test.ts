import { describe, expect, it } from "vitest";
import { givesWayAfterMs } from "../../../../lib/app/cloud/rate/share.ts";
import type { RateClaims } from "../../../../lib/app/ports/rate-claims.ts";
import { memoryRateClaims } from "../../../../lib/sinks/dynamo/memory-rate-claims.ts";
import * as fc from "../../../properties.ts";
import { virtualClock } from "../../virtual-clock.ts";
import { auditProcess, enforceProcess, mostInASecond, type RateWorld } from "./rate-world.ts";

/** Half of what Alibaba Cloud allows. */
const SHARE = 25;
/** Between two calls of one of two processes that enforce with half of it: 160 ms, and a little for jitter. */
const SPACING = 170;

function world(more: Partial<RateWorld> = {}): RateWorld {
  const clock = virtualClock(0);
  return { clock, claims: distant(memoryRateClaims(), clock, () => 5), callsPerSecond: SHARE, ...more };
}

/** Claims that take their time, there and back; `fails` says of each whether it does, before or after it has acted. */
function distant(
  claims: RateClaims,
  clock: RateWorld["clock"],
  latencyMs: () => number,
  fails: () => "before" | "after" | undefined = () => undefined,
): RateClaims {
  const away = async <Result>(act: () => Promise<Result>): Promise<Result> => {
    const failure = fails();
    await clock.sleep(latencyMs());
    const result = failure === "before" ? undefined : await act();
    await clock.sleep(latencyMs());
    if (failure !== undefined || result === undefined) throw new Error("the table failed");
    return result;
  };
  return {
    claim: (...claim) => away(() => claims.claim(...claim)),
    release: async (...claim) => {
      await away(async () => {
        await claims.release(...claim);
        return true;
      });
    },
  };
}

const MINUTE = 60_000;

describe("an audit", () => {
  it("uses at least 95 % of our share while enforcement is idle", async () => {
    const here = world();
    const audit = auditProcess("audit 1", here);
    await audit.read(MINUTE);
    expect(audit.calls.at.length / 60).toBeGreaterThanOrEqual(0.95 * SHARE);
    expect(mostInASecond([audit])).toBeLessThanOrEqual(SHARE);
  });

  it.each([0.5, 2, 7.5, 100])("does so too at %d calls a second", async (callsPerSecond) => {
    const here = world({ callsPerSecond });
    const audit = auditProcess("audit 1", here);
    await audit.read(10 * MINUTE);
    expect(audit.calls.at.length / 600).toBeGreaterThanOrEqual(0.95 * callsPerSecond);
  });

  it("does so too while enforcement has a single resource to read now and then", async () => {
    const here = world();
    const audit = auditProcess("audit 1", here);
    const enforcement = enforceProcess(here);
    const reading = audit.read(4 * MINUTE);
    for (let event = 0; event < 10; event += 1) {
      await here.clock.sleep(21_000);
      await enforcement.invoke(1);
    }
    await reading;
    expect(enforcement.calls.waited.filter((ms) => ms > 0)).toEqual([]);
    expect(audit.calls.at.length / 240).toBeGreaterThanOrEqual(0.95 * SHARE);
    expect(mostInASecond([audit, enforcement])).toBeLessThanOrEqual(SHARE + 1);
  });

  it("gives way while enforcement works, and takes all of it again afterwards", async () => {
    const here = world();
    const audit = auditProcess("audit 1", here);
    const reading = audit.read(2 * MINUTE);
    await here.clock.sleep(10_000);
    const enforcement = enforceProcess(here);
    while (here.clock.now() < 40_000) await enforcement.invoke(5);
    await reading;
    const rate = (from: number, to: number) =>
      audit.calls.at.filter((at) => at >= from && at < to).length / ((to - from) / 1_000);
    expect(rate(15_000, 40_000)).toBeLessThanOrEqual(0.5 * SHARE + 0.1);
    expect(rate(15_000, 40_000)).toBeGreaterThanOrEqual(0.48 * SHARE);
    expect(rate(70_000, 120_000)).toBeGreaterThanOrEqual(0.95 * SHARE);
  });

  it("divides our share with another audit: together they use at least 95 %, and never more than it", async () => {
    const here = world();
    const audits = [auditProcess("audit 1", here), auditProcess("audit 2", here)];
    await Promise.all(audits.map((audit) => audit.read(MINUTE)));
    const calls = audits.reduce((sum, { calls: { at } }) => sum + at.length, 0);
    expect(calls / 60).toBeGreaterThanOrEqual(0.95 * SHARE);
    expect(mostInASecond(audits)).toBeLessThanOrEqual(SHARE + audits.length);
  });

  it("takes what another one leaves: at once where it ends, soon where it crashed", async () => {
    for (const end of ["read", "crash"] as const) {
      const here = world();
      const other = auditProcess("audit 2", here)[end](10_000);
      const audit = auditProcess("audit 1", here);
      const reading = audit.read(40_000);
      await other;
      await reading;
      const late = audit.calls.at.filter((at) => at >= (end === "read" ? 12_000 : 24_000) && at < 40_000);
      expect(late.length / (end === "read" ? 28 : 16)).toBeGreaterThanOrEqual(0.95 * SHARE);
    }
  });
});

describe("enforcement", () => {
  it("waits for nothing where no audit runs", async () => {
    const here = world();
    const enforcement = enforceProcess(here);
    await here.clock.sleep(10_000);
    await enforcement.invoke(4);
    const { waited } = enforcement.calls;
    expect(waited[0]).toBe(0);
    expect(waited[3]).toBeLessThanOrEqual(3 * SPACING);
  });

  it("calls at once where an audit uses all of the rate, and has its part as soon as that gives way", async () => {
    const here = world();
    const reading = auditProcess("audit 1", here).read(20_000);
    const enforcement = enforceProcess(here);
    await here.clock.sleep(10_000);
    await enforcement.invoke(4);
    const [first, second = 0, , last = 0] = enforcement.calls.waited;
    expect(first).toBe(0);
    expect(second).toBeLessThanOrEqual(givesWayAfterMs(SHARE) + 20);
    expect(last - second).toBeLessThanOrEqual(2 * SPACING);
    await reading;
  });

  it("keeps its part for as long as it works, however long that is", async () => {
    const here = world();
    const reading = auditProcess("audit 1", here).read(3 * MINUTE);
    const enforcement = enforceProcess(here);
    while (here.clock.now() < 2 * MINUTE) await enforcement.invoke(20);
    await reading;
    const steady = enforcement.calls.at.filter((at) => at > 10_000 && at < 2 * MINUTE);
    expect(steady.length / 110).toBeGreaterThanOrEqual(0.95 * 0.25 * SHARE);
  });

  it("makes one call and no more where nobody can be told of it, and gives the others back", async () => {
    const here = world();
    const failing = {
      ...here,
      claims: distant(
        here.claims,
        here.clock,
        () => 5,
        () => "before",
      ),
    };
    const enforcement = enforceProcess(failing);
    await enforcement.invoke(4, 10_000);
    expect(enforcement.calls.at).toHaveLength(1);
  });
});

describe("our share", () => {
  it("is never exceeded, whoever comes and goes, and whatever fails", async () => {
    const moment = fc.integer({ min: 0, max: 90_000 });
    const schedule = fc.record({
      callsPerSecond: fc.constantFrom(5, 7.5, 25, 50),
      part: fc.constantFrom(0.2, 0.5, 0.8),
      callMs: fc.integer({ min: 20, max: 400 }),
      audits: fc.array(fc.record({ from: moment, forMs: moment, crashes: fc.boolean() }), {
        minLength: 1,
        maxLength: 3,
      }),
      invocations: fc.array(
        fc.record({ at: moment, process: fc.integer({ min: 0, max: 1 }), calls: fc.integer({ min: 1, max: 30 }) }),
        { maxLength: 20 },
      ),
      latencies: fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 }),
      failures: fc.array(fc.constantFrom(undefined, undefined, undefined, undefined, "before", "after"), {
        minLength: 1,
        maxLength: 20,
      }),
    });
    await fc.assert(
      fc.asyncProperty(schedule, async ({ callsPerSecond, part, callMs, audits, invocations, latencies, failures }) => {
        const clock = virtualClock(0);
        let asked = 0;
        const claims = distant(
          memoryRateClaims(),
          clock,
          () => latencies[(asked += 1) % latencies.length] ?? 1,
          () => failures[asked % failures.length],
        );
        const here: RateWorld = { clock, claims, callsPerSecond, part, callMs };
        const readers = audits.map((audit, number) => ({ ...audit, process: auditProcess(`audit ${number}`, here) }));
        const enforcers = [enforceProcess(here), enforceProcess(here)];
        await Promise.all([
          ...readers.map(async ({ from, forMs, crashes, process }) => {
            await clock.sleep(from);
            await process[crashes ? "crash" : "read"](from + forMs);
          }),
          ...enforcers.map(async (enforcer, number) => {
            for (const { at, calls } of invocations
              .filter(({ process }) => process === number)
              .toSorted((a, b) => a.at - b.at)) {
              if (at > clock.now()) await clock.sleep(at - clock.now());
              await enforcer.invoke(calls, 30_000);
            }
          }),
        ]);
        const processes = [...readers.map(({ process }) => process), ...enforcers];
        // Each process begins with a call: that is how much today's limiters of several processes may be above, too.
        expect(mostInASecond(processes)).toBeLessThanOrEqual(Math.ceil(callsPerSecond) + processes.length);
      }),
      { numRuns: 60 },
    );
  });
});
