/** A worker process of `npm run simulate`: plays the seeds that it is sent and answers with their tally. */
import { runMany } from "./run-many.ts";

// Provider errors are made by the thousand, and nobody reads their stacks.
Error.stackTraceLimit = 0;

process.on("message", ({ from, seeds }: { readonly from: number; readonly seeds: number }) => {
  void runMany(from, seeds).then((tally) => process.send?.(tally));
});
