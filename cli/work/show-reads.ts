import type { Io } from "../io.ts";
import { progress, type Progress } from "../output/progress.ts";
import type { Cloud } from "./cloud.ts";

/** Shows how many of some resources were read, and written to, while a command works on them. */
export function showReads({ watch }: Pick<Cloud, "watch">, total: number, io: Pick<Io, "stderr">): Progress {
  const bar = progress(io.stderr, "resources:");
  // The first answer may take its time.
  if (total > 0) bar.at(0, total);
  watch.listen(({ read, written }) => {
    const seen = Math.min(Math.max(read, written), total);
    bar.at(seen, total, written > 0 ? `${written} written to` : undefined);
  });
  return bar;
}
