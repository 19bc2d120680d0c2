import type { ShardSummary } from "../../lib/app/audit/checkpoint.ts";

/** A line of an evaluations part that counts. */
export interface CountedLine {
  readonly part: string;
  readonly line: string;
}

/** A shard of a run that ended with a summary. */
export interface DoneShard extends ShardSummary {
  readonly shard: string;
  readonly lines: readonly CountedLine[];
}
