import { InputError } from "../lib/core/errors.ts";
import { jsonErrorOffset } from "../lib/events/json-error-offset.ts";

/** An element of a recording, cut out of its text, or a line that is none. */
export type Cut = {
  /** The line, from 1, in which its document begins. */
  readonly line: number;
  /** Which element of the document it is, and of the list in that; numbers from 1, none for a document by itself. */
  readonly path: readonly number[];
} & ({ readonly value: unknown } | { readonly problem: string });

/** The text can't be read on from here: what is left of it is lost. */
export class BrokenOff extends Error {
  override readonly name = "BrokenOff";
  /** `LINE:COLUMN`, both from 1. */
  readonly place: string;

  constructor(problem: string, place: string, cause?: unknown) {
    super(problem, { cause });
    this.place = place;
  }
}

/** The fields under which a document holds a list of elements instead of being one itself. */
export const LIST_FIELDS: ReadonlySet<string> = new Set([
  "Records",
  "Messages",
  "Events",
  "events",
  "logEvents",
  "traces",
]);

/** Lists in lists are followed so far. */
const DEEPEST_LIST = 8;
/** Of a line up to this length it is tried whether it is a document by itself, which is much the quickest. */
const LONGEST_LINE = 1024 * 1024;
/** What can't be cut into anything smaller is held as a whole; an SQS message is at most 1 MiB. */
const LONGEST_VALUE = 16 * 1024 * 1024;
/** So many lines may be broken at a stretch; more than that is no recording of one document a line. */
const MOST_BROKEN_LINES = 20;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const BYTE_ORDER_MARK = 0xfeff;
const END = -1;

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** Letters, digits, `+`, `-` and `.`. */
function isOfWord(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    code === 0x2b ||
    code === 0x2d ||
    code === 0x2e
  );
}

/** Here the text stops being JSON; `early` = it ends. */
class Fault extends Error {
  readonly at: number;
  readonly early: boolean;

  constructor(at: number, early: boolean) {
    super("not valid JSON");
    this.at = at;
    this.early = early;
  }
}

/** Undefined asks for more text. */
type Cuts<Result = void> = Generator<Cut | undefined, Result>;

/**
 * Cuts a text into the elements of the JSON documents in it, which may stand one on a line, over many lines, or one
 * right behind the other. Of a document that is a list, or holds one under a name of `LIST_FIELDS`, each element is
 * cut out as soon as it is there, so that only one is held at a time, however long the document is.
 *
 * A line that is broken among others that are documents is handed on as a problem, and the next one goes on. Throws
 * BrokenOff where nothing says how to go on, and where the pieces end in an InputError after some text.
 */
export async function* cutJson(pieces: AsyncIterable<string>): AsyncGenerator<Cut> {
  const cutter = createCutter();
  try {
    for await (const piece of pieces) yield* cutter.add(piece);
  } catch (error) {
    if (!(error instanceof InputError) || cutter.isEmpty()) throw error;
    yield* wholeOf(cutter.end());
    throw new BrokenOff(error.message, cutter.endsAt(), error);
  }
  yield* cutter.end();
}

/** What is whole of a text that is known to be cut off. */
function* wholeOf(cuts: Iterable<Cut>): Generator<Cut> {
  try {
    yield* cuts;
  } catch (error) {
    if (!(error instanceof BrokenOff)) throw error;
    // That the last value isn't whole is no news.
  }
}

