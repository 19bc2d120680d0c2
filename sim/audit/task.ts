import type { Tags } from "../../lib/core/resource.ts";
import type { Container, Task } from "../container.ts";
import type { Received } from "../queue.ts";

/** A listing of tags under way. */
export interface SeenListing {
  readonly tags: Map<string, Map<string, string>>;
}

/** One run of a function of the audit, and what the checker saw of it. */
export interface AuditTask extends Task, Received<string> {
  /** By the token that goes on with it. */
  readonly listings: Map<string, SeenListing>;
  /** By place: what complete reads by id showed. */
  readonly readings: Map<string, Tags[]>;
  /** Places that a read which failed was about. */
  readonly failedReads: Set<string>;
  /** APIs of accounts and regions that denied us access: nobody knocks there again. */
  readonly denied: Set<string>;
}

export type AuditContainer = Container<AuditTask>;

export function startTask(received: Received<string>, task: Task): AuditTask {
  return {
    ...task,
    ...received,
    listings: new Map(),
    readings: new Map(),
    failedReads: new Set(),
    denied: new Set(),
  };
}
