import { matchesGlob } from "./glob.ts";

/**
 * Which types a caller sees in the inventory of an account: those of its globs, all where it has none, and of these what
 * it may read. The others are left out without a word.
 */
export function sightOf(
  globs: readonly string[] | undefined,
  mayRead?: (type: string) => boolean,
): (type: string) => boolean {
  if (globs === undefined && mayRead === undefined) return () => true;
  const known = new Map<string, boolean>();
  return (type) => {
    let isSeen = known.get(type);
    if (isSeen === undefined) {
      isSeen = (mayRead?.(type) ?? true) && (globs === undefined || globs.some((glob) => matchesGlob(glob, type)));
      known.set(type, isSeen);
    }
    return isSeen;
  };
}
