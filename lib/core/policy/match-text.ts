import type { CompiledMatch } from "./compiled.ts";

const MOST_NAMED = 3;

/** What a policy matches, in a phrase for people: `types aws:ec2:*, tag env=prod or staging`. */
export function matchText(match: CompiledMatch): string {
  const inside = fieldsText(match);
  const outside = match.not === undefined ? "" : fieldsText(match.not);
  const parts = [...(inside === "" ? [] : [inside]), ...(outside === "" ? [] : [`not ${outside}`])];
  return parts.length === 0 ? "everything" : parts.join(", ");
}

function fieldsText({ types, accounts, regions, ids, tags = [] }: Omit<CompiledMatch, "not">): string {
  const named = Object.entries({ types, accounts, regions, ids }).flatMap(([field, globs]) =>
    globs === undefined ? [] : [`${field} ${listText(globs)}`],
  );
  return [...named, ...tags.map(([key, globs]) => `tag ${key}=${listText(globs)}`)].join(", ");
}

function listText(globs: readonly string[]): string {
  const more = globs.length - MOST_NAMED;
  return more > 0 ? `${globs.slice(0, MOST_NAMED).join(" or ")} (and ${more} more)` : globs.join(" or ");
}
