import { mending } from "./apply-batches.ts";
import { verdicts } from "./assess.ts";
import { ownFaults } from "./call.ts";
import { settling, tagVerdicts, troubles } from "./enforce-tags.ts";
import { planner } from "./plan-calls.ts";
import { isolatedReads } from "./read-tags.ts";
import { refreshing } from "./send-batch.ts";

/**
 * Loads what enforcement otherwise loads when it first needs it. Where time is virtual this has to come before it starts:
 * loading takes turns of the event loop, of which such a clock knows nothing.
 */
export async function loadRare(): Promise<void> {
  await Promise.all([
    ownFaults(),
    planner(),
    mending(),
    isolatedReads(),
    refreshing(),
    verdicts(),
    tagVerdicts(),
    settling(),
    troubles(),
  ]);
}
