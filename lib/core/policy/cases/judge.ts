import type { Position } from "../../yaml/problems.ts";
import { recordEntries } from "../../yaml/source-value.ts";
import type { ExplainedTag, Explanation } from "../explain/explain.ts";
import type { Case } from "./case-file.ts";
import { EXPECTABLE, type Expectation } from "./schema.ts";

/** One expectation that isn't met. */
export interface Difference {
  readonly field: keyof Expectation;
  readonly wanted: unknown;
  readonly found: unknown;
  readonly position: Position;
}

/** In what the policies say otherwise of a resource than a case expects; keys in any order. */
export function differencesFrom(
  { expect, positions, position }: Pick<Case, "expect" | "positions" | "position">,
  explanation: Explanation,
): readonly Difference[] {
  return EXPECTABLE.flatMap((field): Difference[] => {
    const wanted = wantedIn(expect, field);
    if (wanted === undefined) return [];
    const found = foundIn(explanation, field);
    if (JSON.stringify(wanted) === JSON.stringify(found)) return [];
    return [{ field, wanted, found, position: positions[field] ?? position }];
  });
}

/** In one order, so that two that say the same are equal. */
function wantedIn(expect: Expectation, field: keyof Expectation): unknown {
  if (field === "tags") return expect.tags === undefined ? undefined : inOrder(recordEntries(expect.tags));
  const wanted = expect[field];
  return typeof wanted === "object" ? [...new Set(wanted)].toSorted() : wanted;
}

function foundIn({ compliance, tags }: Explanation, field: keyof Expectation): unknown {
  if (field === "compliance") return compliance;
  if (field === "tags") return inOrder(tags.flatMap(writtenBy));
  return tags.flatMap(({ key, verdict }) => (verdict === field ? [key] : [])).toSorted();
}

function writtenBy({ key, default: source }: ExplainedTag): readonly (readonly [string, string])[] {
  return source?.action === "write" && source.value !== undefined ? [[key, source.value]] : [];
}

function inOrder(pairs: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  return Object.fromEntries(pairs.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
