import { anyGlobMatcher } from "../../glob.ts";
import type { CompiledConstraint } from "../compiled.ts";
import { IN_ANY_CASE, oneOf } from "../constraint.ts";
import type { RareTest } from "../words.ts";
import { dateTest, mustBeDate } from "./date.ts";

/** Of a constraint that is neither a list of exact values nor a pattern. */
export function testOf(constraint: CompiledConstraint): RareTest {
  if ("values" in constraint) {
    const folded = new Set(constraint.values.map((value) => value.toLowerCase()));
    const reason = `must be ${oneOf(constraint.values)}${IN_ANY_CASE}`;
    return { test: (value) => folded.has(value) || folded.has(value.toLowerCase()), reason };
  }
  if ("notValues" in constraint) {
    const isOne = anyGlobMatcher(constraint.notValues);
    const test = remembered((value) => !isOne(value.toLowerCase()));
    return { test, reason: `must not be ${oneOf(constraint.notValues)}` };
  }
  if ("date" in constraint) return { test: dateTest(constraint.date), reason: mustBeDate(constraint.date) };
  throw new RangeError("a constraint that this version doesn't know");
}

/** How many values are remembered: few are ever on many resources, but nothing may grow without end. */
const REMEMBERED = 4_096;

function remembered(test: (value: string) => boolean): (value: string) => boolean {
  const known = new Map<string, boolean>();
  return (value) => {
    let holds = known.get(value);
    if (holds === undefined) {
      holds = test(value);
      if (known.size >= REMEMBERED) known.clear();
      known.set(value, holds);
    }
    return holds;
  };
}
