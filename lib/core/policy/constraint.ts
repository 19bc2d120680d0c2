import { clipped } from "../clip.ts";
import { shown, visible } from "../shown.ts";
import type { CompiledConstraint } from "./compiled.ts";
import { WITHOUT_WORDS, type Words } from "./words.ts";

/** One constraint, ready to test values, and the one that must hold beside it. */
export interface Constraint {
  /** Exactly one of the three is there. */
  readonly values: ReadonlySet<string> | undefined;
  readonly pattern: RegExp | undefined;
  readonly test: ((value: string, at: number) => boolean) | undefined;
  /** Why it refuses a value, as a sentence fragment. */
  readonly reason: string;
  /** Names of the policies that impose it. */
  readonly policies: readonly string[];
  /** A chain and not a list, because each value of each resource walks along it. */
  readonly next: Constraint | undefined;
}

/**
 * The first of a chain of these constraints, in their order; undefined where there are none. `policiesOf` names who
 * imposes each of them, where somebody asks.
 */
export function prepareConstraints(
  constraints: readonly CompiledConstraint[],
  words: Words | undefined,
  policiesOf: (constraint: CompiledConstraint) => readonly string[] = () => [],
): Constraint | undefined {
  return constraints.reduceRight<Constraint | undefined>(
    (next, constraint) => prepareConstraint(constraint, words, policiesOf(constraint), next),
    undefined,
  );
}

function prepareConstraint(
  constraint: CompiledConstraint,
  words: Words | undefined,
  policies: readonly string[],
  next: Constraint | undefined,
): Constraint {
  const rest = { values: undefined, pattern: undefined, test: undefined, policies, next };
  if ("values" in constraint && constraint.ignoreCase !== true) {
    const { values } = constraint;
    return { ...rest, values: new Set(values), reason: `must be ${oneOf(values)}` };
  }
  if ("pattern" in constraint) {
    const { text, source, flags, ignoreCase = false } = constraint.pattern;
    const reason = `must match ${visible(clipped(text, LONGEST_PATTERN))}${ignoreCase ? IN_ANY_CASE : ""}`;
    return { ...rest, pattern: new RegExp(source, flags), reason };
  }
  if (words === undefined) throw new Error(WITHOUT_WORDS);
  return { ...rest, ...words.testOf(constraint) };
}

export const IN_ANY_CASE = ", in any case";

/** Of more allowed values than these, a few examples and their number are told: each finding carries the reason. */
const MOST_LISTED = 5;
const EXAMPLES = 3;
/** So much of a pattern is told, in UTF-16 units. */
const LONGEST_PATTERN = 200;

/** One of a list, as a phrase that stays short. */
export function oneOf(values: readonly string[]): string {
  const { length } = values;
  const listed = (some: readonly string[]): string => some.map(shown).join(", ");
  if (length === 1) return listed(values);
  if (length <= MOST_LISTED) return `one of ${listed(values)}`;
  return `one of ${length.toLocaleString("en-US")} values, such as ${listed(values.slice(0, EXAMPLES))}`;
}

/**
 * No cloud takes values near this length, in UTF-16 units. A text of megabytes is refused before it is matched: the
 * native matcher keeps its way back on a stack, which such a text overflows.
 */
const LONGEST_MATCHED = 10_000;

/** In place of a time: on some day or other, so that what depends on the day holds. */
export const SOME_DAY = Number.NaN;

/** Why the constraints of this chain refuse a value at this time, or undefined where all of them take it. */
export function refusal(value: string, first: Constraint | undefined, at: number): string | undefined {
  for (let constraint = first; constraint !== undefined; constraint = constraint.next) {
    if (!holds(value, constraint, at)) return constraint.reason;
  }
  return undefined;
}

/** Why each constraint of this chain that refuses a value does. */
export function refusals(value: string, first: Constraint | undefined, at: number): string[] {
  const reasons: string[] = [];
  for (let constraint = first; constraint !== undefined; constraint = constraint.next) {
    if (!holds(value, constraint, at)) reasons.push(constraint.reason);
  }
  return reasons;
}

/** Names of the policies that refuse a value, by any constraint of this chain; some of them may come twice. */
export function refusedBy(value: string, first: Constraint | undefined, at: number): string[] {
  const policies: string[] = [];
  for (let constraint = first; constraint !== undefined; constraint = constraint.next) {
    if (!holds(value, constraint, at)) policies.push(...constraint.policies);
  }
  return policies;
}

function holds(value: string, { values, pattern, test }: Constraint, at: number): boolean {
  if (values !== undefined) return values.has(value);
  if (value.length > LONGEST_MATCHED) return false;
  return pattern === undefined ? test?.(value, at) === true : pattern.test(value);
}

/** Whether a value is empty or white space only. */
export function isBlank(value: string): boolean {
  // Almost every value starts with a letter or digit, and then no more need be asked.
  return value.length === 0 || (isSpaceLike(value.charCodeAt(0)) && value.trim() === "");
}

function isSpaceLike(code: number): boolean {
  return code <= 32 || code >= 128;
}
