import { fitsQueue, MOST_MESSAGE_BYTES } from "../../core/queue-text.ts";
import type { EventQueue, FetchText, NonceMemory } from "../ports/ingest.ts";
import type { Clock, Log } from "../ports/invocation.ts";
import { nameNothing } from "./ill-formed-ids.ts";
import { refuse, type Refusal, type Admission, type WebhookRequest, type WebhookSource } from "./webhook.ts";

export interface IngestDeps {
  /** Those that are configured. */
  readonly sources: readonly WebhookSource[];
  readonly queue: EventQueue;
  readonly nonces: NonceMemory;
  /** Tells a sender that its messages are wanted. */
  readonly confirm: FetchText;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  readonly count: (metric: string, value: number) => void;
}

/** What the sender is answered. */
export interface WebhookAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, string | number>>;
}

/**
 * Lets a webhook's events in: checked by the source that the path names, put on the queue, and only then answered
 * with 202. What was accepted before is refused as replayed. An answer of 5xx, or none, means that nothing is known to
 * be on the queue, so that the sender sends it again; a second copy does no harm, since enforcement is idempotent.
 * Throws where the queue doesn't take the events or a secret can't be read.
 */
export async function ingest(request: WebhookRequest, deps: IngestDeps): Promise<WebhookAnswer> {
  const source = deps.sources.find(({ path }) => path === request.path);
  if (source === undefined) return answerRefusal(unknownPath(), undefined, deps);
  const admission = await examine(request, source, deps);
  switch (admission.kind) {
    case "refused":
      return answerRefusal(admission, source, deps);
    case "ignored":
      countTaken(1, source, deps);
      deps.log.warn("webhook: nothing to do", { source: source.path, reason: admission.why });
      return { status: 200, body: { accepted: 0 } };
    case "confirm":
      await deps.confirm(admission.url);
      countTaken(1, source, deps);
      deps.log.info("webhook: subscription confirmed", { source: source.path });
      return { status: 200, body: { accepted: 0 } };
    case "events": {
      const answer = await acceptEvents(admission, source, deps);
      countTaken(1, source, deps);
      return answer;
    }
  }
}

/**
 * Of the requests of one sender, which were taken: an alarm stands on the hours in which none was, although some came.
 * What a stranger sends to a path that nothing is configured on says nothing.
 */
function countTaken(taken: 0 | 1, source: WebhookSource | undefined, { count }: Pick<IngestDeps, "count">): void {
  if (source !== undefined) count(`webhooksTaken${source.path.replaceAll("/", "-")}`, taken);
}

async function examine(request: WebhookRequest, source: WebhookSource, deps: IngestDeps): Promise<Admission> {
  const unfit = checkForm(request);
  if (unfit !== undefined) return unfit;
  const admission = await source.verify(request);
  if (admission.kind !== "events") return admission;
  // Written as SQS takes it, or for itself, an event may be longer than it came. Sent again it would be too long again.
  if (!admission.events.every(fitsQueue)) return refuse(413, "too-large", TOO_LONG);
  if (await nameNothing(admission.events)) {
    return refuse(400, "id-ill-formed", "No resource in it has a name of whole characters: they hold lone surrogates.");
  }
  return (await wasAccepted(admission.nonce, deps))
    ? refuse(409, "replayed", "This very request was accepted before.")
    : admission;
}

const TOO_LONG =
  "An event, as it is written for the queue, is longer than its messages may be: send the resources that it tells of in several events.";

function unknownPath(): Refusal {
  return refuse(404, "path-unknown", "No webhook is configured on this path; see ingest in the configuration.");
}

/** What is wrong with a request before anything of it is believed. */
function checkForm({ method, headers, body }: WebhookRequest): Refusal | undefined {
  if (method !== "POST") return refuse(405, "method", "Webhooks are sent by POST.");
  if (body.byteLength > MOST_MESSAGE_BYTES) {
    return refuse(413, "too-large", `The body is longer than ${MOST_MESSAGE_BYTES} bytes.`);
  }
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding !== "identity") return refuse(415, "encoded", "The body must not be compressed.");
  const length = headers.get("content-length");
  if (length !== undefined && length !== String(body.byteLength)) {
    return refuse(400, "truncated", "The body is not as long as content-length says.");
  }
  return undefined;
}

/**
 * Whether a request was let in before. Where that can't be looked up it counts as new: taking an event twice does no
 * harm, and losing one leaves a resource without its tags.
 */
async function wasAccepted(nonce: string, { nonces, log, count }: IngestDeps): Promise<boolean> {
  try {
    return await nonces.has(nonce);
  } catch (error) {
    count("webhookNoncesUnknown", 1);
    log.error("webhook: the memory of accepted requests can't be read", { reason: String(error) });
    return false;
  }
}

async function acceptEvents(
  { events, nonce, freshMs }: Extract<Admission, { kind: "events" }>,
  { path, sender }: WebhookSource,
  { queue, nonces, clock, log, count }: IngestDeps,
): Promise<WebhookAnswer> {
  await queue.send(events, sender);
  count("webhookEventsAccepted", events.length);
  log.info("webhook accepted", { source: path, events: events.length });
  try {
    // Only now: a request that failed before this may be sent again as it was.
    await nonces.remember(nonce, clock.now() + freshMs);
  } catch (error) {
    count("webhookNoncesUnknown", 1);
    log.error("webhook: an accepted request can't be remembered", { source: path, reason: String(error) });
  }
  return { status: 202, body: { accepted: events.length } };
}

/** No webhook was tried, or one that was taken before. */
const NO_TRY: ReadonlySet<Refusal["reason"]> = new Set(["method", "replayed"]);

function answerRefusal(
  { status, reason, message }: Refusal,
  source: WebhookSource | undefined,
  deps: Pick<IngestDeps, "log" | "count">,
): WebhookAnswer {
  deps.count("webhooksRefused", 1);
  if (!NO_TRY.has(reason)) countTaken(0, source, deps);
  deps.log.warn("webhook refused", { source: source?.path ?? "none", status, reason });
  return { status, body: { reason, message } };
}
