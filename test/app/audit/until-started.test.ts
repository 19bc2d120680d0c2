import { expect, test } from "vitest";
import { untilStarted } from "../../../lib/app/audit/until-started.ts";
import { AT, quietLog, sleepingClock } from "../audit-world.ts";

/** Starts an audit in an invocation of a quarter of an hour, while something is wrong for so many minutes. */
async function start(minutes: number, mayPass = true) {
  const clock = sleepingClock();
  const deadline = { remainingMs: () => AT + 900_000 - clock.now() };
  let tries = 0;
  const started = untilStarted(
    async () => {
      tries += 1;
      if (clock.now() - AT < minutes * 60_000) throw new Error("the table is away");
      return "started";
    },
    { clock, deadline, log: quietLog, mayPass: () => mayPass },
  );
  const end = await started.catch((error: unknown) => String(error));
  return { end, tries, seconds: (clock.now() - AT) / 1_000 };
}

test("an audit starts when its stores are there again, with waits that grow to a minute", async () => {
  expect(await start(0)).toEqual({ end: "started", tries: 1, seconds: 0 });
  expect(await start(10)).toEqual({ end: "started", tries: 15, seconds: 602 });
});

test("an invocation that could not start it fails before its time is over, so that Lambda repeats it", async () => {
  const { end, seconds } = await start(60);
  expect(end).toBe("Error: the table is away");
  expect(seconds).toBeGreaterThan(780);
  expect(seconds).toBeLessThanOrEqual(870);
});

test("what doesn't pass is told at once", async () => {
  expect(await start(60, false)).toEqual({ end: "Error: the table is away", tries: 1, seconds: 0 });
});
