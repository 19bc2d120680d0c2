import type { Resource } from "../../resource.ts";
import { shown } from "../../shown.ts";
import type { Position } from "../../yaml/problems.ts";
import type { CompiledMatch, CompiledPolicies } from "../compiled.ts";
import { prepareMatch } from "../match.ts";
import type { Say } from "./rules.ts";

/** Where policies and exemptions stand, in their order. */
export interface Places {
  readonly policies: readonly Position[];
  readonly exemptions: readonly Position[];
}

/** Finds out what matches none of some resources. */
export interface UnmatchedFinder {
  add(resource: Resource): void;
  /** Says what has matched none of them. */
  end(say: Say): void;
}

export function unmatchedFinder({ policies, exemptions }: CompiledPolicies, places: Places): UnmatchedFinder {
  const waiting = (what: string, match: CompiledMatch, at: Position | undefined) => ({
    what,
    match: prepareMatch(match),
    at,
  });
  let left = [
    ...policies.map(({ name, match }, index) => waiting(`policy ${shown(name)}`, match, places.policies[index])),
    ...exemptions.map(({ reason, match }, index) =>
      waiting(`the exemption ${shown(reason)}`, match, places.exemptions[index]),
    ),
  ];
  let resources = 0;
  return {
    add(resource) {
      resources += 1;
      left = left.filter(({ match }) => {
        const matched = match(resource);
        // What its tags would decide, and they are unknown, may match.
        return typeof matched === "boolean" ? !matched : matched(resource) === "no";
      });
    },
    end(say) {
      for (const { what, at } of left) {
        if (at === undefined) continue;
        say("matches-nothing-here", at, `${what} matches none of these ${resources.toLocaleString("en-US")} resources`);
      }
    },
  };
}
