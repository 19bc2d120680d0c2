/** There is one compliance of a whole run, and one alert about its fall. */
export const DROP_KEY = "compliance-drop";

/** A part of a run that was not audited; without a type, a whole shard. */
export function gapKey(shard: string, type: string | undefined): string {
  return `not-audited:${shard}${type === undefined ? "" : `:${type}`}`;
}
