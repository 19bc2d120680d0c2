import { memoryWriteCap } from "../../lib/app/write/cap.ts";
import type { Cloud } from "../../local/emulator/cloud.ts";
import { createKeyring } from "../../local/emulator/keyring.ts";
import type { PagePosition } from "../../local/emulator/page-tokens.ts";
import { createDice } from "../dice.ts";
import { schedulePeople } from "../people.ts";
import { createQueue } from "../queue.ts";
import { openSchedule } from "../schedule.ts";
import { createScheduler } from "../scheduler.ts";
import { startService } from "../service.ts";
import type { Violation } from "../violation.ts";
import { createCallChecks } from "./check-calls.ts";
import { checkEnd } from "./check-end.ts";
import { drawScenario } from "./draw-scenario.ts";
import { composeFunction, type FunctionDeps } from "./function.ts";
import { FUNCTION_TIMEOUT_MS, MAX_RECEIVE_COUNT, startInvocation, type Invocation } from "./invocation.ts";
import { CALM, HORIZON, START, type Scenario } from "./scenario.ts";
import type { Counts, Simulation } from "./simulation.ts";
import { createStores } from "./stores.ts";

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
  const simulation = openSchedule<Scenario, Counts>(
    scenario,
    {
      invocations: 0,
      crashes: 0,
      calls: 0,
      writes: 0,
      raced: 0,
      lagged: 0,
      deadLetters: 0,
      outcomes: 0,
      postponed: 0,
      mixed: 0,
      partial: 0,
      unsupported: 0,
      foreign: 0,
    },
    { dice, scheduler, traced, start: START, calm: CALM },
  );
  const { clouds, violations, counts, trace } = simulation;
  for (const resource of scenario.resources) scheduler.at(resource.createdAt, () => clouds.create(resource));
  schedulePeople(simulation, {
    resources: scenario.resources,
    actions: scenario.people.actions,
    from: START,
    until: CALM,
    rushMs: 180_000,
  });
  const lambda = createLambda(simulation);
  const end = await scheduler.run(HORIZON);
  if (end === "late" || lambda.queue.size > 0)
    simulation.violate("comes to its end", `${lambda.queue.size} messages are left`);
  else checkEnd(lambda.invocations, lambda, simulation);
  return { seed, violations, counts, scenario, trace: trace?.lines() ?? [] };
}

/** As serverless.yml sets the queue up. */
const VISIBILITY_MS = 370_000;
const JUMPS = [-3_000, 2_000, -300_000, -3_600_000, 3_600_000] as const;

/** What is kept back for helpers that don't answer does for one of them; where several hang, Lambda may end us. */
const MANY_HANGING = 2;

/** The enforce function, and the queue that feeds it. */
function createLambda(simulation: Simulation) {
  const { scenario, scheduler, dice } = simulation;
  const { mishaps, batchSize, containers } = scenario;
  const queue = createQueue<number>(simulation, {
    name: "queue",
    visibilityMs: VISIBILITY_MS,
    maxReceiveCount: MAX_RECEIVE_COUNT,
    mishaps,
    describe: (body) => `body ${body}`,
    onVisible: () => service.offer(),
  });
  const stores = createStores();
  const deps: FunctionDeps = {
    simulation,
    queue,
    cloud: embeddedCloud(simulation),
    checks: createCallChecks(simulation),
    writeCap: memoryWriteCap(),
    stores,
  };
  const service = startService<number, Invocation>(simulation, queue, {
    name: "container",
    containers,
    rateShare: containers,
    batchSize: () => dice.int(Math.ceil(batchSize / 3), batchSize),
    timeoutMs: FUNCTION_TIMEOUT_MS,
    mishaps,
    crashWithin: 60,
    jumps: JUMPS,
    begin: startInvocation,
    mayBeCutOff: ({ hanging }) => hanging.size >= MANY_HANGING,
    compose: (container) => composeFunction(container, deps),
  });
  for (const { body, sentAt } of scenario.messages)
    scheduler.at(sentAt, () => queue.send(body, { own: ownWordOf(scenario, body) }));
  return { queue, stores, invocations: service.tasks };
}

/** What our webhook's function has put beside a message. */
function ownWordOf({ bodies }: Scenario, body: number): { readonly sender?: string } {
  const content = bodies[body];
  return content?.kind === "created" && content.sender !== undefined ? { sender: content.sender } : {};
}

/** The emulator without its gate, keys and servers: faults, rates and time are the simulation's. */
function embeddedCloud({ clouds, scheduler }: Simulation): Cloud {
  const issued = new Map<string, PagePosition & { readonly issuedAt: number; readonly query: string }>();
  return {
    world: clouds.world,
    keyring: createKeyring(),
    gate: { admit: notHere },
    nonces: { use: notHere, clear: notHere },
    issuer: { url: "", issue: notHere, isSignedByUs: notHere },
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
