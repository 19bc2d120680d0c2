/** An object as JSON has it. Only names of our own are looked up in it, never keys that somebody else's text brought along. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value where it is an object, and no list. */
export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** What these bytes hold as JSON; undefined where they are none. */
export function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    // The caller says what can't be read.
    return undefined;
  }
}
