import type { CompiledPolicy } from "../compiled.ts";
import { covers, doMeet, isWider } from "./relations.ts";

/** How policies, by their places in the list, lie to each other; each pair is looked at once, when it is asked for. */
export interface PolicyRelations {
  /** Whether every resource that the second matches is one of the first. */
  covers(wide: number, narrow: number): boolean;
  /** Whether the first is meant to be the wider one, whatever its `not` leaves out. */
  isWider(wide: number, narrow: number): boolean;
  /** Whether some resource is matched by both. */
  doMeet(one: number, other: number): boolean;
}

export function relationsOf(policies: readonly Pick<CompiledPolicy, "match">[]): PolicyRelations {
  const kept = (ask: (one: CompiledPolicy["match"], other: CompiledPolicy["match"]) => boolean) => {
    const known = new Map<number, boolean>();
    return (one: number, other: number): boolean => {
      const pair = one * policies.length + other;
      let answer = known.get(pair);
      if (answer === undefined) {
        answer = ask(policies[one]?.match ?? {}, policies[other]?.match ?? {});
        known.set(pair, answer);
      }
      return answer;
    };
  };
  const meet = kept(doMeet);
  return {
    covers: kept(covers),
    isWider: kept(isWider),
    doMeet: (one, other) => meet(Math.min(one, other), Math.max(one, other)),
  };
}
