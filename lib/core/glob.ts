/** Whether the text is one that this glob stands for. */
export type TextMatcher = (text: string) => boolean;

/**
 * A matcher for a glob in which `*` stands for any run of characters and everything else for itself.
 * The parts between stars are sought from left to right and never sought again, so no text makes it backtrack.
 */
export function globMatcher(glob: string): TextMatcher {
  const parts = glob.split("*");
  const first = parts[0] ?? "";
  const last = parts.at(-1) ?? "";
  if (parts.length === 1) return (text) => text === glob;
  const middle = parts.slice(1, -1).filter((part) => part !== "");
  if (middle.length === 0 && first === "" && last === "") return () => true;
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let from = first.length;
    for (const part of middle) {
      const found = text.indexOf(part, from);
      if (found < 0) return false;
      from = found + part.length;
    }
    return from <= text.length - last.length;
  };
}

/** A matcher for a list of globs, of which any may match; an absent list matches all. */
export function anyGlobMatcher(globs: readonly string[] | undefined): TextMatcher {
  if (globs === undefined) return () => true;
  const matchers = globs.map(globMatcher);
  const [only] = matchers;
  if (only !== undefined && matchers.length === 1) return only;
  return (text) => matchers.some((matches) => matches(text));
}

/** Whether some text is matched by both globs. */
export function globsMeet(one: string, other: string): boolean {
  // reach[j]: what of `one` was walked so far and the first j characters of `other` can stand for the same text.
  let reach = [true, ...Array.from<boolean>({ length: other.length }).fill(false)];
  for (let j = 1; j <= other.length; j++) reach[j] = other[j - 1] === "*" && reach[j - 1] === true;
  for (const character of one) {
    const next = [character === "*" && reach[0] === true];
    for (let j = 1; j <= other.length; j++) {
      const there = other[j - 1];
      next[j] =
        character === "*" || there === "*"
          ? reach[j] === true || next[j - 1] === true
          : character === there && reach[j - 1] === true;
    }
    reach = next;
  }
  return reach[other.length] === true;
}
