import { queueText } from "../../core/queue-text.ts";

/** More events than this in one request are nobody's. */
const MOST_EVENTS = 100;

/** The UTF-8 text of a body, or nothing where it is none. */
export function textOf(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}

/**
 * The events of a JSON text, as the queue takes them: one object, or a list of them as CloudEvents' batches are. Nothing
 * where it is neither.
 */
export function eventsOf(text: string): readonly string[] | undefined {
  const value = parse(text);
  if (isObject(value)) return [queueText(text)];
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_EVENTS) return undefined;
  if (!value.every(isObject)) return undefined;
  const texts = value.map(write);
  return texts.every((one) => one !== undefined) ? texts.map(queueText) : undefined;
}

/** Nothing of what is nested so deeply that it can be read and not be written: thousands of levels are no event. */
function write(event: object): string | undefined {
  try {
    return JSON.stringify(event);
  } catch {
    return undefined;
  }
}

/** The fields of a JSON object, or nothing. */
export function fieldsOf(text: string): ReadonlyMap<string, unknown> | undefined {
  const value = parse(text);
  return isObject(value) ? new Map(Object.entries(value)) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
