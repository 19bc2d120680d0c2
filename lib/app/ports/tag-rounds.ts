import type { ResourceRef } from "../../core/resource.ts";
import type { RoundAnswer } from "../../core/tag-round.ts";

/** What is asked before a tag is put back. */
export interface RoundAsked {
  readonly ref: ResourceRef;
  readonly key: string;
  /** The event that told of the change: asked again for the same one, it is the same round. */
  readonly eventId: string;
  /** When the tag was changed, in milliseconds since the epoch; absent = nobody knows. */
  readonly changedAt?: number;
}

/** Tags that a command of ours is about to change. */
export interface OurChange {
  readonly ref: ResourceRef;
  readonly key: string;
}

/** How often tags of resources are put back, and which of them our own commands have changed. */
export interface TagRounds {
  /** Takes a round, where there is one left. `at` in milliseconds since the epoch. Rejects where nobody can say. */
  take(asked: RoundAsked, at: number): Promise<RoundAnswer>;
  /** To be noted before these tags are changed: the events that tell of it start no round. */
  noteOurs(changes: readonly OurChange[], at: number): Promise<void>;
}
