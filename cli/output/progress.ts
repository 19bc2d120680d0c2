import { plainText, type Output } from "../io.ts";
import { durationText, rateText } from "./durations.ts";
import { shortened } from "./text-cell.ts";

/** Tells how far a command is. */
export interface Progress {
  /** Counts, and shows the count. */
  advance(by?: number): void;
  /** Shows how much is done, of how much where that is known, with what comes behind it. */
  at(done: number, total?: number, more?: string): void;
  /** Shows this text. */
  show(text: string): void;
  end(): Promise<void>;
}

const REDRAW_MS = 100;
/** Before, a rate says more of the start than of the work. */
const RATED_AFTER_MS = 1_000;

/** One line on a terminal that redraws itself, and nothing at all anywhere else. */
export function progress(output: Output, label: string, now: () => number = Date.now): Progress {
  const startedAt = now();
  let done = 0;
  let drawnAt = -Infinity;
  const draw = (text: string): void => {
    const time = now();
    if (!output.redraws || time - drawnAt < REDRAW_MS) return;
    drawnAt = time;
    // The cursor stands behind the line, and must not come into the next one.
    const line = shortened(`${label} ${plainText(text)}`, (output.columns ?? Infinity) - 1);
    // A terminal that went away is found out by the next result, not by this line.
    output.redraw(line).catch(() => undefined);
  };
  const pace = (count: number, total: number | undefined): readonly string[] => {
    const passedMs = now() - startedAt;
    if (passedMs < RATED_AFTER_MS || count <= 0) return [];
    const perSecond = (count * 1_000) / passedMs;
    if (total === undefined || count >= total) return [`${rateText(perSecond)}/s`];
    return [`${rateText(perSecond)}/s`, `about ${durationText((total - count) / perSecond)} left`];
  };
  const at: Progress["at"] = (count, total, more) => {
    const counted = total === undefined ? String(count) : `${count} of ${total}`;
    draw([counted, ...(more === undefined ? [] : [more]), ...pace(count, total)].join(", "));
  };
  return {
    advance(by = 1) {
      done += by;
      at(done);
    },
    at,
    show: draw,
    end: () => output.redraw(""),
  };
}
