import { InputError } from "../../core/errors.ts";
import { jsonErrorOffset } from "./error-offset.ts";

/**
 * Parses JSON.
 * @throws InputError with the position of the mistake. JSON.parse's own message quotes the text, and events must not
 * end up in logs.
 */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const offset = jsonErrorOffset(text);
    if (offset >= text.length)
      throw new InputError(`${what} is not valid JSON: it ends too early, after ${text.length} characters.`);
    const before = text.slice(0, offset);
    const line = before.split("\n").length;
    const column = offset - before.lastIndexOf("\n");
    throw new InputError(`${what} is not valid JSON at line ${line}, column ${column} (offset ${offset}).`);
  }
}
