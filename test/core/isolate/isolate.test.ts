import { expect, test } from "vitest";
import {
  afterCall,
  isolate,
  nextCall,
  undecided,
  withdraw,
  type Isolation,
} from "../../../lib/core/isolate/isolate.ts";
import * as fc from "../../properties.ts";

const idsOf = (count: number) => Array.from({ length: count }, (_, index) => `r${index}`);

interface Search {
  readonly end: Isolation<string>;
  readonly sent: readonly { readonly called: readonly string[]; readonly suspects: readonly string[] }[];
  readonly succeeded: readonly (readonly string[])[];
  /** The failed call that started the search included. */
  readonly calls: number;
}

/** A search that takes more calls than these for each resource is taken for one that never ends. */
const MOST_CALLS = 4;

/**
 * Plays an API that takes all of a call or none; `names` = its errors name the first bad resource; `after` so many calls
 * of the search none is bad any more.
 */
function search(
  ids: readonly string[],
  bad: ReadonlySet<string>,
  names = false,
  expectedBad = 1,
  after = Infinity,
): Search {
  const firstBad = (called: readonly string[]) => called.find((id) => bad.has(id));
  const failureOf = (offender: string) => ({
    kind: "failed" as const,
    failure: `refused ${offender}`,
    ...(names && { offender }),
  });
  let state = isolate(ids, failureOf(firstBad(ids) ?? ""), expectedBad);
  const sent: Search["sent"][number][] = [];
  const succeeded: (readonly string[])[] = [];
  let calls = 1;
  for (let called = nextCall(state); called !== undefined; called = nextCall(state)) {
    calls += 1;
    sent.push({ called, suspects: state.suspects });
    if (calls > MOST_CALLS * ids.length) throw new Error("the search doesn't end");
    const offender = sent.length > after ? undefined : firstBad(called);
    if (offender === undefined) succeeded.push(called);
    state = afterCall(state, called, offender === undefined ? { kind: "succeeded" } : failureOf(offender));
  }
  return { end: state, sent, succeeded, calls };
}

const cases = fc
  .integer({ min: 1, max: 120 })
  .chain((size) => fc.tuple(fc.constant(size), fc.uniqueArray(fc.nat(size - 1), { minLength: 1, maxLength: size })));

test("exactly the bad resources are named, whatever their number and places", () => {
  fc.assert(
    fc.property(cases, fc.boolean(), ([size, places], names) => {
      const bad = new Set(places.map((place) => `r${place}`));
      expect(new Set(search(idsOf(size), bad, names).end.bad.keys())).toEqual(bad);
    }),
  );
});

test("every good resource ends in exactly one call that succeeded", () => {
  fc.assert(
    fc.property(cases, fc.boolean(), ([size, places], names) => {
      const bad = new Set(places.map((place) => `r${place}`));
      const { end, succeeded } = search(idsOf(size), bad, names);
      const good = idsOf(size).filter((id) => !bad.has(id));
      expect(succeeded.flat().sort()).toEqual(good.toSorted());
      expect(end.good.toSorted()).toEqual(good.toSorted());
      expect(undecided(end)).toEqual([]);
    }),
  );
});

test("no call repeats one that failed", () => {
  const { end, calls } = search(idsOf(2), new Set(["r0"]));
  expect(calls).toBe(3);
  expect([...end.bad]).toEqual([["r0", "refused r0"]]);
});

test("nothing is bad that wasn't refused alone, or named", () => {
  fc.assert(
    fc.property(cases, fc.nat(120), fc.boolean(), ([size, places], after, names) => {
      const bad = new Set(places.map((place) => `r${place}`));
      // After so many calls all of them are put right, as when a resource becomes visible during the search.
      const { end, sent } = search(idsOf(size), bad, names, 1, after);
      const alone = sent.slice(0, after).flatMap(({ called }) => (called.length === 1 ? called : []));
      const provable = names ? bad : new Set(size === 1 ? ["r0"] : alone.filter((id) => bad.has(id)));
      for (const id of end.bad.keys()) expect(provable).toContain(id);
      expect(undecided(end)).toEqual([]);
    }),
  );
});

