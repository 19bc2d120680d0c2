import type { Output } from "./io.ts";

/** Tells how far a command is. */
export interface Progress {
  advance(by?: number): void;
  end(): Promise<void>;
}

const REDRAW_MS = 100;
const BAR_WIDTH = 24;
const CLEAR_LINE = "\r\u001b[K";

function drawing(label: string, done: number, total: number | undefined): string {
  if (total === undefined || total === 0) return `${label} ${done}`;
  const filled = Math.min(BAR_WIDTH, Math.round((BAR_WIDTH * done) / total));
  return `${label} [${"#".repeat(filled)}${".".repeat(BAR_WIDTH - filled)}] ${done}/${total}`;
}

/** One line on a terminal that redraws itself, and nothing at all anywhere else. */
export function progress(output: Output, label: string, total?: number): Progress {
  let done = 0;
  let drawnAt = 0;
  return {
    advance(by = 1) {
      done += by;
      const now = Date.now();
      if (!output.terminal || now - drawnAt < REDRAW_MS) return;
      drawnAt = now;
      // A terminal that went away is found out by the next result, not by this line.
      output.write(`${CLEAR_LINE}${drawing(label, done, total)}`).catch(() => undefined);
    },
    async end() {
      if (output.terminal && drawnAt > 0) await output.write(CLEAR_LINE);
    },
  };
}
