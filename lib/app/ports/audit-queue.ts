import type { ProviderName, ResourceType } from "../../core/resource.ts";

/** One stable part of an account: the resource types of one service in one region. */
export interface Shard {
  /** Stable from run to run, safe in a file name, e.g. `alibaba.111122223333.cn-hangzhou.apigateway`. */
  readonly id: string;
  readonly provider: ProviderName;
  readonly account: string;
  /** `global` for resources without a region, `all` for those of all regions. */
  readonly region: string;
  /** Where one listing shows all regions at once: those of the account. What has no region is audited with them. */
  readonly regions?: readonly string[];
  /** The listings of its region also show what has no region, which is audited here and nowhere else. */
  readonly alsoGlobal?: true;
  readonly service: string;
  /** The types to list, e.g. `alibaba:apigateway:app` or `aws:*:*`, sorted. */
  readonly types: readonly ResourceType[];
  /** The account's configured type globs; absent = all. A listed resource of another type is left out. */
  readonly only?: readonly string[];
}

/** A message on the audit queue: a shard, from its start or from where its checkpoint says. */
export interface ShardMessage {
  readonly run: string;
  /** Exemptions count as of then, in milliseconds since the epoch. */
  readonly at: number;
  readonly policyHash: string;
  /** When the run started, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** The run that this one compares itself with; absent = none. */
  readonly previous?: string;
  /** False where nothing that the run finds is sent to enforcement. */
  readonly repair?: false;
  readonly shard: Shard;
  /** Name of the object that holds the checkpoint; absent = from the start. */
  readonly checkpoint?: string;
}

/** Where an audit's work waits. A message may be delivered more than once. */
export interface AuditQueue {
  sendShards(messages: readonly ShardMessage[]): Promise<void>;
  /** All shards of this run have ended: its report is due. */
  sendReport(run: string): Promise<void>;
}
