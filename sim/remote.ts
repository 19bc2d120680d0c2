import type { Container, Task } from "./container.ts";
import type { Dice } from "./dice.ts";
import type { Scheduler } from "./scheduler.ts";

/** Reaches another service of ours: it takes a moment, and fails with this chance, before or after it has acted. */
export type Remote = <Result>(chance: number, act: () => Result | Promise<Result>) => Promise<Result>;

interface RemoteStage {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly happens: (probability: number) => boolean;
}

export function createRemote<Running extends Task>(
  container: Container<Running>,
  { scheduler, dice, happens }: RemoteStage,
): Remote {
  return <Result>(chance: number, act: () => Result | Promise<Result>) =>
    container.wait<Result>(({ resolve, reject }) => {
      scheduler.after(dice.between(3, 25), () => {
        const fails = happens(chance);
        const acted = fails && dice.chance(0.5) ? undefined : (async () => act())();
        // What it rejects with is the answer, which comes later.
        acted?.catch(() => undefined);
        scheduler.after(dice.between(3, 25), () => {
          if (fails || acted === undefined) reject(new Error("the service failed"));
          else acted.then(resolve, reject);
        });
      });
    });
}
