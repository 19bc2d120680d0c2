import type { Readable, Writable } from "node:stream";

/** Where a command reads from and writes to: the process, or a test. */
export interface Io {
  readonly stdin: Readable;
  /** Results, and nothing else. */
  readonly stdout: Output;
  /** Progress, logs and failures. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where somebody can be asked: a terminal that keys are read from and whose cursor can be moved. Absent elsewhere. */
  readonly person?: { readonly input: Readable; readonly output: Writable };
  /** Aborted when the user or the system asks the command to end; its reason names the signal. */
  readonly signal: AbortSignal;
}

export interface Output {
  /** Resolves when the text is handed on, so that a slow reader slows the command down. Rejects with ClosedOutput. */
  write(text: string): Promise<void>;
  readonly terminal: boolean;
}

/** Whoever read our output has gone, as `head` does when it has seen enough: no failure of ours. */
export class ClosedOutput extends Error {
  override readonly name = "ClosedOutput";
}

/** Whoever was asked something wants no more of it. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
}

/** Exit codes that scripts rely on. */
export const EXIT = {
  done: 0,
  /** Findings; rejected or failed resources of `enforce --apply`. */
  findings: 1,
  /** Bad usage, policy, configuration or input. */
  usage: 2,
  /** A provider couldn't be used. */
  provider: 3,
  /** A defect of tagwarden itself. */
  defect: 70,
  interrupted: 130,
  terminated: 143,
} as const;
