import { AlertDeliveryError } from "../../app/ports/alerts.ts";
import type { Clock } from "../../app/ports/invocation.ts";
import { isLoopback } from "../../core/config/rules.ts";
import type { SNSClient } from "@aws-sdk/client-sns";

export interface WebhookPost {
  /** For messages: the URL is a secret. */
  readonly channel: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** More than any chat answers. */
const MOST_ANSWER_BYTES = 65_536;

/**
 * Posts JSON and returns the text of a 2xx answer. Redirects are not followed: the next host is none that was configured.
 * @throws AlertDeliveryError for everything else, without the URL and without what was answered.
 */
export async function postWebhook(
  { channel, url, headers = {}, body, signal }: WebhookPost,
  { now }: Pick<Clock, "now">,
): Promise<string> {
  const fail = (says: string, retryable: boolean, retryAfterMs?: number) =>
    new AlertDeliveryError(`alert channel ${channel} ${says}`, { retryable, retryAfterMs });
  const problem = urlProblem(url);
  if (problem !== undefined) throw fail(problem, false);

  const options: RequestInit = {
    method: "POST",
    redirect: "manual",
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body,
    signal,
  };
  let response: Response;
  let text: string | undefined;
  try {
    response = await fetch(url, options);
    text = await answerText(response);
  } catch (error) {
    // What fetch throws may name the URL.
    throw fail(signal.aborted ? "did not answer in time" : `can't be reached (${systemCode(error)})`, true);
  }
  const { status } = response;
  if (response.ok && text !== undefined) return text;
  if (response.ok) throw fail(`answered with over ${MOST_ANSWER_BYTES} bytes`, false);
  if (status >= 300 && status < 400) throw fail(`answered with a redirect (${status}), which is not followed`, false);
  const isRetryable = status === 408 || status === 425 || status === 429 || status >= 500;
  throw fail(`answered ${status}`, isRetryable, retryAfterMs(response.headers.get("retry-after"), now()));
}

/** What keeps a URL from being posted to, without the URL; undefined where nothing does. */
export function urlProblem(url: string): string | undefined {
  if (!URL.canParse(url)) return "has a URL that can't be read; check its reference";
  const { protocol, username, password } = new URL(url);
  if (protocol !== "https:" && !(protocol === "http:" && isLoopback(url))) return "has a URL that is not https";
  return username === "" && password === "" ? undefined : "has a URL with a user or password; remove them";
}

/** Undefined where it is longer than anything that is meant for us. */
async function answerText(response: Response): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.byteLength;
    // Leaving the loop cancels the rest.
    if (bytes > MOST_ANSWER_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** e.g. `ECONNREFUSED`, which names no address. */
function systemCode(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "connection failed";
}

/** Seconds, or a date: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d{1,9}$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** Whom a URL reaches, fit for people to see: its reference, or the origin of a literal one. */
export function webhookTarget(url: string): string {
  return URL.canParse(url) && /^https?:/.test(url) ? new URL(url).origin : url;
}

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

/** What channels need beside their configuration. */
export interface SenderDeps {
  /** Resolves the reference of a URL or secret. */
  readonly credential: (reference: string) => Promise<string>;
  readonly clock: Pick<Clock, "now">;
  /** For topics of this region; made when first needed. */
  readonly sns: (region: string | undefined) => Promise<SNSClient>;
  /** The topic of the deployment, where there is one. */
  readonly topicArn?: string;
}
