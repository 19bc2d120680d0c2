import { beforeAll, describe, expect, test } from "vitest";
import * as fc from "../../properties.ts";
import { enforceWhile, PLACES, RESOURCES, type Place } from "./store-world.ts";

const MINUTE = 60_000;

let undisturbed: Awaited<ReturnType<typeof enforceWhile>>;
beforeAll(async () => {
  undisturbed = await enforceWhile(() => false);
});

test("undisturbed, all of it ends at once and well", () => {
  const { end, dead, unjournaled } = undisturbed;
  expect({ dead, unjournaled }).toEqual({ dead: [], unjournaled: 0 });
  expect(end.journal).toHaveLength(98 * 2);
  expect(Object.keys(end.outcomes)).toHaveLength(RESOURCES.length);
  expect(end.alerts).toHaveLength(1);
  expect(end.seen).toHaveLength(RESOURCES.length);
});

const OUTAGES: readonly (readonly [name: string, places: readonly Place[], minutes: number])[] = [
  ["the journal", ["journal"], 40],
  ["the outcomes", ["outcomes"], 40],
  ["the alert queue", ["alert"], 40],
  ["what events told of", ["seen"], 40],
  ["the write cap", ["cap"], 40],
  ["S3", ["journal", "outcomes"], 40],
  ["DynamoDB", ["cap", "seen"], 40],
  ["STS", ["sts"], 40],
  ["S3 for five hours", ["journal", "outcomes"], 300],
  ["DynamoDB for five hours", ["cap", "seen"], 300],
  ["STS for five hours", ["sts"], 300],
  ["S3 and every queue for a quarter of an hour", ["journal", "outcomes", "alert", "queue"], 15],
];

describe.each(OUTAGES)("without %s", (_, places, minutes) => {
  test("for a while, all ends as undisturbed, and nothing is acknowledged that is not journaled", async () => {
    const { end, dead, unjournaled } = await enforceWhile(
      (place, ms) => places.includes(place) && ms < minutes * MINUTE,
    );
    expect(dead).toEqual([]);
    expect(unjournaled).toBe(0);
    expect(end).toEqual(undisturbed.end);
  });
});

test("what is written goes on being written without journal, outcomes and alerts, and once", async () => {
  const places: readonly Place[] = ["journal", "outcomes", "alert", "seen"];
  const { end, writes } = await enforceWhile((place, ms) => places.includes(place) && ms < 60 * MINUTE);
  expect(writes).toBe(undisturbed.writes);
  expect(end).toEqual(undisturbed.end);
});

test("nothing is written while the write cap can't be asked, and the reason says so", async () => {
  const { log, writes } = await enforceWhile((place, ms) => place === "cap" && ms < 40 * MINUTE);
  expect(writes).toBeLessThanOrEqual(undisturbed.writes);
  const waited = log.filter(({ message }) => message === "resource redelivered");
  expect(waited[0]?.fields).toMatchObject({
    code: "WriteCapUnknown",
    reason: "the write cap can't be asked: cap: ServiceUnavailable",
  });
});

test("a process that holds what nobody takes begins nothing until somebody does", async () => {
  const places: readonly Place[] = ["journal", "queue"];
  const { end, writes, unjournaled } = await enforceWhile((place, ms) => places.includes(place) && ms < 15 * MINUTE);
  expect({ writes, unjournaled }).toEqual({ writes: undisturbed.writes, unjournaled: 0 });
  expect(end).toEqual(undisturbed.end);
});

test("whatever is down, whenever and for how long, all ends as undisturbed", async () => {
  const outage = fc.record({
    place: fc.constantFrom(...PLACES.filter((place) => place !== "queue")),
    from: fc.integer({ min: 0, max: 60 }),
    minutes: fc.integer({ min: 1, max: 240 }),
  });
  const ofQueue = fc.record({
    place: fc.constant<Place>("queue"),
    from: fc.integer({ min: 0, max: 60 }),
    minutes: fc.integer({ min: 1, max: 15 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(outage, { maxLength: 4 }), fc.option(ofQueue), async (outages, queue) => {
      const all = queue === null ? outages : [...outages, queue];
      const { end, dead, unjournaled } = await enforceWhile((place, ms) =>
        all.some((one) => one.place === place && ms >= one.from * MINUTE && ms < (one.from + one.minutes) * MINUTE),
      );
      expect({ dead, unjournaled }).toEqual({ dead: [], unjournaled: 0 });
      expect(end).toEqual(undisturbed.end);
    }),
    { numRuns: 25 },
  );
});
