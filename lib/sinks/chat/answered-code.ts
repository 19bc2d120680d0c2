/** A whole number in the JSON object that a chat answered; undefined where there is none. */
export function answeredCode(answer: string, field: string): number | undefined {
  try {
    const value: unknown = JSON.parse(answer);
    if (typeof value !== "object" || value === null) return undefined;
    const code: unknown = new Map(Object.entries(value)).get(field);
    return typeof code === "number" && Number.isSafeInteger(code) ? code : undefined;
  } catch {
    // What isn't JSON holds no code, and the caller says so.
    return undefined;
  }
}
