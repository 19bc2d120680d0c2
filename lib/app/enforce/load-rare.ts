import { isolatedReads } from "../cloud/read-tags.ts";
import { mending } from "../write/apply-batches.ts";
import { planner } from "../write/plan-calls.ts";
import { refreshing } from "../write/send-batch.ts";

/**
 * Loads what enforcement otherwise loads when it first needs it. Where time is virtual this has to come before it starts:
 * loading takes turns of the event loop, of which such a clock knows nothing.
 */
export async function loadRare(): Promise<void> {
  await Promise.all([planner(), mending(), isolatedReads(), refreshing()]);
}
