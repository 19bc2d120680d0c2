/** Characters as sorted, disjoint and non-adjacent ranges of code points, both ends included. */
export type CharSet = readonly (readonly [number, number])[];

export const LAST = 0x10ffff;

export const DIGIT: CharSet = [[0x30, 0x39]];
export const SPACE: CharSet = [
  [0x09, 0x0a],
  [0x0c, 0x0d],
  [0x20, 0x20],
];
export const WORD: CharSet = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];

export const POSIX: Readonly<Record<string, CharSet>> = {
  alnum: fromText("09AZaz"),
  alpha: fromText("AZaz"),
  ascii: [[0, 0x7f]],
  blank: union([[9, 9]], [[0x20, 0x20]]),
  cntrl: [
    [0, 0x1f],
    [0x7f, 0x7f],
  ],
  digit: DIGIT,
  graph: fromText("!~"),
  lower: fromText("az"),
  print: fromText(" ~"),
  punct: fromText("!/:@[`{~"),
  space: [
    [0x09, 0x0d],
    [0x20, 0x20],
  ],
  upper: fromText("AZ"),
  word: WORD,
  xdigit: fromText("09AFaf"),
};

/** `AZaz` = A to Z and a to z. */
function fromText(ends: string): CharSet {
  const codes = [...ends].map((end) => end.charCodeAt(0));
  return normalise(
    codes.flatMap((code, index) => (index % 2 === 0 ? [[code, codes[index + 1] ?? code] as const] : [])),
  );
}

export function single(code: number): CharSet {
  return [[code, code]];
}

export function union(...sets: readonly CharSet[]): CharSet {
  return normalise(sets.flat());
}

export function normalise(ranges: readonly (readonly [number, number])[]): CharSet {
  const merged: [number, number][] = [];
  for (const [low, high] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else merged.push([low, high]);
  }
  return merged;
}

export function complement(set: CharSet): CharSet {
  const rest: [number, number][] = [];
  let from = 0;
  for (const [low, high] of set) {
    if (low > from) rest.push([from, low - 1]);
    from = high + 1;
  }
  if (from <= LAST) rest.push([from, LAST]);
  return rest;
}

export function contains(set: CharSet, code: number): boolean {
  let [low, high] = [0, set.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const range = set[middle];
    if (range === undefined) return false;
    if (code < range[0]) high = middle - 1;
    else if (code > range[1]) low = middle + 1;
    else return true;
  }
  return false;
}

/** Whether a character is in both. */
export function setsMeet(one: CharSet, other: CharSet): boolean {
  let [here, there] = [0, 0];
  for (;;) {
    const [mine, theirs] = [one[here], other[there]];
    if (mine === undefined || theirs === undefined) return false;
    if (mine[1] < theirs[0]) here += 1;
    else if (theirs[1] < mine[0]) there += 1;
    else return true;
  }
}

/** Each ASCII letter in both cases, and the two letters beyond ASCII that fold to one: ſ (s) and K (k). */
export function foldAscii(set: CharSet): CharSet {
  const more: [number, number][] = [];
  for (let code = 0x61; code <= 0x7a; code++) {
    const upper = code - 0x20;
    const beyond = code === 0x73 ? 0x17f : code === 0x6b ? 0x212a : code;
    const variants = [code, upper, beyond];
    if (!variants.some((variant) => contains(set, variant))) continue;
    for (const variant of variants) more.push([variant, variant]);
  }
  return union(set, more);
}

export function isAscii(set: CharSet): boolean {
  return (set.at(-1)?.[1] ?? 0) < 0x80;
}

const scanned = new Map<string, CharSet>();
/** Scans kept: a pattern may name many classes, but a process loads few policies. */
const MOST_SCANNED = 256;
let everyCharacter: string | undefined;

/** The characters that a native class such as `[\p{L}]` matches, found by asking it. */
export function scan(source: string): CharSet {
  const known = scanned.get(source);
  if (known !== undefined) return known;
  everyCharacter ??= allButSurrogates();
  const ranges: [number, number][] = [];
  for (const run of everyCharacter.matchAll(new RegExp(`(?:${source})+`, "gu"))) {
    const [text] = run;
    const first = text.codePointAt(0) ?? 0;
    const lastUnit = text.charCodeAt(text.length - 1);
    const last = lastUnit >= 0xdc00 && lastUnit <= 0xdfff ? (text.codePointAt(text.length - 2) ?? 0) : lastUnit;
    ranges.push([first, last]);
  }
  if (new RegExp(`^(?:${source})$`, "u").test("\ud800")) ranges.push([0xd800, 0xdfff]);
  const set = normalise(ranges);
  if (scanned.size >= MOST_SCANNED) scanned.clear();
  scanned.set(source, set);
  return set;
}

function allButSurrogates(): string {
  const parts: string[] = [];
  for (let code = 0; code <= LAST; code++) {
    if (code === 0xd800) code = 0xe000;
    parts.push(String.fromCodePoint(code));
  }
  return parts.join("");
}
