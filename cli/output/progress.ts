import { plainText, type Output } from "../io.ts";

/** Tells how far a command is. */
export interface Progress {
  /** Counts, and shows the count. */
  advance(by?: number): void;
  /** Shows this text. */
  show(text: string): void;
  end(): Promise<void>;
}

const REDRAW_MS = 100;

/** One line on a terminal that redraws itself, and nothing at all anywhere else. */
export function progress(output: Output, label: string): Progress {
  let done = 0;
  let drawnAt = 0;
  const draw = (text: string): void => {
    const now = Date.now();
    if (!output.terminal || now - drawnAt < REDRAW_MS) return;
    drawnAt = now;
    // A terminal that went away is found out by the next result, not by this line.
    output.redraw(`${label} ${plainText(text)}`).catch(() => undefined);
  };
  return {
    advance(by = 1) {
      done += by;
      draw(String(done));
    },
    show: draw,
    async end() {
      if (drawnAt > 0) await output.redraw("");
    },
  };
}
