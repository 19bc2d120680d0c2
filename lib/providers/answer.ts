import { ProviderError, type ErrorKind, type ProviderErrorDetails } from "../core/errors.ts";
import type { HttpRequest, HttpResponse } from "./http.ts";
import { percentEncode } from "./percent-encode.ts";

/**
 * One row of a provider's error table: a code in which `*` stands for any characters. `when` narrows it to a status, or
 * to what the message says.
 */
export type ErrorRule = readonly [
  code: string,
  kind: ErrorKind,
  when?: { readonly status?: number; readonly message?: RegExp },
];

/** What an error's kind is read off. */
interface ErrorAnswer {
  readonly code: string;
  readonly status: number;
  readonly message: string;
}

/**
 * Builds the reader of a provider's error table: the first rule that fits wins, exact codes before patterns. What no rule
 * fits is judged by its status, which is never final about a resource: only a table can say that.
 */
export function errorTable(rules: readonly ErrorRule[]): (answer: ErrorAnswer) => ErrorKind {
  const isExact = ([code]: ErrorRule) => !code.includes("*");
  const ordered = [...rules.filter(isExact), ...rules.filter((rule) => !isExact(rule))].map(
    ([code, kind, when]) => [new RegExp(`^${code.replaceAll(".", "\\.").replaceAll("*", ".*")}$`), kind, when] as const,
  );
  return ({ code, status, message }) => {
    const rule = ordered.find(
      ([pattern, , when]) =>
        pattern.test(code) && (when?.status ?? status) === status && (when?.message?.test(message) ?? true),
    );
    return rule?.[1] ?? kindOfStatus(status);
  };
}

/**
 * What a status means where no table knows the code. A refusal may then be about a resource of the request, or about
 * anything else.
 */
function kindOfStatus(status: number): ErrorKind {
  if (status === 429) return "throttled";
  if (status === 408 || status === 425 || status >= 500) return "transient";
  if (status === 401 || status === 403) return "access";
  return status === 409 ? "conflict" : "unknown";
}

/** Milliseconds of a `retry-after` header: seconds or an HTTP date. */
export function retryAfterMs(header: string | string[] | undefined, now: number): number | undefined {
  if (typeof header !== "string" || header === "") return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

/**
 * Our own words for answers that are none: HTML, an empty body, another shape, a redirect. Something in between answered,
 * a proxy or a captive portal or a load balancer, or the service is unwell. That passes, whatever its status is.
 */
export function unexpectedResponse(request: HttpRequest, response: HttpResponse, says: string): ProviderError {
  const { status, headers } = response;
  return providerError({
    code: "UnexpectedResponse",
    kind: status === 429 ? "throttled" : "transient",
    // Nobody here knows the time, so of the header's two forms only the seconds count.
    retryAfterMs: retryAfterMs(headers["retry-after"], Number.NaN),
    message: `${request.origin.host} (region ${request.region}) answered ${status} ${says}`,
    httpStatus: status,
    requestId: "",
    // A refusal took no effect, whoever refused.
    ambiguous: request.write && (status < 300 || status >= 500),
  });
}

/**
 * What follows a service that failed on its way, or a gateway that gave up on the one behind it: the write may have taken
 * effect. 503 says that it wasn't begun, and any other kind of error that it was refused.
 */
export function isLostOnTheWay(request: HttpRequest, { status }: HttpResponse, kind: ErrorKind): boolean {
  return request.write && kind === "transient" && status >= 500 && status !== 503;
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

/** The same error with some of its details said otherwise. */
export function errorWith(error: ProviderError, details: Partial<ProviderErrorDetails>): ProviderError {
  const { code, kind, message, httpStatus, requestId, resourceId, retryAfterMs, ambiguous, cause } = error;
  const same = { code, kind, message, httpStatus, requestId, ambiguous, cause };
  const about = resourceId === undefined ? {} : { resourceId };
  return providerError({ ...same, ...about, retryAfterMs, ...details });
}

/** The id of a request that came in a header; empty where there is none. */
export function headerText({ headers }: Pick<HttpResponse, "headers">, name: string): string {
  const text = headers[name];
  return typeof text === "string" ? text : "";
}
