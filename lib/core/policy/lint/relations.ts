import { globsMeet } from "../../glob.ts";
import type { Resource } from "../../resource.ts";
import type { CompiledMatch } from "../compiled.ts";
import { prepareMatch } from "../match.ts";
import { globCovers, textOfBoth } from "./globs.ts";

/** How two matches lie to each other. All that is said here is certain; what isn't, is no. */

type Fields = Omit<CompiledMatch, "not">;

const PLACES = ["types", "accounts", "regions", "ids"] as const;

/** Whether a match leaves out, by its `not`, everything that it would match. */
export function neverHolds({ not, ...fields }: CompiledMatch): boolean {
  return not !== undefined && fieldsCover(not, fields);
}

/** Whether every resource that the narrower match holds for is one of the wider. */
export function covers(wide: CompiledMatch, narrow: CompiledMatch): boolean {
  if (!fieldsCover(wide, narrow)) return false;
  const { not } = wide;
  if (not === undefined) return true;
  // What the wider one leaves out, the narrower doesn't match anyway, or leaves out as well.
  return fieldsPart(not, narrow) || (narrow.not !== undefined && fieldsCover(narrow.not, not));
}

/** Whether no resource can be matched by both. */
export function arePart(one: CompiledMatch, other: CompiledMatch): boolean {
  if (fieldsPart(one, other) || neverHolds(one) || neverHolds(other)) return true;
  const isLeftOut = (not: Fields | undefined, match: CompiledMatch) => not !== undefined && fieldsCover(not, match);
  return isLeftOut(one.not, other) || isLeftOut(other.not, one);
}

/**
 * Whether one match is meant to be the wider of two, whatever it leaves out by its `not`: a resource of the other one is
 * a special case of it.
 */
export function isWider(wide: CompiledMatch, narrow: CompiledMatch): boolean {
  return fieldsCover(wide, narrow);
}

function fieldsCover(wide: Fields, narrow: Fields): boolean {
  const inAll = (globs: readonly string[] | undefined, others: readonly string[] | undefined): boolean =>
    globs === undefined ||
    (others !== undefined && others.every((other) => globs.some((glob) => globCovers(glob, other))));
  return (
    PLACES.every((field) => inAll(wide[field], narrow[field])) &&
    (wide.tags ?? []).every(([key, globs]) => inAll(globs, globsOf(narrow, key)))
  );
}

function globsOf({ tags = [] }: Fields, key: string): readonly string[] | undefined {
  return tags.find(([name]) => name === key)?.[1];
}

function fieldsPart(one: Fields, other: Fields): boolean {
  const part = (globs: readonly string[] | undefined, others: readonly string[] | undefined): boolean =>
    globs !== undefined &&
    others !== undefined &&
    !globs.some((glob) => others.some((their) => globsMeet(glob, their)));
  return (
    PLACES.some((field) => part(one[field], other[field])) ||
    (one.tags ?? []).some(([key, globs]) => part(globs, globsOf(other, key)))
  );
}

/** What is tried for a resource that both match, before it counts as one that nobody can tell. */
const MOST_TRIED = 50;

/** Whether some resource is matched by both: one that is made up of their globs is. */
export function doMeet(one: CompiledMatch, other: CompiledMatch): boolean {
  if (fieldsPart(one, other)) return false;
  const [mine, theirs] = [prepareMatch(one), prepareMatch(other)];
  const holds = (match: typeof mine, resource: Resource): boolean => {
    const matched = match(resource);
    return typeof matched === "boolean" ? matched : matched(resource) === "yes";
  };
  const keys = [...new Set([...(one.tags ?? []), ...(other.tags ?? [])].map(([key]) => key))];
  const choices = [
    ...PLACES.map((field) => textsOfBoth(one[field], other[field])),
    ...keys.map((key) => textsOfBoth(globsOf(one, key), globsOf(other, key))),
  ];
  for (let turn = 0; turn < MOST_TRIED; turn++) {
    const chosen = choices.map((texts, place) => texts[turnOf(turn, place, choices) % texts.length] ?? "");
    const [type = "", account = "", region = "", id = "", ...values] = chosen;
    const tags = new Map(keys.map((key, index) => [key, values[index] ?? ""]));
    const resource = { type, account, region, id, tags };
    if (holds(mine, resource) && holds(theirs, resource)) return true;
  }
  return false;
}

/** Counts through the choices, the first place fastest. */
function turnOf(turn: number, place: number, choices: readonly (readonly string[])[]): number {
  const before = choices.slice(0, place).reduce((product, { length }) => product * Math.max(length, 1), 1);
  return Math.floor(turn / before);
}

/** Texts that both lists of globs stand for. Where none says anything, one that no glob but `*` is likely to mean. */
function textsOfBoth(one: readonly string[] = ["*"], other: readonly string[] = ["*"]): readonly string[] {
  const texts = one.flatMap((glob) => other.flatMap((their) => textOfBoth(glob, their) ?? []));
  return [...new Set(texts)].slice(0, MOST_TRIED);
}
