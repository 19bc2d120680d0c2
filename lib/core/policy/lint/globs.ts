import { globMatcher } from "../../glob.ts";

/** Stands for whatever a star stands for; no name of a cloud has it. */
const ANYTHING = "\u{e000}";

/** Whether one glob stands for every text that the other one stands for. */
export function globCovers(wide: string, narrow: string): boolean {
  if (wide.includes(ANYTHING)) return wide === narrow;
  // What a star of the narrower one may be, only a star of the wider one takes in.
  return globMatcher(wide)(narrow.replaceAll("*", ANYTHING));
}

/** More pairs of places in two globs than these take too long, and no glob that people write has them. */
const MOST_PLACES = 100_000;

/** A text that both globs stand for; undefined where there is none, or it takes too long to find. */
export function textOfBoth(one: string, other: string): string | undefined {
  const width = other.length + 1;
  if ((one.length + 1) * width > MOST_PLACES) return undefined;
  const end = one.length * width + other.length;
  // Places are pairs of places in both; what was read on the way to one of them is known from where it was come to.
  const known = new Map([[0, { from: 0, read: "" }]]);
  for (const place of known.keys()) {
    if (place === end) return textTo(end, known);
    for (const { down, right, read } of steps(one[Math.floor(place / width)], other[place % width])) {
      const to = place + down * width + right;
      if (!known.has(to)) known.set(to, { from: place, read });
    }
  }
  return undefined;
}

interface Step {
  readonly down: 0 | 1;
  readonly right: 0 | 1;
  readonly read: string;
}

/** The ways on from a place, with these signs next in both globs: a star ends, or takes in what the other one reads. */
function steps(mine: string | undefined, their: string | undefined): readonly Step[] {
  const all: Step[] = [];
  if (mine === "*") all.push({ down: 1, right: 0, read: "" });
  if (their === "*") all.push({ down: 0, right: 1, read: "" });
  if (mine === "*" && their !== undefined && their !== "*") all.push({ down: 0, right: 1, read: their });
  if (their === "*" && mine !== undefined && mine !== "*") all.push({ down: 1, right: 0, read: mine });
  if (mine !== undefined && mine !== "*" && mine === their) all.push({ down: 1, right: 1, read: mine });
  return all;
}

function textTo(end: number, known: ReadonlyMap<number, { readonly from: number; readonly read: string }>): string {
  let text = "";
  for (let place = end; place !== 0; place = known.get(place)?.from ?? 0) text = (known.get(place)?.read ?? "") + text;
  return text;
}
