/** What an answer of unknown shape holds: each reader gives undefined where the value is something else. */

import { asObject, type JsonObject } from "../core/json.ts";

export function asArray(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

export function asText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A tag's value, which some answers leave out where it is empty. Anything but text is no value, and no blank one either. */
export function asTagValue(value: unknown): string | undefined {
  return value === undefined || value === null ? "" : asText(value);
}

/** A text, or a whole number that JSON carries exactly: some ids are numbers. */
export function asId(value: unknown): string | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) ? String(value) : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function asCount(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** The object that a text holds, or undefined where it is not JSON or not an object. */
export function parseObject(text: string): JsonObject | undefined {
  return asObject(parsed(text));
}

/** The same of a text that holds a list: an object with the list as `items`. */
export function parseItems(text: string): JsonObject | undefined {
  const items = asArray(parsed(text));
  return items === undefined ? undefined : { items };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Only a syntax error says that the text is no JSON.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
