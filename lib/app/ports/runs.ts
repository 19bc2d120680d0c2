import type { Mode } from "../../core/mode.ts";

/** What a run set out to do; fixed once it is created. */
export interface RunPlan {
  readonly run: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Exemptions count as of then, in milliseconds since the epoch. */
  readonly at: number;
  /** The policies that judge it. */
  readonly policyHash: string;
  /** The run that this one compares itself with; absent = none. */
  readonly previous?: string;
  /** False where nothing that it finds is sent to enforcement. */
  readonly repair?: false;
  /** Whether the service that runs it may write; absent in runs of earlier versions, which didn't say. */
  readonly mode?: Mode;
  /** Ids of the shards. */
  readonly shards: readonly string[];
}

/** How a shard ended: with a summary (the name of an object), or not at all. */
export type ShardResult =
  | { readonly state: "done"; readonly summary: string }
  | { readonly state: "failed"; readonly reason: string };

export interface RunRecord {
  readonly plan: RunPlan;
  /** By shard id; a shard that isn't here is still under way. */
  readonly results: ReadonlyMap<string, ShardResult>;
  /** Whether its report was published. */
  readonly published: boolean;
}

export interface ShardFinish {
  /** True where this call's result is the one that counts: the first of a shard. */
  readonly recorded: boolean;
  /** Whether all shards of the run have ended. Of calls that end the last ones at once, at least one is told so. */
  readonly complete: boolean;
  /** Whether its report was published when this call began. */
  readonly published: boolean;
}

/**
 * How many of a run's shard messages its queue has taken, in the order of its plan: a start that is cut off goes on from
 * there.
 */
export interface SentShards {
  /** 0 where nothing is known. */
  read(run: string): Promise<number>;
  mark(run: Pick<RunPlan, "run" | "startedAt">, sent: number): Promise<void>;
}

/** The record of audit runs: it counts each shard once, however often its message is delivered. */
export interface RunStore {
  /** Records a run. False where it exists already, whose plan then stays as it is. */
  create(plan: RunPlan): Promise<boolean>;
  /** Undefined for a run that was never created. */
  read(run: string): Promise<RunRecord | undefined>;
  /** How a shard ended; undefined while it hasn't. */
  result(run: string, shard: string): Promise<ShardResult | undefined>;
  /**
   * Records how a shard ended. Of several results the first counts. InputError for a run or shard that isn't there. What it
   * costs doesn't grow with the number of shards.
   */
  finishShard(run: string, shard: string, result: ShardResult): Promise<ShardFinish>;
  /**
   * True for exactly one caller until the lease is over, and for none once the run is published: that caller
   * publishes. The lease lets another one take over after a crash. `now` in milliseconds since the epoch.
   */
  claimReport(run: string, now: number, leaseMs: number): Promise<boolean>;
  /** True for the first caller. */
  markPublished(run: string): Promise<boolean>;
}
