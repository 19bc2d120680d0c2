const NAMES = /Throttl|TooManyRequests|LimitExceeded|TimeoutError|InternalFailure|InternalService|ServiceUnavailable/;
const CODES: ReadonlySet<string> = new Set([
  "ECONNRESET",
  "ECONNREFUSED",
  "ETIMEDOUT",
  "EPIPE",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

/** Whether a call to AWS that failed like this may succeed in a moment: nobody answered, or said "not now". */
export function passes(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const isServers = "$fault" in error && error.$fault === "server";
  const isNetworks = "code" in error && typeof error.code === "string" && CODES.has(error.code);
  return isServers || isNetworks || NAMES.test(error.name);
}
