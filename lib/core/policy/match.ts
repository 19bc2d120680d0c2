import { anyGlobMatcher, type TextMatcher } from "../glob.ts";
import type { Resource } from "../resource.ts";
import type { CompiledMatch } from "./compiled.ts";

/** Where a resource is: all that decides most matches, so that what it decides can be remembered. */
export interface Place {
  readonly type: string;
  readonly account: string;
  readonly region: string;
}

/** `maybe`: the tags decide, and they are unknown. */
export type Matched = "yes" | "no" | "maybe";

/** What a match says of a place: the same for every resource there, or a question to each resource. */
export type PlaceMatch = boolean | ((resource: Resource) => Matched);

export type Match = (place: Place) => PlaceMatch;

type ResourceMatch = (resource: Resource) => Matched;

/** Prepares a match, its `not` included. */
export function prepareMatch(match: CompiledMatch): Match {
  const holds = prepareFields(match);
  if (match.not === undefined) return holds;
  const excluded = prepareFields(match.not);
  return (place) => {
    const inside = holds(place);
    if (inside === false) return false;
    const outside = excluded(place);
    if (outside === true) return false;
    if (outside === false) return inside;
    return (resource) => {
      const is = inside === true ? "yes" : inside(resource);
      return is === "no" ? "no" : both(is, opposite(outside(resource)));
    };
  };
}

function prepareFields(match: Omit<CompiledMatch, "not">): Match {
  const type = anyGlobMatcher(match.types);
  const account = anyGlobMatcher(match.accounts);
  const region = anyGlobMatcher(match.regions);
  const perResource = prepareResourceFields(match);
  return (place) => {
    if (!type(place.type) || !account(place.account) || !region(place.region)) return false;
    return perResource ?? true;
  };
}

function prepareResourceFields(match: Omit<CompiledMatch, "not">): ResourceMatch | undefined {
  if (match.ids === undefined && match.tags === undefined) return undefined;
  const id = anyGlobMatcher(match.ids);
  const tags: [string, TextMatcher][] = (match.tags ?? []).map(([key, globs]) => [key, anyGlobMatcher(globs)]);
  return (resource) => {
    if (!id(resource.id)) return "no";
    if (tags.length === 0) return "yes";
    const carried = resource.tags;
    if (carried === undefined) return "maybe";
    for (const [key, value] of tags) {
      const there = carried.get(key);
      if (there === undefined || !value(there)) return "no";
    }
    return "yes";
  };
}

function both(one: Matched, other: Matched): Matched {
  if (one === "no" || other === "no") return "no";
  return one === "maybe" || other === "maybe" ? "maybe" : "yes";
}

function opposite(matched: Matched): Matched {
  if (matched === "maybe") return "maybe";
  return matched === "yes" ? "no" : "yes";
}
