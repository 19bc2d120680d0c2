/** What is to become of a message. */
export type Settlement =
  | { readonly messageId: string; readonly action: "acknowledge" }
  | { readonly messageId: string; readonly action: "redeliver"; readonly reason?: string }
  | SendAgain;

/** A copy is sent with this delay, in whole seconds, at most 900, and the message is acknowledged. */
export interface SendAgain {
  readonly messageId: string;
  readonly action: "send-again";
  readonly delaySeconds: number;
  /** It may take hours, and nobody has to look at it. */
  readonly isExpected?: true;
}
