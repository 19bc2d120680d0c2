/** Sticky, linear patterns of the tokens of JSON (RFC 8259). */
const SPACE = /[ \t\n\r]*/y;
const LITERAL = /true|false|null/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** What may come next. */
type Expected = "value" | "value-or-end" | "key" | "key-or-end" | "comma-or-end";

interface Step {
  /** Where the token ends, or where it goes wrong. */
  readonly at: number;
  /** What may follow it; absent = here the text stops being JSON. */
  readonly expected?: Expected;
}

/**
 * Where a text stops being JSON: the offset of the first character that doesn't belong, or the text's length where it
 * ends too early or nothing is wrong. Only for messages; it keeps its own stack, so that depth can't overflow one.
 */
export function jsonErrorOffset(text: string): number {
  const open: ("{" | "[")[] = [];
  let at = skip(text, 0, SPACE);
  let expected: Expected = "value";
  while (at < text.length) {
    const step = stepFrom(text, at, expected, open);
    if (step.expected === undefined) return step.at;
    at = skip(text, step.at, SPACE);
    expected = step.expected;
  }
  return text.length;
}

function stepFrom(text: string, at: number, expected: Expected, open: ("{" | "[")[]): Step {
  const char = text[at];
  const end = open.at(-1) === "{" ? "}" : "]";
  if (open.length > 0 && expected.endsWith("-or-end") && char === end) {
    open.pop();
    return { at: at + 1, expected: "comma-or-end" };
  }
  if (expected === "comma-or-end") {
    if (char !== "," || open.length === 0) return { at };
    return { at: at + 1, expected: end === "}" ? "key" : "value" };
  }
  if (expected === "key" || expected === "key-or-end") return keyStep(text, at);
  if (char !== "{" && char !== "[") return scalarStep(text, at);
  open.push(char);
  return { at: at + 1, expected: char === "{" ? "key-or-end" : "value-or-end" };
}

function keyStep(text: string, start: number): Step {
  const key = stringStep(text, start);
  if (key.expected === undefined) return key;
  const colon = skip(text, key.at, SPACE);
  return text[colon] === ":" ? { at: colon + 1, expected: "value" } : { at: colon };
}

function scalarStep(text: string, start: number): Step {
  if (text[start] === '"') return stringStep(text, start);
  const at = Math.max(skip(text, start, LITERAL), skip(text, start, NUMBER));
  return at > start ? { at, expected: "comma-or-end" } : { at };
}

function stringStep(text: string, start: number): Step {
  if (text[start] !== '"') return { at: start };
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (char === 0x22) return { at: at + 1, expected: "comma-or-end" };
    if (char < 0x20) return { at };
    if (char !== 0x5c) continue;
    const end = skip(text, at, ESCAPE);
    if (end === at) return { at };
    at = end - 1;
  }
  return { at: text.length };
}

function skip(text: string, start: number, pattern: RegExp): number {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : start;
}
