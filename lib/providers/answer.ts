import { ProviderError, type ErrorKind, type ProviderErrorDetails } from "../core/errors.ts";
import type { HttpRequest, HttpResponse } from "./http.ts";
import { percentEncode } from "./percent-encode.ts";

/** One row of a provider's error table: exact codes, or the beginning of codes where it ends in `*`. */
export type ErrorRule = readonly [code: string, kind: ErrorKind];

/** Builds the lookup of a provider's error table; the first rule that fits wins. Undefined where none fits. */
export function errorTable(rules: readonly ErrorRule[]): (code: string) => ErrorKind | undefined {
  const exact = new Map(rules.filter(([code]) => !code.endsWith("*")));
  const prefixes = rules
    .filter(([code]) => code.endsWith("*"))
    .map(([code, kind]) => [code.slice(0, -1), kind] as const);
  return (code) => exact.get(code) ?? prefixes.find(([prefix]) => code.startsWith(prefix))?.[1];
}

/**
 * What a status means where the code says nothing. A refusal without a known code is taken to be about a resource of
 * the request, because its size and syntax were checked before it was sent: so one bad resource can be isolated.
 */
export function kindOfStatus(status: number): ErrorKind {
  if (status === 429) return "throttled";
  if (status === 408 || status === 425 || status >= 500) return "transient";
  if (status === 401 || status === 403) return "access";
  if (status === 404 || status === 410) return "not-found";
  if (status === 409) return "conflict";
  return "resource-permanent";
}

/** Milliseconds of a `retry-after` header: seconds or an HTTP date. */
export function retryAfterMs(header: string | string[] | undefined, now: number): number | undefined {
  if (typeof header !== "string" || header === "") return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

/** Our own words for answers that are none: HTML, an empty body, another shape, a redirect. */
export function unexpectedResponse(request: HttpRequest, response: HttpResponse, says: string): ProviderError {
  const { status, headers } = response;
  const unheard = status < 300 || status >= 500;
  // Something in between answered, or the service is unwell: worth another try. A redirect or refusal of that kind
  // means that the endpoint is the wrong one, unless its status says that it only came at a bad time.
  const refused = kindOfStatus(status);
  const passes = unheard || refused === "transient";
  return providerError({
    code: "UnexpectedResponse",
    kind: passes ? "transient" : refused === "throttled" ? "throttled" : "access",
    // Nobody here knows the time, so of the header's two forms only the seconds count.
    retryAfterMs: retryAfterMs(headers["retry-after"], Number.NaN),
    message: `${request.origin.host} (region ${request.region}) answered ${status} ${says}`,
    httpStatus: status,
    requestId: "",
    ambiguous: request.write && unheard,
  });
}

/** What follows a gateway that gave up on the service behind it: the write may have taken effect. */
export function isLostBehindGateway(request: HttpRequest, { status }: HttpResponse): boolean {
  return request.write && (status === 502 || status === 504);
}

const LONGEST_MESSAGE = 400;

/** A provider's message, fit for logs: none of the secrets, plain or percent-encoded, one line, not endless. */
export function cleanMessage(message: string, secrets: readonly string[]): string {
  let clean = message.replaceAll(/\s+/g, " ").trim();
  for (const secret of secrets) clean = clean.replaceAll(secret, "***").replaceAll(percentEncode(secret), "***");
  return clean.length > LONGEST_MESSAGE ? `${clean.slice(0, LONGEST_MESSAGE)}…` : clean;
}

const isWordCharacter = (character: string | undefined) => character !== undefined && /[A-Za-z0-9_-]/.test(character);

function mentions(message: string, id: string): boolean {
  for (let at = message.indexOf(id); at >= 0; at = message.indexOf(id, at + 1)) {
    if (!isWordCharacter(message[at - 1]) && !isWordCharacter(message[at + id.length])) return true;
  }
  return false;
}

/** Short numbers in a message are counts and limits far more often than ids. */
const couldBeCount = (id: string) => /^\d{1,5}$/.test(id);

/** The one resource of a request that its error message names; undefined where it names none, or several. */
export function namedResource(message: string, ids: readonly string[]): { resourceId?: string } {
  const named = ids.filter((id) => !couldBeCount(id) && mentions(message, id));
  return named.length === 1 && named[0] !== undefined ? { resourceId: named[0] } : {};
}

/** A ProviderError without the optional details that are undefined. */
export function providerError(
  details: Omit<ProviderErrorDetails, "retryAfterMs"> & { readonly retryAfterMs: number | undefined },
): ProviderError {
  const { retryAfterMs: wait, ...rest } = details;
  return new ProviderError(wait === undefined ? rest : { ...rest, retryAfterMs: wait });
}
