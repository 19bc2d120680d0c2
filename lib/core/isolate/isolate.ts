import { bestSplit } from "./best-split.ts";

/**
 * Finds the resources that a failed all-or-none call was refused for, and sees to it that every other one ends in a
 * call that succeeded. A pure state machine: `nextCall` says what to send, `afterCall` takes in what happened.
 *
 * Only a resource that an error names, or that was refused alone, is bad. That all others were taken doesn't make the
 * last one bad: what the first call was refused for may have been put right since, or have become visible.
 */
export interface Isolation<Failure> {
  /** Held at least one bad resource: a call of exactly these, or of more with the others proved good, failed. */
  readonly suspects: readonly string[];
  /** What the call of all of them was refused with. */
  readonly whole: Failure;
  /** Nothing is known of these, beyond the rate of bad ones among their like. */
  readonly untested: readonly string[];
  /** In a call that succeeded. */
  readonly good: readonly string[];
  readonly bad: ReadonlyMap<string, Failure>;
  /** How many of the bad ones no error named, so that they had to be searched for. */
  readonly searched: number;
  /** The resources that the search began with, in order. */
  readonly all: readonly string[];
  readonly expectedBad: number;
}

export type CallOutcome<Failure> =
  | { readonly kind: "succeeded" }
  /** `offender` = the resource that the error names, where it names one. */
  | { readonly kind: "failed"; readonly failure: Failure; readonly offender?: string | undefined };

/**
 * Begins with what the call of all of these resources failed with. `expectedBad` = how many bad ones such a batch is
 * likely to have: a caller that has searched others lately can say how many those had on average.
 */
export function isolate<Failure>(
  ids: readonly string[],
  outcome: Extract<CallOutcome<Failure>, { kind: "failed" }>,
  expectedBad = 1,
): Isolation<Failure> {
  const state = {
    suspects: [],
    whole: outcome.failure,
    untested: ids,
    good: [],
    bad: new Map<string, Failure>(),
    searched: 0,
    all: ids,
    expectedBad,
  };
  return afterCall(state, ids, outcome);
}

/** The resources of the next call, or undefined when each one is good or bad. */
export function nextCall<Failure>(state: Isolation<Failure>): readonly string[] | undefined {
  const { all, suspects, untested, searched, expectedBad } = state;
  const from = suspects.length > 0 ? suspects : untested;
  if (from.length === 0) return undefined;
  // Where errors name their offender and nothing had to be searched for yet, all of the others go at once.
  if (suspects.length === 0 && searched === 0) return untested;
  const neighbour = nextInRun(state);
  if (neighbour !== undefined) return [neighbour];
  const batch = { size: all.length, expectedBad };
  return from.slice(0, bestSplit(batch, { suspects: suspects.length, untested: untested.length, found: searched }));
}

/**
 * The untested resource after two bad neighbours. Two side by side are seldom a chance: what was created together was
 * deleted together, and the next one is likely to be bad, too.
 */
function nextInRun<Failure>({ all, suspects, untested, bad }: Isolation<Failure>): string | undefined {
  if (suspects.length > 0) return undefined;
  const [before, last] = [...bad.keys()].slice(-2);
  const next = all.find((_, place) => all[place - 2] === before && all[place - 1] === last);
  return untested.find((id) => id === next);
}

/** `called` is what `nextCall` said. */
export function afterCall<Failure>(
  state: Isolation<Failure>,
  called: readonly string[],
  outcome: CallOutcome<Failure>,
): Isolation<Failure> {
  const inCall = new Set(called);
  const suspects = state.suspects.filter((id) => !inCall.has(id));
  const untested = state.untested.filter((id) => !inCall.has(id));
  if (outcome.kind === "succeeded") {
    // A half that succeeds says that the other half held the bad one.
    return { ...state, suspects, untested, good: [...state.good, ...called] };
  }
  const { failure, offender } = outcome;
  const named = called.find((id) => id === offender);
  if (named !== undefined) {
    const bad = new Map(state.bad).set(named, failure);
    // The others of this call were refused only because of the offender, as far as anybody knows.
    const others = called.filter((id) => id !== named);
    return { ...state, suspects: [], untested: [...others, ...suspects, ...untested], bad };
  }
  // What the failed call explains, the rest of the former suspects no longer has to: nothing is known of them now.
  const left = { ...state, untested: [...suspects, ...untested] };
  const [only] = called;
  if (only === undefined || called.length > 1) return { ...left, suspects: called };
  return { ...left, suspects: [], bad: new Map(state.bad).set(only, failure), searched: state.searched + 1 };
}

/** Takes resources out that have been dealt with otherwise, e.g. because their tags were found changed. */
export function withdraw<Failure>(state: Isolation<Failure>, ids: readonly string[]): Isolation<Failure> {
  const gone = new Set(ids);
  const suspects = state.suspects.filter((id) => !gone.has(id));
  const untested = state.untested.filter((id) => !gone.has(id));
  if (suspects.length === state.suspects.length) return { ...state, untested };
  // The bad one may have been among those, so the others are suspects no more.
  return { ...state, suspects: [], untested: [...suspects, ...untested] };
}

/** The resources of which nothing is known yet. */
export function undecided<Failure>({ suspects, untested }: Isolation<Failure>): readonly string[] {
  return [...suspects, ...untested];
}
