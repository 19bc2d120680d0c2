import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../lib/core/errors.ts";
import { openAppendLog } from "./append-log.ts";

/** The begin of a delivery: its time, and how many writes the clouds had seen. */
export interface DeliveryStart {
  readonly at: number;
  readonly writes: number;
}

/** How far a local run has come; what is absent hasn't happened. Each step can be done twice, but not half. */
export interface RunSteps {
  /** Of what was asked for: another request is another run. */
  readonly identity: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Keys of the resources that existed before. */
  readonly known: readonly string[];
  readonly created?: true;
  /** The names of the audits. */
  readonly before?: string;
  readonly after?: string;
  readonly repaired?: string;
  readonly first?: DeliveryStart;
  readonly again?: DeliveryStart;
  /** Events of each delivery that the queue has accepted. */
  readonly sentFirst?: number;
  readonly sentAgain?: number;
  /** The dead letters that stood there before it, by queue. */
  readonly dead?: Readonly<Record<string, number>>;
  readonly finished?: true;
}

export interface RunProgress {
  readonly steps: RunSteps;
  /** Whether an earlier process has begun this run. */
  readonly resumed: boolean;
  mark(steps: Partial<RunSteps>): void;
  close(): void;
}

export interface BeginRun {
  readonly identity: string;
  /** Keys of the resources that exist, asked for where a run begins. */
  readonly known: () => readonly string[];
  /** Where the progress is kept; without it, a run that ends early is forgotten. */
  readonly stateFolder: string | undefined;
  readonly onNote: (note: string) => void;
}

/**
 * Begins a run, or goes on with the one that didn't finish in this folder. Throws InputError where that one was asked
 * for something else: its events may be on the queue, and nobody would know what to expect of them.
 */
export function beginRun({ identity, known, stateFolder, onNote }: BeginRun): RunProgress {
  const begin = (): RunSteps => ({ identity, startedAt: Date.now(), known: known() });
  if (stateFolder === undefined) return progressOf(begin(), false);
  const path = join(stateFolder, "run.log");
  const log = openAppendLog(path, onNote);
  const earlier = Object.assign({}, ...log.entries) as Partial<RunSteps>;
  if (isBegun(earlier) && earlier.finished !== true) {
    if (earlier.identity === identity) return progressOf(earlier, true, log);
    log.close();
    throw new InputError(
      `--state ${stateFolder}: an unfinished run with other events, policies or --resources stands there. Start it again as it was started, to let it end, or name another folder.`,
    );
  }
  log.close();
  const steps = begin();
  writeFileSync(`${path}.new`, `${JSON.stringify(steps)}\n`);
  renameSync(`${path}.new`, path);
  return progressOf(steps, false, openAppendLog(path, onNote));
}

function isBegun(steps: Partial<RunSteps>): steps is RunSteps {
  return steps.identity !== undefined && steps.startedAt !== undefined && steps.known !== undefined;
}

function progressOf(
  begun: RunSteps,
  resumed: boolean,
  log?: { append(entry: unknown): void; close(): void },
): RunProgress {
  let steps = begun;
  return {
    get steps() {
      return steps;
    },
    resumed,
    mark(more) {
      log?.append(more);
      steps = { ...steps, ...more };
    },
    close: () => log?.close(),
  };
}
