import type { WebhookSender } from "../../core/config/sender.ts";

/** One request as a webhook's sender made it. */
export interface WebhookRequest {
  readonly method: string;
  readonly path: string;
  /** The whole address as the sender knows it, with path and query. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** The bytes as they came: signatures cover them, not the text that they stand for. */
  readonly body: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
}

/** Why a request was refused: one word for logs, and a sentence for the sender, who may be a colleague setting it up. */
export interface Refusal {
  readonly kind: "refused";
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 503;
  readonly reason: string;
  readonly message: string;
}

/** Whether a request is let in, and what of it. */
export type Admission =
  | {
      readonly kind: "events";
      /** JSON texts, each an event for the queue. */
      readonly events: readonly string[];
      /** The same for a request that is sent again, and for no other. */
      readonly nonce: string;
      /** How long the same request would be let in again, in milliseconds. */
      readonly freshMs: number;
    }
  /** The sender asks whether we want its messages; a GET of the address says yes. */
  | { readonly kind: "confirm"; readonly url: string }
  /** Nothing to do, and nothing wrong. */
  | { readonly kind: "ignored"; readonly why: string }
  | Refusal;

/** One kind of sender, on a path of its own, so that nobody can choose how a request is checked but by its address. */
export interface WebhookSource {
  /** Whose it is, as the configuration calls it. */
  readonly sender: WebhookSender;
  readonly path: string;
  readonly verify: (request: WebhookRequest) => Promise<Admission>;
}

export function refuse(status: Refusal["status"], reason: string, message: string): Refusal {
  return { kind: "refused", status, reason, message };
}
