import type { ResourceRef, ResourceType } from "../../core/resource.ts";

/** What to list: one type, or `aws:*:*` for all of AWS. */
export interface SeenPlace {
  readonly type: ResourceType;
  readonly account: string;
  readonly region: string;
}

export interface SeenPage {
  readonly resources: readonly {
    readonly type: ResourceType;
    readonly id: string;
    readonly project?: string | undefined;
    /** When an event last told of it, in milliseconds since the epoch. */
    readonly lastSeen: number;
  }[];
  /** Absent = that was all. */
  readonly nextToken?: string;
}

/** The resources that events have shown, so that an audit can look for what no listing has. */
export interface SeenLedger {
  /** Each resource once. Noting one again moves its time on. `at` in milliseconds since the epoch. */
  note(resources: readonly ResourceRef[], at: number): Promise<void>;
  /** Resources that are there no more; those that were noted after `seenUntil` stay. */
  forget(resources: readonly ResourceRef[], seenUntil: number): Promise<void>;
  /** One page, in no order. */
  list(place: SeenPlace, token: string | undefined): Promise<SeenPage>;
}
