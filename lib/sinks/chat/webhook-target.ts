/** Whom a URL reaches, fit for people to see: its reference, or the origin of a literal one. */
export function webhookTarget(url: string): string {
  return URL.canParse(url) && /^https?:/.test(url) ? new URL(url).origin : url;
}