test("a bad resource is reported with the error of a call that it was in", () => {
  fc.assert(
    fc.property(cases, ([size, places]) => {
      const bad = new Set(places.map((place) => `r${place}`));
      for (const [id, failure] of search(idsOf(size), bad).end.bad) expect(failure).toBe(`refused ${id}`);
    }),
  );
});

test("a single bad resource in a batch of one is named without another call", () => {
  expect(search(["r0"], new Set(["r0"])).calls).toBe(1);
});

test("a named offender costs one more call for all of the others together", () => {
  for (const place of [0, 24, 49]) expect(search(idsOf(50), new Set([`r${place}`]), true).calls).toBe(2);
});

test("a named offender costs no more where many bad ones are expected", () => {
  expect(search(idsOf(50), new Set(["r24"]), true, 10).calls).toBe(2);
});

test("while a failed call is open, calls hold none but its suspects", () => {
  fc.assert(
    fc.property(cases, ([size, places]) => {
      const bad = new Set(places.map((place) => `r${place}`));
      for (const { called, suspects } of search(idsOf(size), bad).sent) {
        if (suspects.length > 0) expect(suspects).toEqual(expect.arrayContaining([...called]));
      }
    }),
  );
});

test("an offender that wasn't in the call is not believed", () => {
  const state = isolate(idsOf(4), { kind: "failed", failure: "refused", offender: "somebody else" });
  expect(state.bad.size).toBe(0);
  expect(undecided(state)).toEqual(idsOf(4));
});

test("one bad of 50 costs 10 calls at most, and less than 8.5 on average", () => {
  const calls = idsOf(50).map((id) => search(idsOf(50), new Set([id])).calls);
  expect(Math.max(...calls)).toBeLessThanOrEqual(10);
  expect(calls.reduce((sum, one) => sum + one) / 50).toBeLessThanOrEqual(8.5);
});

test("the mean over all places stays under 8.5 for one bad of 50, and under 14.5 for two", () => {
  const ids = idsOf(50);
  const meanOf = (sets: readonly (readonly number[])[]) =>
    sets.reduce((sum, places) => sum + search(ids, new Set(places.map((place) => `r${place}`))).calls, 0) / sets.length;
  const pairs = ids.flatMap((_, first) => ids.slice(first + 1).map((_, after) => [first, first + 1 + after]));
  expect(meanOf(ids.map((_, place) => [place]))).toBeLessThanOrEqual(8.5);
  expect(meanOf(pairs)).toBeLessThanOrEqual(14.5);
});

test("after two bad neighbours the next one is tried alone, so that a run of them costs little more than a call each", () => {
  const runOf = (length: number) => new Set(idsOf(50).slice(20, 20 + length));
  const difference = search(idsOf(50), runOf(12)).calls - search(idsOf(50), runOf(6)).calls;
  // Searching for each of the six anew takes about 25.
  expect(difference).toBeLessThanOrEqual(12);
});

test("where most are bad, resources soon go one by one", () => {
  expect(search(idsOf(50), new Set(idsOf(50))).calls).toBeLessThanOrEqual(60);
});

test("a caller that expects many bad ones finds ten in fewer calls, and one in more", () => {
  const calls = (bad: number, expectedBad: number) => {
    const every = idsOf(50).filter((_, place) => place % (50 / bad) === 0);
    return search(idsOf(50), new Set(every), false, expectedBad).calls;
  };
  expect(calls(10, 10)).toBeLessThan(calls(10, 1));
  expect(calls(1, 10)).toBeGreaterThan(calls(1, 1));
});

test("withdrawing a suspect clears the others of suspicion", () => {
  const state = isolate(idsOf(3), { kind: "failed", failure: "refused" });
  const left = withdraw(state, ["r1"]);
  expect(left.suspects).toEqual([]);
  expect(undecided(left)).toEqual(["r0", "r2"]);
  expect(nextCall(left)).toEqual(["r0", "r2"]);
});

test("withdrawing an untested resource keeps the suspects", () => {
  const state = afterCall(isolate(idsOf(4), { kind: "failed", failure: "refused" }), ["r0", "r1"], {
    kind: "failed",
    failure: "refused",
  });
  expect(withdraw(state, ["r3"]).suspects).toEqual(["r0", "r1"]);
  expect(undecided(withdraw(state, ["r3"]))).toEqual(["r0", "r1", "r2"]);
});
