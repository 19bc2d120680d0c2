import { InputError } from "../../lib/core/errors.ts";
import { parseEvent, parseEventValue, type ParsedEvent, type ParseOptions } from "../../lib/events/parse.ts";
import type { RecordedEvent } from "./recording.ts";

/** An element that is, or should be, an event. */
type Element = Extract<RecordedEvent, { readonly value: unknown } | { readonly problem: string }>;

/** What one element of a recording says, or why it can't be read. */
export type ReadEvent = ParsedEvent | { readonly kind: "unreadable"; readonly problem: string };

/** Parses one element of a recording. A text is taken for the body of a queue message. */
export function readEvent(element: Element, options: ParseOptions): ReadEvent {
  if ("problem" in element) return { kind: "unreadable", problem: element.problem };
  try {
    return typeof element.value === "string"
      ? parseEvent(element.value, options)
      : parseEventValue(element.value, options);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { kind: "unreadable", problem: error.message };
  }
}
