import type { Clock } from "../lib/app/ports.ts";
import { createRateLimiter, type RateLimiter } from "../lib/app/rate-limiter.ts";
import { FUNCTION_TIMEOUT_MS, type Invocation } from "./invocation.ts";
import type { Simulation } from "./simulation.ts";

/** One process that runs the function, one invocation at a time, with a clock of its own. */
export interface Container {
  readonly number: number;
  readonly name: string;
  readonly clock: Clock;
  readonly limiter: RateLimiter;
  /** Times of sent calls by bucket, for the check of rates. */
  readonly sentAt: Map<string, number[]>;
  /** When its clock last jumped, in true time, and by how much. */
  readonly jumps: { readonly at: number; readonly ms: number }[];
  invocation: Invocation | undefined;
  /** Goes on with an invocation after an await, unless it is over or crashes right here. */
  resume(invocation: Invocation, go: () => void): void;
  jump(ms: number): void;
}

/** `onCrash` is told when the process is gone: it takes no further step, and what it sent is on its way. */
export function startContainer(
  number: number,
  simulation: Simulation,
  onCrash: (container: Container) => void,
): Container {
  const { scheduler, trace, counts } = simulation;
  let offset = 0;
  const clock: Clock = {
    now: () => scheduler.now() + offset,
    sleep(ms) {
      const { invocation } = container;
      return new Promise((resolve) => {
        scheduler.after(ms, () => {
          if (invocation === undefined) resolve();
          else container.resume(invocation, resolve);
        });
      });
    },
  };
  const container: Container = {
    number,
    name: `container-${number}`,
    clock,
    limiter: createRateLimiter(clock, simulation.scenario.containers),
    sentAt: new Map(),
    jumps: [],
    invocation: undefined,
    resume(invocation, go) {
      if (invocation.over) return;
      invocation.steps += 1;
      if (invocation.steps === invocation.crashAtStep) {
        invocation.over = true;
        counts.crashes += 1;
        trace?.note(container.name, "crashes", `invocation ${invocation.number}`, `at step ${invocation.steps}`);
        onCrash(container);
        return;
      }
      go();
    },
    jump(ms) {
      offset += ms;
      container.jumps.push({ at: scheduler.now(), ms });
      trace?.note(container.name, "clock jumps", "", `${ms} ms`);
    },
  };
  return container;
}

/** Milliseconds that Lambda leaves an invocation. */
export function remainingMs({ endsAt }: Invocation, now: number): number {
  return Math.min(FUNCTION_TIMEOUT_MS, endsAt - now);
}
