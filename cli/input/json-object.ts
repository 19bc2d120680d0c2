import { InputError } from "../../lib/core/errors.ts";

/** A JSON object, not an array and not null. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** JSON.parse with a message that says where and never repeats the text, which may be an event body. */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const position = /at position (\d{1,10})/.exec(error instanceof Error ? error.message : "")?.[1];
    const place =
      position === undefined ? "it ends too early or is empty" : `the fault is at character ${Number(position) + 1}`;
    throw new InputError(`${where}: not valid JSON; ${place}`, { cause: error });
  }
}
