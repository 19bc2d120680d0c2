import { asObject, type JsonObject } from "../../core/json.ts";

/** Longer than any id, name or ARN of the three clouds (an ARN has at most 2,048 characters). */
const LONGEST_TEXT = 2048;

/**
 * An id, a name or a time as text. Ids may be numbers in JSON; one that JSON.parse has rounded is worse than none.
 */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value !== "" && value.length <= LONGEST_TEXT ? value : undefined;
  return Number.isSafeInteger(value) ? String(value) : undefined;
}

/** The first of the values that is text. */
export function firstText(...values: readonly unknown[]): string | undefined {
  for (const value of values) {
    const text = textOf(value);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** A flag; requests hold it as a text as well. */
export function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}

/** An object that may have been written as a JSON string. */
export function embeddedObject(value: unknown): JsonObject | undefined {
  return typeof value === "string" && value.trimStart().startsWith("{") ? asObject(embedded(value)) : asObject(value);
}

/** A list that may have been written as a JSON string. */
export function embeddedList(value: unknown): readonly unknown[] | undefined {
  const list = typeof value === "string" && value.trimStart().startsWith("[") ? embedded(value) : value;
  return Array.isArray(list) ? list : undefined;
}

function embedded(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The clouds shorten long requests and responses; what is left is not JSON, and the ids may stand elsewhere.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
