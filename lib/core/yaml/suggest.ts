/** Names that are compared: so many names are a list, and nobody expects an index of it in a message. */
const MOST_NAMES = 500;
/** In UTF-16 units. Comparing takes the product of two lengths, and nobody types a name that is longer. */
const LONGEST_NAME = 200;

/**
 * ` (did you mean "x"?)` for the nearest of some names, or nothing where none is near. Of many names the first are
 * compared, so that a file that is wrong everywhere is refused as quickly as one that is wrong once.
 */
export function didYouMean(name: string, known: Iterable<string>): string {
  const nearest = nearestOf(name, known, Math.min(3, Math.ceil(name.length / 3)));
  return nearest === undefined ? "" : ` (did you mean "${nearest}"?)`;
}

/** The name that is nearest to this one, of those that can be had by changing so many characters of it at most. */
export function nearestOf(name: string, known: Iterable<string>, most: number): string | undefined {
  if (name.length > LONGEST_NAME) return undefined;
  let compared = 0;
  let nearest: string | undefined;
  let least = most + 1;
  for (const candidate of known) {
    if ((compared += 1) > MOST_NAMES) break;
    if (Math.abs(candidate.length - name.length) >= least) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

function editDistance(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      row[j] = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + same);
    }
    previous = row;
  }
  return previous[other.length] ?? 0;
}
