import type { Telling } from "../policy/about.ts";
import type { CompiledMatch, Severity } from "../policy/compiled.ts";
import { matchText } from "../policy/match-text.ts";

/** What a report is told of a policy of its run. */
export interface PolicyFacts {
  readonly name: string;
  readonly severity: Severity;
  /** Absent = not known. */
  readonly match?: CompiledMatch;
  readonly description?: string;
  readonly url?: string;
  /** The keys that it requires, and what is said of them; absent = not known. */
  readonly require?: Telling["require"];
}

/** A policy that nothing was asked of, and why. */
interface IdlePolicy {
  readonly name: string;
  readonly note: string;
}

interface Looked {
  /** Whether every part of the run was seen. */
  readonly complete: boolean;
  /** Resources whose tags are unknown. */
  readonly unknown: number;
}

/**
 * The policies by which a run judged nothing, each with a note: those that matched nothing, which a slip in a policy looks
 * like, and those that judged the run before and are gone. Without a row they would look as if all were well.
 */
export function idlePolicies(
  matched: ReadonlySet<string>,
  policies: readonly PolicyFacts[],
  before: readonly string[],
  looked: Looked,
): IdlePolicy[] {
  const names = new Set(policies.map(({ name }) => name));
  return [
    ...policies
      .filter(({ name }) => !matched.has(name))
      .map((one) => ({ name: one.name, note: nothingText(one, looked) })),
    ...before.filter((name) => !names.has(name)).map((name) => ({ name, note: "not in the policies any more" })),
  ];
}

/** What was not seen may be what it is about. */
function nothingText({ match }: PolicyFacts, { complete, unknown }: Looked): string {
  const asksTags = match?.tags !== undefined || match?.not?.tags !== undefined;
  const seen = complete ? (asksTags && unknown > 0 ? " whose tags are known" : "") : " that was audited";
  return `matched nothing${seen}${match === undefined ? "" : `: ${matchText(match)}`}`;
}
