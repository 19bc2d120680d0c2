import { afterCall, isolate, nextCall } from "../lib/core/isolate.ts";
import { seededRandom, significant, type Row } from "./measure.ts";

const RESOURCES = 50;
const TRIALS = 4_000;
/** Bad resources of 50 → mean calls: the information limit, halving without inference, and our goal where there is one. */
const CASES = [
  { bad: 1, limit: 6.6, halving: 12.4, goal: 8.0 },
  { bad: 2, limit: 11.3, halving: 20.1, goal: 13.5 },
  { bad: 3, limit: 15.3, halving: 26.6, goal: 18.5 },
  { bad: 5, limit: 22, halving: 37.2, goal: 27.5 },
];
const REPORTED = [4, 6, 7, 8, 9, 10];

/** Calls until each resource is in a call that succeeded or is named, the first failing call included. */
function callsFor(bad: ReadonlySet<string>, ids: readonly string[]): number {
  const failed = { kind: "failed", failure: "refused" } as const;
  let state = isolate(ids, failed);
  let calls = 1;
  for (let called = nextCall(state); called !== undefined; called = nextCall(state)) {
    calls += 1;
    state = afterCall(state, called, called.some((id) => bad.has(id)) ? failed : { kind: "succeeded" });
  }
  return calls;
}

function meanCalls(bad: number): number {
  const random = seededRandom(bad);
  const ids = Array.from({ length: RESOURCES }, (_, index) => `r${index}`);
  let calls = 0;
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const chosen = new Set<string>();
    while (chosen.size < bad) chosen.add(`r${Math.floor(random() * RESOURCES)}`);
    calls += callsFor(chosen, ids);
  }
  return calls / TRIALS;
}

/** Mean calls to isolate the bad resources of an all-or-none batch whose errors name none. */
export async function run(): Promise<readonly Row[]> {
  const judged = CASES.map(({ bad, limit, halving, goal }): Row => {
    const value = meanCalls(bad);
    return {
      name: `isolate ${bad} bad of ${RESOURCES}`,
      value: significant(value),
      unit: "calls",
      floor: { name: "information limit", value: limit },
      peer: { name: "halving", value: halving },
      ratio: significant(value / limit),
      goal: `value <= ${goal}`,
      met: value <= goal,
    };
  });
  const reported = REPORTED.map((bad): Row => {
    return { name: `isolate ${bad} bad of ${RESOURCES}`, value: significant(meanCalls(bad)), unit: "calls" };
  });
  return [...judged, ...reported];
}
