import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { InputError } from "../../lib/core/errors.ts";

/** A file of one JSON value a line, to which lines are only added. */
export interface AppendLog {
  /** What was in it when it was opened. */
  readonly entries: readonly unknown[];
  /** Returns when the line is the system's: from then on it outlives this process, whatever ends it. */
  append(entry: unknown): void;
  close(): void;
}

/**
 * Opens a log, or starts one. A last line without its end was being written when the process died, so nobody was told
 * of it yet: it is cut off, and `onNote` says so. Throws InputError where another line can't be read.
 */
export function openAppendLog(path: string, onNote: (note: string) => void): AppendLog {
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const end = bytes.lastIndexOf("\n") + 1;
  if (end < bytes.length) {
    truncateSync(path, end);
    onNote(`${path}: cut off the last ${bytes.length - end} bytes, a line that was never finished`);
  }
  const lines = bytes.subarray(0, end).toString("utf8").split("\n").slice(0, -1);
  const entries = lines.map((line, index): unknown => {
    try {
      return JSON.parse(line);
    } catch {
      throw new InputError(`${path}: line ${index + 1} is not JSON. Remove the folder to start afresh.`);
    }
  });
  const file = openSync(path, "a");
  return {
    entries,
    append(entry) {
      const line = Buffer.from(`${JSON.stringify(entry)}\n`);
      for (let written = 0; written < line.length;) written += writeSync(file, line, written);
    },
    close: () => closeSync(file),
  };
}
