import type { Writable } from "node:stream";
import { ClosedOutput, EXIT, type RawIo, type RawOutput } from "./io.ts";

const CLEAR_LINE = "\r\u001b[K";

/** A terminal that was given no size says 0. */
type Stream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

function output(stream: Stream): RawOutput {
  // Each failed write rejects below; without a listener the same failure would end the process.
  stream.on("error", () => undefined);
  const write = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      stream.write(text, (error) => {
        if (error === null || error === undefined) resolve();
        else reject("code" in error && error.code === "EPIPE" ? new ClosedOutput() : error);
      });
    });
  return {
    terminal: stream.isTTY === true,
    get columns() {
      return stream.isTTY === true && stream.columns !== undefined && stream.columns > 0 ? stream.columns : undefined;
    },
    write,
    redraw: (line) => write(`${CLEAR_LINE}${line}`),
  };
}

/** Whoever stopped reading messages still gets the results. */
function heardOrNot(heard: RawOutput): RawOutput {
  const orNot = async (written: Promise<void>): Promise<void> => {
    try {
      await written;
    } catch (error) {
      if (!(error instanceof ClosedOutput)) throw error;
    }
  };
  return {
    terminal: heard.terminal,
    get columns() {
      return heard.columns;
    },
    write: (text) => orNot(heard.write(text)),
    redraw: (line) => orNot(heard.redraw(line)),
  };
}

/** The process as a command sees it. The first SIGINT or SIGTERM asks it to end, the second ends it. */
export function processIo(): RawIo {
  const stop = new AbortController();
  const end = (signal: NodeJS.Signals): void => {
    if (stop.signal.aborted) process.exit(signal === "SIGINT" ? EXIT.interrupted : EXIT.terminated);
    stop.abort(signal);
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
  const { stdin, stderr } = process;
  // A terminal that was given no size has no columns, and nothing can be drawn there.
  const canBeAsked = stdin.isTTY && stderr.isTTY && stderr.columns > 0 && process.env["TERM"] !== "dumb";
  return {
    stdin,
    stdout: output(process.stdout),
    stderr: heardOrNot(output(stderr)),
    ...(canBeAsked && { person: { input: stdin, output: stderr } }),
    env: process.env,
    signal: stop.signal,
  };
}
