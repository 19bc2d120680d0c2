/** Where events wait for enforcement. A message may be delivered more than once. */
export interface EnforceQueue {
  /** Puts the bodies of events on the queue. Rejects where one of them was not taken; then others may have been. */
  send(bodies: readonly string[]): Promise<void>;
}
