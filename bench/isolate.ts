import { afterCall, isolate, nextCall } from "../lib/core/isolate/isolate.ts";
import { seededRandom } from "../lib/core/seeded-random.ts";
import { significant, type Row } from "./measure.ts";

const RESOURCES = 50;
const TRIALS = 4_000;
/** Bad resources of 50 → the information limit on mean calls, and our goal. */
const CASES = [
  { bad: 1, limit: 6.6, goal: 8.0 },
  { bad: 2, limit: 11.3, goal: 13.5 },
  { bad: 3, limit: 15.3, goal: 18.5 },
  { bad: 5, limit: 22, goal: 27.5 },
];
const REPORTED = [4, 6, 7, 8, 9, 10, 20, 50];

type Strategy = (bad: ReadonlySet<string>, ids: readonly string[]) => number;
type Places = (bad: number, random: () => number) => number[];

/** Calls until each resource is in a call that succeeded or is named, the first failing call included. */
const ours =
  (expectedBad?: number): Strategy =>
  (bad, ids) => {
    const failed = { kind: "failed", failure: "refused" } as const;
    let state = isolate(ids, failed, expectedBad);
    let calls = 1;
    for (let called = nextCall(state); called !== undefined; called = nextCall(state)) {
      calls += 1;
      state = afterCall(state, called, called.some((id) => bad.has(id)) ? failed : { kind: "succeeded" });
    }
    return calls;
  };

/** What is usually done: a call that fails is sent again as two halves. */
const halving: Strategy = (bad, ids) => {
  if (ids.length === 1 || !ids.some((id) => bad.has(id))) return 1;
  const middle = Math.ceil(ids.length / 2);
  return 1 + halving(bad, ids.slice(0, middle)) + halving(bad, ids.slice(middle));
};

const anywhere: Places = (bad, random) => {
  const chosen = new Set<number>();
  while (chosen.size < bad) chosen.add(Math.floor(random() * RESOURCES));
  return [...chosen];
};

/** One run of neighbours, as when one team's resources were deleted. */
const adjacent: Places = (bad, random) => {
  const first = Math.floor(random() * (RESOURCES - bad + 1));
  return Array.from({ length: bad }, (_, index) => first + index);
};

function meanCalls(strategy: Strategy, bad: number, places: Places): number {
  const random = seededRandom(bad);
  const ids = Array.from({ length: RESOURCES }, (_, index) => `r${index}`);
  let calls = 0;
  for (let trial = 0; trial < TRIALS; trial += 1) {
    calls += strategy(new Set(places(bad, random).map((place) => `r${place}`)), ids);
  }
  return calls / TRIALS;
}

function row(name: string, strategy: Strategy, bad: number, places: Places): Row {
  const value = significant(meanCalls(strategy, bad, places), 4);
  const peer = { name: "halving", value: significant(meanCalls(halving, bad, places)) };
  return { name: `isolate ${bad} bad of ${RESOURCES}${name}`, value, unit: "calls", peer, ratio: value / peer.value };
}

/** Mean calls to isolate the bad resources of an all-or-none batch whose errors name none. */
export async function run(): Promise<readonly Row[]> {
  const judged = CASES.map(({ bad, limit, goal }): Row => {
    const { value, ...rest } = row("", ours(), bad, anywhere);
    const floor = { name: "information limit", value: limit };
    return { ...rest, value, floor, ratio: significant(value / limit), goal: `value <= ${goal}`, met: value <= goal };
  });
  const reported = [
    ...REPORTED.map((bad) => row("", ours(), bad, anywhere)),
    ...[2, 3, 5, 10].map((bad) => row(", adjacent", ours(), bad, adjacent)),
    ...[1, 5, 10, 20].map((bad) => row(", 10 expected", ours(10), bad, anywhere)),
  ];
  return [...judged, ...reported.map((one) => ({ ...one, ratio: significant(one.ratio ?? 1) }))];
}
