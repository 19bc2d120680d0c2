import type { JournalEntry } from "../../core/journal.ts";
import type { ResourceRef } from "../../core/resource.ts";
import type { RaisedMessage } from "./alerts.ts";
import type { OutcomeRecord } from "./outcomes.ts";

/** What an invocation leaves to its stores. To keep the same record again changes nothing. */
export type StoreRecord =
  /** What a run wrote. */
  | { readonly kind: "journal"; readonly run: string; readonly entries: readonly JournalEntry[] }
  | { readonly kind: "outcomes"; readonly record: OutcomeRecord }
  | { readonly kind: "alert"; readonly message: RaisedMessage }
  /** Resources that events told of, or that are gone. `at` in milliseconds since the epoch. */
  | {
      readonly kind: "seen";
      readonly isGone: boolean;
      readonly resources: readonly ResourceRef[];
      readonly at: number;
    };

export const RECORD_KINDS = ["journal", "outcomes", "alert", "seen"] as const satisfies readonly StoreRecord["kind"][];

/**
 * The message attribute that marks a record of ours; its value is the record's kind. A body alone proves nothing, since
 * events come from outside. Neither a rule of EventBridge (whose target in SQS takes a group id and nothing else) nor
 * what `ingest` puts on the queue can have an attribute.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_SqsParameters.html
 */
export const POSTPONED = "postponed";
