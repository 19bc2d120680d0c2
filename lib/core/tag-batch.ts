import type { ResourceType, Tags } from "./resource.ts";

/** The arguments of one tag call: every tag goes to every resource. */
export interface TagBatch {
  /** One resource type, or `aws:*:*` for a batch of several AWS types. */
  readonly type: ResourceType;
  readonly account: string;
  readonly region: string;
  /** Of all of its resources. */
  readonly project?: string | undefined;
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
