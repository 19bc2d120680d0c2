import { shown } from "../../shown.ts";
import type { Path } from "../../yaml/source-value.ts";
import type { CompiledMatch } from "../compiled.ts";
import type { Part } from "../load/policy-file.ts";
import { neverHolds } from "./relations.ts";
import type { Say } from "./rules.ts";

/** Says what can be told of the `match` of a policy or an exemption by itself. `what` = what it belongs to. */
export function checkMatch(match: CompiledMatch, what: string, part: Part<unknown>, say: Say): void {
  if (neverHolds(match)) {
    const message = `${what} matches nothing: its \`not\` leaves out all that it would match`;
    say("never-matches", part.position(["match", "not"]), message);
  }
  const starred = (fields: Omit<CompiledMatch, "not">, path: Path): void => {
    for (const [key] of fields.tags ?? []) {
      if (key.includes("*")) say("literal-star", part.keyPosition([...path, "tags", key]), literalKey(key));
    }
  };
  starred(match, ["match"]);
  if (match.not !== undefined) starred(match.not, ["match", "not"]);
}

export function literalKey(key: string): string {
  return `the key ${shown(key)} stands for itself, star and all: a key of a tag is no glob`;
}
