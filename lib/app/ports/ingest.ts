import type { Sender } from "../../core/config/sender.ts";

/** Where accepted events go. */
export interface EventQueue {
  /**
   * Puts events on the queue, each with the name of who brought it, which only we can put there. Resolves when the queue
   * has taken all of them, and throws where it has not.
   */
  readonly send: (events: readonly string[], sender: Sender) => Promise<void>;
}

/** Remembers which requests were accepted, so that nobody sends them a second time. */
export interface NonceMemory {
  readonly has: (nonce: string) => Promise<boolean>;
  /** `until` in milliseconds since the epoch. */
  readonly remember: (nonce: string, until: number) => Promise<void>;
}

/**
 * Gets a text over HTTPS, without following redirects, within a second and a few kilobytes. Throws where it can't.
 * Whoever calls it has checked the host.
 */
export type FetchText = (url: string) => Promise<string>;