function createCutter() {
  /** What is held of the text. `base`, `held` and the like count characters from the beginning of the whole. */
  let text = "";
  let base = 0;
  /** The next character to look at, within what is held. */
  let at = 0;
  /** The beginning of a value that is needed as a whole. */
  let held: number | undefined;
  let ended = false;
  /** Lines were counted up to here. */
  let counted = 0;
  let line = 1;
  let lineStart = 0;
  /** Whether a document has been seen that has lines of its own. */
  let byLine = false;
  /** Whether elements of the present document were handed on, so that it can't be begun again. */
  let handedOn = false;

  function countTo(position: number): void {
    for (;;) {
      const next = text.indexOf("\n", counted - base);
      if (next < 0 || base + next >= position) break;
      counted = base + next + 1;
      line += 1;
      lineStart = counted;
    }
    counted = Math.max(counted, position);
  }

  /** `LINE:COLUMN` of a position that isn't before the last counted one. */
  function placeOf(position: number): { readonly line: number; readonly column: number } {
    const before = text.slice(Math.max(0, counted - base), position - base);
    const last = before.lastIndexOf("\n");
    const lines = last < 0 ? 0 : before.split("\n").length - 1;
    return { line: line + lines, column: 1 + position - (last < 0 ? lineStart : counted + last + 1) };
  }

  function placeText(position: number): string {
    const place = placeOf(position);
    return `${place.line}:${place.column}`;
  }

  /** Lets go of what isn't needed, and gets more text; false at its end. */
  function* more(): Cuts<boolean> {
    if (ended) return false;
    const from = held === undefined ? at : held - base;
    if (text.length - from > LONGEST_VALUE) {
      throw new BrokenOff("one value is longer than 16 MB, which no event is", placeText(base + from));
    }
    countTo(base + from);
    text = text.slice(from);
    base += from;
    at -= from;
    yield undefined;
    return true;
  }

  /** The code of the next character that is no white space. */
  function* peek(): Cuts<number> {
    for (;;) {
      for (; at < text.length; at += 1) {
        const code = text.charCodeAt(at);
        if (!isSpace(code)) return code;
      }
      if (!(yield* more())) return END;
    }
  }

  function fault(): Fault {
    return new Fault(base + at, ended && at >= text.length);
  }

  function tooEarly(): Fault {
    return new Fault(base + text.length, true);
  }

  /** Goes on within a text in quotes; false where what is held ends before it does. */
  function passText(): boolean {
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        at += 1;
        return true;
      }
      // A line break means that it was cut off.
      if (code < 0x20) throw fault();
      if (code === BACKSLASH) {
        if (at + 1 >= text.length) return false;
        at += 1;
      }
    }
    return false;
  }

  /** Goes over a text in quotes. */
  function* skipText(): Cuts {
    at += 1;
    while (!passText()) if (!(yield* more())) throw tooEarly();
  }

  /** A number, true, false or null; what exactly, JSON.parse looks at. */
  function* skipWord(): Cuts {
    const start = base + at;
    for (;;) {
      while (at < text.length && isOfWord(text.charCodeAt(at))) at += 1;
      if (at < text.length || !(yield* more())) break;
    }
    if (base + at === start) throw fault();
  }

  interface Nest {
    /** The brackets that are yet to come, the outermost first. */
    readonly closers: number[];
    /** Behind a bracket there is a comma or another bracket; anything else begins the next document. */
    closed: boolean;
    inText: boolean;
  }

  /** Goes on within brackets, texts in them apart; what else stands there, JSON.parse looks at. False as above. */
  function passNest(nest: Nest): boolean {
    while (at < text.length) {
      if (nest.inText) {
        if (!passText()) return false;
        nest.inText = false;
        continue;
      }
      const code = text.charCodeAt(at);
      if (!isSpace(code)) takeIn(code, nest);
      at += 1;
      if (nest.closers.length === 0) return true;
    }
    return false;
  }

  function takeIn(code: number, nest: Nest): void {
    const { closers } = nest;
    if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
      if (closers.pop() !== code) throw fault();
      nest.closed = true;
      return;
    }
    if (nest.closed && code !== COMMA) throw fault();
    nest.closed = false;
    if (code === QUOTE) nest.inText = true;
    else if (code === OPEN_OBJECT) closers.push(CLOSE_OBJECT);
    else if (code === OPEN_LIST) closers.push(CLOSE_LIST);
  }

  /** Goes over any value. */
  function* skipValue(): Cuts {
    const first = text.charCodeAt(at);
    if (first === QUOTE) return yield* skipText();
    if (first !== OPEN_OBJECT && first !== OPEN_LIST) return yield* skipWord();
    const nest = { closers: [], closed: false, inText: false };
    while (!passNest(nest)) if (!(yield* more())) throw tooEarly();
  }

  /** The value from `held` to here. */
  function takeHeld(): unknown {
    const start = held ?? base + at;
    const json = text.slice(start - base, at);
    held = undefined;
    try {
      return JSON.parse(json);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      held = start;
      throw new Fault(start + jsonErrorOffset(json), false);
    }
  }

  type Where = Pick<Cut, "line" | "path">;

  function* element(where: Where): Cuts {
    const code = yield* peek();
    if (code === OPEN_LIST && where.path.length === 0) {
      at += 1;
      return yield* list(where);
    }
    held = base + at;
    if (code === OPEN_OBJECT && where.path.length < DEEPEST_LIST) return yield* object(where);
    yield* skipValue();
    yield { ...where, value: takeHeld() };
  }

  /** The elements of a list, from behind its bracket. */
  function* list({ line: documentLine, path }: Where): Cuts {
    handedOn = true;
    held = undefined;
    if ((yield* peek()) === CLOSE_LIST) {
      at += 1;
      return;
    }
    for (let index = 1; ; index += 1) {
      yield* element({ line: documentLine, path: [...path, index] });
      const code = yield* peek();
      if (code !== COMMA && code !== CLOSE_LIST) throw fault();
      at += 1;
      if (code === CLOSE_LIST) return;
    }
  }

  /** An element that is an object, or the elements of the list that it holds. */
  function* object(where: Where): Cuts {
    at += 1;
    let holdsList = false;
    let code = yield* peek();
    while (code !== CLOSE_OBJECT) {
      if (code !== QUOTE) throw fault();
      const nameAt = base + at;
      held ??= nameAt;
      yield* skipText();
      const name = text.slice(nameAt + 1 - base, at - 1);
      if (holdsList) held = undefined;
      if ((yield* peek()) !== COLON) throw fault();
      at += 1;
      if ((yield* peek()) === OPEN_LIST && LIST_FIELDS.has(name)) {
        holdsList = true;
        at += 1;
        yield* list(where);
      } else {
        yield* skipValue();
      }
      code = yield* peek();
      if (code !== COMMA && code !== CLOSE_OBJECT) throw fault();
      if (code === COMMA) {
        at += 1;
        code = yield* peek();
        if (code === CLOSE_OBJECT) throw fault();
      }
    }
    at += 1;
    if (!holdsList) yield { ...where, value: takeHeld() };
  }

  /** The end of the line that begins at a position, as far as it is short enough; more text may be asked for. */
  function* endOfLine(start: number): Cuts<number | undefined> {
    for (;;) {
      const end = text.indexOf("\n", start - base);
      if (end >= 0) return base + end;
      if (base + text.length - start > LONGEST_LINE) return undefined;
      if (!(yield* more())) return base + text.length;
    }
  }

  interface Line {
    readonly end: number;
    readonly json: string;
    /** Absent where it is no document by itself. */
    readonly document?: { readonly value: unknown };
  }

  /** A line as what it may be: a document by itself. Undefined where it is too long to be tried. */
  function* lineFrom(start: number): Cuts<Line | undefined> {
    const end = yield* endOfLine(start);
    if (end === undefined) return undefined;
    const json = text.slice(start - base, end - base).trimEnd();
    // Most lines of a document over many lines can be told from a whole one by their end.
    if (/(?:^|[,:{[])$/.test(json)) return { end, json };
    try {
      return { end, json, document: { value: JSON.parse(json) as unknown } };
    } catch (error) {
      if (error instanceof SyntaxError) return { end, json };
      throw error;
    }
  }

  /** The next line that is an object by itself, after so many at the most that are none; the numbers of those. */
  function* wholeLineAfter(
    first: Line,
    most: number,
  ): Cuts<{ readonly start: number; readonly passed: readonly number[] } | undefined> {
    const passed: number[] = [];
    let { end } = first;
    for (let number = 1; passed.length <= most; number += 1) {
      const start = end + 1;
      const next = base + text.length > end || (yield* more()) ? yield* lineFrom(start) : undefined;
      if (next === undefined || next.end < start) return undefined;
      if (next.document !== undefined && next.json.startsWith("{")) return { start, passed };
      if (next.json !== "") passed.push(number);
      ({ end } = next);
    }
    return undefined;
  }

  function* document(): Cuts {
    const start = base + at;
    countTo(start);
    const where = { line, path: [] };
    handedOn = false;
    held = start;
    const first = start === lineStart ? yield* lineFrom(start) : undefined;
    if (first?.document !== undefined) {
      held = undefined;
      at = first.end - base;
      byLine = true;
      return yield { ...where, value: first.document.value };
    }
    if (byLine && first !== undefined && (yield* isCutOff(first))) {
      return yield* passBroken(where, { at: start + jsonErrorOffset(first.json), first, start });
    }
    at = start - base;
    try {
      yield* element(where);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      // What was handed on can't be taken back, and what isn't whole at the end says nothing of how much is missing.
      if (handedOn || error.early || first === undefined) throw brokenOff(error.at, error.early);
      yield* passBroken(where, { at: error.at, first, start });
    }
  }

  /**
   * Whether a line that is no document, in a recording of one document a line, isn't the beginning of a longer one
   * either: it is wrong in itself, or the next line is a document again.
   */
  function* isCutOff(broken: Line): Cuts<boolean> {
    const offset = jsonErrorOffset(broken.json);
    if (offset >= broken.json.length) return (yield* wholeLineAfter(broken, 0)) !== undefined;
    // Documents may stand behind each other in a line.
    return !isWhole(broken.json.slice(0, offset));
  }

  interface Broken {
    /** Where the text stops being JSON. */
    readonly at: number;
    readonly start: number;
    readonly first: Line;
  }

  /** Goes on with the next line that is a document by itself, where there is one near enough. */
  function* passBroken(where: Where, broken: Broken): Cuts {
    held = broken.start;
    const column = 1 + broken.at - broken.start;
    const isInLine = broken.at < broken.first.end;
    const next = yield* wholeLineAfter(broken.first, MOST_BROKEN_LINES);
    // A line without an end is the last one, and may have been cut off anywhere.
    if (next === undefined) throw brokenOff(broken.at, ended && broken.first.end >= base + text.length);
    const fault = isInLine ? `the fault is at character ${column}` : "it ends too early";
    yield { ...where, problem: `not valid JSON; ${fault}` };
    for (const number of next.passed) yield { line: where.line + number, path: [], problem: "not valid JSON" };
    held = undefined;
    at = next.start - base;
    byLine = true;
  }

  function brokenOff(position: number, early: boolean): BrokenOff {
    return new BrokenOff(early ? "not valid JSON: the text ends too early" : "not valid JSON", placeText(position));
  }

  function* documents(): Cuts {
    for (;;) {
      const code = yield* peek();
      if (code === END) return;
      // Files that were put together may each have brought theirs.
      if (code === BYTE_ORDER_MARK) at += 1;
      else yield* document();
    }
  }

  const cuts = documents();
  function* untilMore(): Generator<Cut> {
    for (let next = cuts.next(); next.done !== true && next.value !== undefined; next = cuts.next()) yield next.value;
  }

  return {
    /** What has become whole with this piece. */
    add(piece: string): Generator<Cut> {
      text += piece;
      return untilMore();
    },
    /** What is left. */
    end(): Generator<Cut> {
      ended = true;
      return untilMore();
    },
    isEmpty: () => base + text.length === 0,
    endsAt: () => placeText(base + text.length),
  };
}

function isWhole(json: string): boolean {
  try {
    JSON.parse(json);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
