import type { CompiledConstraint } from "./compiled.ts";

/** One constraint, ready to test values. */
export interface Constraint {
  /** Exactly one of the two is there. */
  readonly values: ReadonlySet<string> | undefined;
  readonly pattern: RegExp | undefined;
  /** Why it refuses a value, as a sentence fragment. */
  readonly reason: string;
}

/** The one empty list, so that keys without constraints are told by identity. */
export const NO_CONSTRAINTS: readonly Constraint[] = [];

export function prepareConstraint(constraint: CompiledConstraint): Constraint {
  if ("values" in constraint) {
    const { values } = constraint;
    const reason = values.length === 1 ? `must be ${values[0]}` : `must be one of ${values.join(", ")}`;
    return { values: new Set(values), pattern: undefined, reason };
  }
  const { text, source, flags } = constraint.pattern;
  return { values: undefined, pattern: new RegExp(source, flags), reason: `must match ${text}` };
}

/**
 * No cloud takes values near this length, in UTF-16 units. A text of megabytes is refused before it is matched: the
 * native matcher keeps its way back on a stack, which such a text overflows.
 */
const LONGEST_MATCHED = 10_000;

/** Why these constraints refuse a value, or undefined where all of them take it. */
export function refusal(value: string, constraints: readonly Constraint[]): string | undefined {
  for (let index = 0; index < constraints.length; index++) {
    const constraint = constraints[index];
    if (constraint === undefined) continue;
    const { values, pattern } = constraint;
    const holds = values === undefined ? value.length <= LONGEST_MATCHED && pattern?.test(value) : values.has(value);
    if (holds !== true) return constraint.reason;
  }
  return undefined;
}

/** Whether a value is empty or white space only. */
export function isBlank(value: string): boolean {
  // Almost every value starts with a letter or digit, which settles it.
  return value.length === 0 || (isSpaceLike(value.charCodeAt(0)) && value.trim() === "");
}

function isSpaceLike(code: number): boolean {
  return code <= 32 || code >= 128;
}
