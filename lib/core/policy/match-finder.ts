import type { CompiledMatch } from "./compiled.ts";
import { prepareMatch, type Match, type Place } from "./match.ts";

/** One of many matches. */
export interface Candidate {
  /** Its place in the list. */
  readonly position: number;
  readonly match: Match;
}

/**
 * Many matches, each found by what it names outright: an estate may have an exemption for each of its accounts, and asking
 * each of them about each resource would take the square of that. What is not found can't hold.
 */
export interface MatchFinder {
  /** In their order, but for those that name ids. */
  at(place: Pick<Place, "type" | "account">): readonly Candidate[];
  /** Whether some name ids. */
  readonly namesIds: boolean;
  /** Those that name this id, in their order. */
  naming(id: string): readonly Candidate[];
}

const NONE: readonly Candidate[] = [];

export function matchFinder(matches: readonly CompiledMatch[]): MatchFinder {
  const byId = new Map<string, Candidate[]>();
  const byAccount = new Map<string, Candidate[]>();
  const byType = new Map<string, Candidate[]>();
  const others: Candidate[] = [];
  for (const [position, match] of matches.entries()) {
    const candidate = { position, match: prepareMatch(match) };
    const { ids, accounts, types } = match;
    if (isExact(ids)) index(byId, ids, candidate);
    else if (isExact(accounts)) index(byAccount, accounts, candidate);
    else if (isExact(types)) index(byType, types, candidate);
    else others.push(candidate);
  }
  return {
    at({ type, account }) {
      const named = [...(byAccount.get(account) ?? NONE), ...(byType.get(type) ?? NONE)];
      return named.length === 0 ? others : [...named, ...others].sort((a, b) => a.position - b.position);
    },
    namesIds: byId.size > 0,
    naming: (id) => byId.get(id) ?? NONE,
  };
}

function isExact(globs: readonly string[] | undefined): globs is readonly string[] {
  return globs !== undefined && !globs.some((glob) => glob.includes("*"));
}

function index(by: Map<string, Candidate[]>, names: readonly string[], candidate: Candidate): void {
  for (const name of new Set(names)) {
    const there = by.get(name);
    if (there === undefined) by.set(name, [candidate]);
    else there.push(candidate);
  }
}
