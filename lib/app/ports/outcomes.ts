import type { ResourceOutcome } from "../../core/outcome.ts";

/** What one invocation of `enforce` did. */
export interface OutcomeRecord {
  /** The invocation; recording the same id again replaces it. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly resources: readonly ResourceOutcome[];
}

/** Keeps the outcomes of enforcement for reports. */
export interface OutcomeSink {
  record(record: OutcomeRecord): Promise<void>;
  /** Every record, in the order of `at`. */
  read(): AsyncIterable<OutcomeRecord>;
}
