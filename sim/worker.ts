/** A worker process of `npm run simulate`: plays the seeds that it is sent and answers with their tally. */
import { runMany } from "./run-many.ts";
import type { WorldName } from "./worlds.ts";

// Provider errors are made by the thousand, and nobody reads their stacks.
Error.stackTraceLimit = 0;

interface Portion {
  readonly world: WorldName;
  readonly from: number;
  readonly seeds: number;
}

process.on("message", ({ world, from, seeds }: Portion) => {
  void runMany(world, from, seeds).then((tally) => process.send?.(tally));
});
