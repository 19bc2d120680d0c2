import { createRateLimiter, type RateLimiter } from "../lib/app/cloud/rate/limiter.ts";
import type { Clock } from "../lib/app/ports/invocation.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Trace } from "./trace.ts";

/** One run of a function, as its process knows it. */
export interface Task {
  readonly number: number;
  /** When the service cuts it off, in true time. */
  readonly endsAt: number;
  /** Crashes, time-outs and its own end make it so. */
  over: boolean;
  /** Awaits it has come back from. */
  steps: number;
  readonly crashAtStep: number;
  /** It crashed, or was cut off, and never came to its end. */
  killed: boolean;
  /** Awaits it has not come back from: while there is none, it is at work. */
  waits: number;
}

/** What every container stands on. */
export interface Stage {
  readonly scheduler: Scheduler;
  readonly trace: Trace | undefined;
  readonly counts: { crashes: number };
}

/** How an await ends. Only the first of these calls counts. */
export interface Ending<Result> {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

/** One process that runs a function, one task at a time, with a clock of its own. */
export interface Container<Running extends Task> {
  readonly number: number;
  readonly name: string;
  readonly clock: Clock;
  readonly limiter: RateLimiter;
  /** Times of sent calls by bucket, for the check of rates. */
  readonly sentAt: Map<string, number[]>;
  /** When its clock last jumped, in true time, and by how much. */
  readonly jumps: { readonly at: number; readonly ms: number }[];
  task: Running | undefined;
  /** Whether an answer has ever slowed it down, or kept it from calling: it may remember that. */
  hasBeenRefused: boolean;
  /** Gone, with whatever it held. */
  killed: boolean;
  /**
   * An await of the running task: `begin` sees to it that it ends. The task goes on then, unless it is over or crashes
   * right here; what has crashed waits for ever.
   */
  wait<Result>(begin: (ending: Ending<Result>) => void): Promise<Result>;
  jump(ms: number): void;
}

export interface ContainerOptions<Running extends Task> {
  readonly number: number;
  readonly name: string;
  /** How many may run at once: they divide the rates. */
  readonly processes: number;
  /** Told when the process is gone: it takes no further step, and what it sent is on its way. */
  readonly onCrash: (container: Container<Running>) => void;
}

export function startContainer<Running extends Task>(
  { scheduler, trace, counts }: Stage,
  { number, name, processes, onCrash }: ContainerOptions<Running>,
): Container<Running> {
  let offset = 0;
  const clock: Clock = {
    now: () => scheduler.now() + offset,
    sleep: (ms, signal) =>
      container.wait((ending) => {
        scheduler.after(ms, () => ending.resolve(undefined));
        // An event of its own: whoever aborts goes on first.
        signal?.addEventListener("abort", () => scheduler.after(0, () => ending.resolve(undefined)));
      }),
  };

  function goOn(task: Running, go: () => void): void {
    if (task.over) return;
    task.waits -= 1;
    task.steps += 1;
    if (task.steps === task.crashAtStep) {
      task.over = true;
      task.killed = true;
      container.killed = true;
      counts.crashes += 1;
      trace?.note(name, "crashes", `invocation ${task.number}`, `at step ${task.steps}`);
      onCrash(container);
      return;
    }
    go();
  }

  const container: Container<Running> = {
    number,
    name,
    clock,
    limiter: createRateLimiter(clock, processes),
    sentAt: new Map(),
    jumps: [],
    task: undefined,
    hasBeenRefused: false,
    killed: false,
    wait<Result>(begin: (ending: Ending<Result>) => void) {
      const { task } = container;
      if (task === undefined) return Promise.reject(new Error("nothing is invoked"));
      return new Promise<Result>((resolve, reject) => {
        if (task.over) return;
        task.waits += 1;
        let isEnded = false;
        const once = (go: () => void) => {
          if (isEnded) return;
          isEnded = true;
          goOn(task, go);
        };
        begin({
          resolve: (result) => once(() => resolve(result)),
          reject: (error) => once(() => reject(error)),
        });
      });
    },
    jump(ms) {
      offset += ms;
      container.jumps.push({ at: scheduler.now(), ms });
      trace?.note(name, "clock jumps", "", `${ms} ms`);
    },
  };
  return container;
}

/** Milliseconds that Lambda leaves a task. */
export function remainingMs({ endsAt }: Task, now: number, timeoutMs: number): number {
  return Math.min(timeoutMs, endsAt - now);
}
