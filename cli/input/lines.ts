import { InputError } from "../../lib/core/errors.ts";

/** One line that is not empty, without its end, and its number from 1. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

/** An SQS message is at most 1 MiB; a line longer than this is a file of another kind. */
const LONGEST_LINE = 16 * 1024 * 1024;

/** Splits text into lines, LF or CRLF, leaving out the empty ones. */
export async function* linesOf(pieces: AsyncIterable<string>, name: string): AsyncGenerator<Line> {
  let rest = "";
  let number = 0;
  for await (const piece of pieces) {
    let from = 0;
    for (let at = piece.indexOf("\n"); at !== -1; at = piece.indexOf("\n", from)) {
      const text = (rest + piece.slice(from, at)).trim();
      rest = "";
      from = at + 1;
      number += 1;
      if (text !== "") yield { number, text };
    }
    rest += piece.slice(from);
    if (rest.length > LONGEST_LINE) {
      throw new InputError(`${name}:${number + 1}: the line is longer than 16 MB; write one JSON value a line`);
    }
  }
  if (rest.trim() !== "") yield { number: number + 1, text: rest.trim() };
}
