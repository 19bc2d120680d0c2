import type { AlertRecord } from "../../core/alert/lifecycle.ts";
import type { Alert } from "../../core/alert/alert.ts";
import type { Digest } from "../../core/alert/digest.ts";
import type { ChannelType } from "../../core/alert/settings.ts";

/** What is known of alerts, by key. */
export interface AlertStates {
  /** Undefined for an alert that was never raised. */
  read(key: string): Promise<AlertRecord | undefined>;
  /** Every alert that is open, or whose notice was not sent; sorted by key. */
  pending(): Promise<readonly AlertRecord[]>;
  /** False where the record that is kept is not the one before this `version`: somebody else was faster. */
  write(record: AlertRecord): Promise<boolean>;
}

/** Remembers which digests have arrived, so that a message that comes twice is not sent twice. */
export interface Deliveries {
  has(digestId: string): Promise<boolean>;
  /** `at` in milliseconds since the epoch. */
  add(digestId: string, at: number): Promise<void>;
}

/** A message on the alert queue: a digest to send, or alerts that somebody raises. */
export type AlertMessage = { readonly kind: "digest"; readonly digest: Digest } | RaisedMessage;

export interface RaisedMessage {
  readonly kind: "raised";
  /** The same when the message is delivered again. */
  readonly event: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly alerts: readonly Alert[];
  /** Keys of alerts that are over. */
  readonly resolved?: readonly string[];
}

/** Where alerts wait to be sent. A message may be delivered more than once. */
export interface AlertQueue {
  /** Throws where the queue didn't take it. */
  send(message: AlertMessage): Promise<void>;
}

/** A way to people. What it sends is what `bodyOf` shows, apart from times and signatures. */
export interface AlertSender {
  readonly type: ChannelType;
  /** Whom it reaches, without secrets, e.g. the host of a webhook. */
  readonly target: string;
  /** How many messages it takes in a minute; absent = as many as we send. */
  readonly perMinute?: number;
  /** The message as the channel gets it. Pure. */
  bodyOf(digest: Digest): string;
  /** Sends it once. Throws AlertDeliveryError. */
  send(digest: Digest, options: { readonly signal: AbortSignal }): Promise<void>;
}

/** A channel has not taken a message. Its message never holds a URL, a secret or what the channel answered. */
export class AlertDeliveryError extends Error {
  override readonly name = "AlertDeliveryError";
  /** Whether another attempt may succeed. */
  readonly retryable: boolean;
  /** How long the channel asks us to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, { retryable, retryAfterMs }: { retryable: boolean; retryAfterMs?: number | undefined }) {
    super(message);
    this.retryable = retryable;
    this.retryAfterMs = retryAfterMs;
  }
}
