import { memoryWriteCap } from "../lib/app/write-cap.ts";
import type { Cloud } from "../local/emulator/cloud.ts";
import { createKeyring } from "../local/emulator/keyring.ts";
import type { PagePosition } from "../local/emulator/page-tokens.ts";
import { createCallChecks } from "./check-calls.ts";
import { checkEnd } from "./check-end.ts";
import { createClouds } from "./clouds.ts";
import { startContainer, type Container } from "./container.ts";
import { createDice } from "./dice.ts";
import { drawScenario } from "./draw-scenario.ts";
import { composeFunction, type FunctionDeps } from "./function.ts";
import { FUNCTION_TIMEOUT_MS, startInvocation, type Invocation } from "./invocation.ts";
import { schedulePeople } from "./people.ts";
import { createQueue } from "./queue.ts";
import { CALM, HORIZON, START, type Scenario } from "./scenario.ts";
import { createScheduler, type Scheduler } from "./scheduler.ts";
import type { Counts, Simulation, Violation } from "./simulation.ts";
import { createTrace } from "./trace.ts";

export interface SimulationResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly counts: Counts;
  readonly scenario: Scenario;
  /** Empty unless asked for. */
  readonly trace: readonly string[];
}

/** Plays the schedule of one seed to its end and checks it on the way. */
export async function simulate(
  seed: number,
  { traced = false }: { readonly traced?: boolean } = {},
): Promise<SimulationResult> {
  const scenario = drawScenario(seed);
  const dice = createDice(seed ^ 0x5bd1e995);
  const scheduler = createScheduler(START, dice);
  const simulation = openSimulation(scenario, { dice, scheduler, traced });
  const { clouds, violations, counts, trace } = simulation;
  for (const resource of scenario.resources) scheduler.at(resource.createdAt, () => clouds.create(resource));
  schedulePeople(simulation);
  const lambda = createLambda(simulation);
  const end = await scheduler.run(HORIZON);
  if (end === "late" || lambda.queue.size > 0)
    simulation.violate("comes to its end", `${lambda.queue.size} messages are left`);
  else checkEnd(lambda.invocations, lambda.queue, simulation);
  return { seed, violations, counts, scenario, trace: trace?.lines() ?? [] };
}

function openSimulation(
  scenario: Scenario,
  {
    dice,
    scheduler,
    traced,
  }: { readonly dice: Simulation["dice"]; readonly scheduler: Scheduler; readonly traced: boolean },
): Simulation {
  const { now } = scheduler;
  const trace = traced ? createTrace(START, now) : undefined;
  const violations: Violation[] = [];
  return {
    scenario,
    scheduler,
    dice,
    clouds: createClouds(scheduler),
    trace,
    counts: { invocations: 0, crashes: 0, calls: 0, writes: 0, raced: 0, lagged: 0, deadLetters: 0, outcomes: 0 },
    violations,
    byPlace: new Map(scenario.resources.map((resource) => [resource.place, resource])),
    violate(rule, text) {
      violations.push({ rule, at: now(), text });
      trace?.note("checker", "FINDS", rule, text);
    },
    happens: (probability) => probability > 0 && now() < CALM && dice.chance(probability),
  };
}

/** The service that feeds the function from the queue, in as many containers as may run at a time. */
function createLambda(simulation: Simulation) {
  const { scenario, scheduler, dice, counts, trace } = simulation;
  const queue = createQueue(simulation, () => offer());
  const deps: FunctionDeps = {
    simulation,
    queue,
    cloud: embeddedCloud(simulation),
    checks: createCallChecks(simulation),
    writeCap: memoryWriteCap(),
  };
  const invocations: Invocation[] = [];
  const containers: { container: Container; invoke: (invocation: Invocation) => Promise<void> }[] = [];
  let started = 0;
  let isOffered = false;

  const startOne = () => {
    started += 1;
    const container = startContainer(started, simulation, (crashed) => retire(crashed));
    containers.push({ container, invoke: composeFunction(container, deps) });
  };
  function retire(container: Container): void {
    containers.splice(
      containers.findIndex((one) => one.container === container),
      1,
    );
    startOne();
    offer();
  }
  /** Waits a moment, as a batching window does, and then hands batches to whoever is idle. */
  function offer(): void {
    if (isOffered) return;
    isOffered = true;
    scheduler.after(dice.between(1_000, 5_000), () => {
      isOffered = false;
      for (const { container, invoke } of dice.shuffle(containers))
        if (container.invocation === undefined) feed(container, invoke);
    });
  }
  function feed(container: Container, invoke: (invocation: Invocation) => Promise<void>): void {
    const batch = queue.receive(dice.int(Math.ceil(scenario.batchSize / 3), scenario.batchSize));
    if (batch.length === 0) return;
    counts.invocations += 1;
    const crashAtStep = simulation.happens(scenario.mishaps.crash) ? dice.int(1, 60) : 0;
    const endsAt = scheduler.now() + FUNCTION_TIMEOUT_MS;
    const invocation = startInvocation(counts.invocations, { endsAt, batch, crashAtStep });
    invocations.push(invocation);
    container.invocation = invocation;
    trace?.note(container.name, "is invoked", `invocation ${invocation.number}`, `${batch.length} messages`);
    if (simulation.happens(scenario.mishaps.clockJump)) {
      scheduler.after(dice.between(0, 30_000), () =>
        container.jump(dice.pick([-3_000, 2_000, -300_000, -3_600_000, 3_600_000])),
      );
    }
    scheduler.at(endsAt, () => {
      if (invocation.over) return;
      invocation.over = true;
      simulation.violate("deadline", `invocation ${invocation.number} was cut off by its time-out`);
      retire(container);
    });
    const finish = (how: string) => {
      if (invocation.over) return;
      invocation.over = true;
      container.invocation = undefined;
      trace?.note(container.name, how, `invocation ${invocation.number}`, "");
      offer();
    };
    invoke(invocation).then(
      () => finish("ends"),
      (error: unknown) => finish(`fails: ${error instanceof Error ? error.message : String(error)}`),
    );
  }

  for (let number = 0; number < scenario.containers; number += 1) startOne();
  for (const { body, sentAt } of scenario.messages) scheduler.at(sentAt, () => queue.send(body));
  return { queue, invocations };
}

/** The emulator without its gate, keys and servers: faults, rates and time are the simulation's. */
function embeddedCloud({ clouds, scheduler }: Simulation): Cloud {
  const issued = new Map<string, PagePosition & { readonly issuedAt: number; readonly query: string }>();
  return {
    world: clouds.world,
    keyring: createKeyring(),
    gate: { admit: notHere },
    nonces: { use: notHere, clear: notHere },
    tokens: {
      issue(query, position) {
        const token = `t${issued.size + 1}`;
        issued.set(token, { ...position, issuedAt: scheduler.now(), query });
        return token;
      },
      open(query, token) {
        const found = issued.get(token);
        return found?.query === query ? found : undefined;
      },
    },
    count: () => {},
    now: scheduler.now,
    paginationTokenMs: 900_000,
  };
}

function notHere(): never {
  throw new Error("the simulation calls operations, not servers");
}
