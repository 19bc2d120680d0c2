import type { ResourceType, Tags } from "./resource.ts";

/** The arguments of one tag call: every tag goes to every resource. */
export interface TagBatch {
  /** One resource type, or that of all types of a contract whose types may share a call, e.g. `aws:*:*`. */
  readonly type: ResourceType;
  readonly account: string;
  readonly region: string;
  /** Of all of its resources. */
  readonly project?: string | undefined;
  /** Ids, or what calls of the contract name its resources by. */
  readonly resourceIds: readonly string[];
  readonly tags: Tags;
}

/** The arguments of one untag call: every key is taken off every resource. */
export interface UntagBatch {
  readonly type: ResourceType;
  readonly account: string;
  readonly region: string;
  readonly project?: string | undefined;
  readonly resourceIds: readonly string[];
  readonly keys: readonly string[];
}
