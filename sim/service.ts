import { messageOf } from "../lib/core/errors.ts";
import { startContainer, type Container, type Stage, type Task } from "./container.ts";
import type { Dice } from "./dice.ts";
import type { Queue, Received } from "./queue.ts";

/** What feeds a function from its queue. */
export interface ServiceStage extends Stage {
  readonly dice: Dice;
  readonly counts: { crashes: number; invocations: number };
  /** False from the calm on. */
  readonly happens: (probability: number) => boolean;
  readonly violate: (rule: string, text: string) => void;
}

export interface ServiceOptions<Body, Running extends Task> {
  readonly name: string;
  /** As many as may run at a time. */
  readonly containers: number;
  /** How many of them divide the rates among themselves. */
  readonly rateShare: number;
  /** How many messages it takes at most, this time. */
  readonly batchSize: () => number;
  readonly timeoutMs: number;
  readonly mishaps: { readonly crash: number; readonly clockJump: number };
  /** Up to which await a crash may come. */
  readonly crashWithin: number;
  readonly jumps: readonly [number, ...number[]];
  begin(batch: readonly Received<Body>[], task: Task): Running;
  /** Whether a task may be cut off by its time-out, and not by a fault of ours; absent = never. */
  mayBeCutOff?(task: Running): boolean;
  /** What a new process does with each task. */
  compose(container: Container<Running>): (task: Running) => Promise<void>;
}

export interface Service<Running extends Task> {
  /** Waits a moment, as a batching window does, and then hands batches to whoever is idle. */
  offer(): void;
  readonly tasks: readonly Running[];
  /** Whether a task is at work, and waits for nothing. */
  isBusy(): boolean;
}

/** The service that feeds a function from its queue, in as many containers as may run at a time. */
export function startService<Body, Running extends Task>(
  stage: ServiceStage,
  queue: Queue<Body>,
  options: ServiceOptions<Body, Running>,
): Service<Running> {
  const { scheduler, dice, counts, trace, happens, violate } = stage;
  const tasks: Running[] = [];
  const containers: { container: Container<Running>; invoke: (task: Running) => Promise<void> }[] = [];
  let started = 0;
  let isOffered = false;

  function startOne(): void {
    started += 1;
    const container = startContainer<Running>(stage, {
      number: started,
      name: `${options.name}-${started}`,
      processes: options.rateShare,
      onCrash: retire,
    });
    containers.push({ container, invoke: options.compose(container) });
  }
  function retire(container: Container<Running>): void {
    containers.splice(
      containers.findIndex((one) => one.container === container),
      1,
    );
    startOne();
    offer();
  }
  function offer(): void {
    if (isOffered) return;
    isOffered = true;
    scheduler.after(dice.between(1_000, 5_000), () => {
      isOffered = false;
      for (const { container, invoke } of dice.shuffle(containers))
        if (container.task === undefined) feed(container, invoke);
    });
  }
  function feed(container: Container<Running>, invoke: (task: Running) => Promise<void>): void {
    const batch = queue.receive(options.batchSize());
    if (batch.length === 0) {
      // What came was dead, and others wait behind it.
      if (queue.hasVisible()) offer();
      return;
    }
    counts.invocations += 1;
    const crashAtStep = happens(options.mishaps.crash) ? dice.int(1, options.crashWithin) : 0;
    const endsAt = scheduler.now() + options.timeoutMs;
    const { invocations: number } = counts;
    const task = options.begin(batch, { number, endsAt, crashAtStep, killed: false, over: false, steps: 0, waits: 0 });
    tasks.push(task);
    container.task = task;
    trace?.note(container.name, "is invoked", `invocation ${number}`, `${batch.length} messages`);
    if (happens(options.mishaps.clockJump)) {
      scheduler.after(dice.between(0, 30_000), () => container.jump(dice.pick(options.jumps)));
    }
    scheduler.at(endsAt, () => {
      if (task.over) return;
      task.over = true;
      task.killed = true;
      container.killed = true;
      if (options.mayBeCutOff?.(task) === true) trace?.note(container.name, "is cut off", `invocation ${number}`, "");
      else violate("deadline", `invocation ${number} was cut off by its time-out`);
      retire(container);
    });
    const finish = (how: string) => {
      if (task.over) return;
      task.over = true;
      container.task = undefined;
      trace?.note(container.name, how, `invocation ${number}`, "");
      offer();
    };
    invoke(task).then(
      () => finish("ends"),
      (error: unknown) => finish(`fails: ${messageOf(error)}`),
    );
  }

  for (let number = 0; number < options.containers; number += 1) startOne();
  return {
    offer,
    tasks,
    isBusy: () => containers.some(({ container: { task } }) => task !== undefined && !task.over && task.waits === 0),
  };
}
