import type { Container, Task } from "./container.ts";
import type { Dice } from "./dice.ts";
import { hiccupOf, type Helper, type Hiccup } from "./hiccup.ts";
import type { Scheduler } from "./scheduler.ts";

/**
 * Reaches another service of ours: it takes a moment, and fails with this chance, or while the service has a hiccup,
 * before or after it has acted.
 */
export type Remote = <Result>(chance: number, act: () => Result | Promise<Result>) => Promise<Result>;

interface RemoteStage {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly scenario: { readonly hiccups: readonly Hiccup[] };
  readonly happens: (probability: number) => boolean;
}

export interface RemoteOptions<Running extends Task> {
  readonly container: Container<Running>;
  readonly helper: Helper;
  /** Told of each call that is about to fail. */
  readonly onFailure?: (task: Running | undefined, waitMs: number) => void;
}

export function createRemote<Running extends Task>(
  { container, helper, onFailure }: RemoteOptions<Running>,
  { scheduler, dice, scenario, happens }: RemoteStage,
): Remote {
  return <Result>(chance: number, act: () => Result | Promise<Result>) =>
    container.wait<Result>(({ resolve, reject }) => {
      const { task } = container;
      scheduler.after(dice.between(3, 25), () => {
        const hiccup = hiccupOf(helper, { scenario, now: scheduler.now(), dice });
        const fails = hiccup !== undefined || happens(chance);
        const acted = fails && !dice.chance(hiccup?.acts ?? 0.5) ? undefined : (async () => act())();
        // What it rejects with is the answer, which comes later.
        acted?.catch(() => undefined);
        if (fails) onFailure?.(task, hiccup?.ms ?? 0);
        scheduler.after(dice.between(3, 25) + (hiccup?.ms ?? 0), () => {
          if (fails || acted === undefined) reject(new Error(`${helper} failed`));
          else acted.then(resolve, reject);
        });
      });
    });
}
