import { PassThrough, Writable } from "node:stream";
import type { Io } from "../../../cli/io.ts";

export interface Person {
  readonly terminal: NonNullable<Io["person"]>;
  /** All that the terminal has shown. */
  sees(): string;
  /** Closes the terminal. */
  leaves(): void;
}

/** Somebody at a terminal of 80 columns who types these keys when they see these words, one after the other. */
export function personWho(answers: readonly (readonly [seen: string, keys: string])[]): Person {
  const input = new PassThrough();
  const left = [...answers];
  let shown = "";
  /** Where the text begins that was shown since the last answer. */
  let since = 0;
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      shown += chunk.toString("utf8");
      const [next] = left;
      if (next !== undefined && shown.indexOf(next[0], since) >= 0) {
        left.shift();
        since = shown.length;
        setImmediate(() => input.write(next[1]));
      }
      done();
    },
  });
  return {
    terminal: { input, output: Object.assign(output, { columns: 80, rows: 24 }) },
    sees: () => shown,
    leaves: () => void input.end(),
  };
}
