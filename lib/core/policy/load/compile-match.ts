import type { Problems } from "../../yaml/problems.ts";
import { recordEntries, type Path } from "../../yaml/source-value.ts";
import type { CompiledMatch } from "../compiled.ts";
import type { Part } from "./policy-file.ts";
import type { MatchSource } from "./schema.ts";

/** Compiles a match that stands at `path` within `part`. */
export function compileMatch(match: MatchSource, part: Part<unknown>, path: Path, problems: Problems): CompiledMatch {
  const { not } = match;
  if (not !== undefined && Object.values(not).every((field) => field === undefined)) {
    problems.add(
      part.position([...path, "not"]),
      "an empty not matches everything, so nothing would be left: say what to leave out",
    );
  }
  return { ...compileFieldsOf(match), ...(not === undefined ? {} : { not: compileFieldsOf(not) }) };
}

function compileFieldsOf(match: Omit<MatchSource, "not">): Omit<CompiledMatch, "not"> {
  const { types, accounts, regions, ids, tags } = match;
  return {
    ...(types === undefined ? {} : { types }),
    ...(accounts === undefined ? {} : { accounts }),
    ...(regions === undefined ? {} : { regions }),
    ...(ids === undefined ? {} : { ids }),
    ...(tags === undefined
      ? {}
      : {
          tags: recordEntries(tags).map(([key, globs]): [string, string[]] => [
            key,
            typeof globs === "string" ? [globs] : globs,
          ]),
        }),
  };
}
