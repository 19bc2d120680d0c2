import type { Digest } from "../digest.ts";

/** The body for a webhook of your own: the digest itself, in the envelope that Standard Webhooks recommends. */
export function eventBody(digest: Digest): string {
  const { at, ...data } = digest;
  return JSON.stringify({ type: "tagwarden.alerts.v1", timestamp: at, data });
}
