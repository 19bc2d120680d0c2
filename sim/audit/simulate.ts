import { memoryObjects } from "../../lib/sinks/memory-objects.ts";
import { objectRunStore } from "../../lib/sinks/object-run-store.ts";
import { createClouds } from "../clouds.ts";
import { createDice } from "../dice.ts";
import { schedulePeople } from "../people.ts";
import { createQueue, type Queue } from "../queue.ts";
import { createScheduler } from "../scheduler.ts";
import { startService, type Service } from "../service.ts";
import { createTrace } from "../trace.ts";
import type { Violation } from "../violation.ts";
import { createCallChecks } from "./check-calls.ts";
import { checkEnd } from "./check-end.ts";
import { createRunChecks } from "./check-publishing.ts";
import { drawScenario } from "./draw-scenario.ts";
import { openEmbeddedCloud } from "./embedded-cloud.ts";
import { composeReport, composeShard, composeStart, MAX_RECEIVE_COUNT, type FunctionDeps } from "./functions.ts";
import { CALM, HORIZON, START, type AuditScenario } from "./scenario.ts";
import type { AuditCounts, AuditSimulation } from "./simulation.ts";
import { startTask, type AuditContainer, type AuditTask } from "./task.ts";

export interface AuditSimulationResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly counts: AuditCounts;
  readonly scenario: AuditScenario;
  /** Empty unless asked for. */
  readonly trace: readonly string[];
}

const JUMPS = [-3_000, 2_000, -300_000, 300_000] as const;
/** Lambda tries what nobody waits for three times. */
const STARTS = { name: "schedule", containers: 1, maxReceiveCount: 3, visibilityMs: 60_000 } as const;
const SHARDS = { name: "shard", containers: 5, maxReceiveCount: MAX_RECEIVE_COUNT } as const;
const REPORTS = { name: "report", containers: 2, maxReceiveCount: MAX_RECEIVE_COUNT } as const;

/** Plays the audits of one seed to their end and checks them on the way. */
export async function simulateAudit(
  seed: number,
  { traced = false }: { readonly traced?: boolean } = {},
): Promise<AuditSimulationResult> {
  const services: Service<AuditTask>[] = [];
  const simulation = openSimulation(drawScenario(seed), {
    traced,
    isBusy: () => services.some((service) => service.isBusy()),
  });
  const { scenario, scheduler, clouds, violations, counts, trace } = simulation;
  for (const resource of scenario.resources) {
    if (resource.createdAt <= START) clouds.create(resource);
    else scheduler.at(resource.createdAt, () => clouds.create(resource));
  }
  schedulePeople(simulation, {
    resources: scenario.resources,
    actions: scenario.people.actions,
    from: START,
    until: CALM,
    rushMs: 60_000,
  });
  const objects = memoryObjects();
  const queues = {
    starts: openQueue(simulation, services, 0, STARTS),
    shards: openQueue(simulation, services, 1, { ...SHARDS, visibilityMs: 6 * scenario.time.timeoutMs }),
    reports: openQueue(simulation, services, 2, { ...REPORTS, visibilityMs: 6 * scenario.time.timeoutMs }),
  };
  const deps: FunctionDeps = {
    simulation,
    cloud: openEmbeddedCloud(simulation),
    checks: createCallChecks(simulation),
    runChecks: createRunChecks(simulation),
    objects,
    runs: objectRunStore(objects),
    queues,
  };
  services.push(
    serve(simulation, queues.starts, STARTS, (container) => composeStart(container, deps)),
    serve(simulation, queues.shards, SHARDS, (container) => composeShard(container, deps)),
    serve(simulation, queues.reports, REPORTS, (container) => composeReport(container, deps)),
  );
  for (const at of scenario.runsAt) scheduler.at(at, () => queues.starts.send(String(at)));
  const end = await scheduler.run(HORIZON);
  const left = Object.values(queues).reduce((sum, { size }) => sum + size, 0);
  if (end === "late" || left > 0) simulation.violate("comes to its end", `${left} messages are left`);
  else await checkEnd(deps, services[1]?.tasks ?? []);
  return { seed, violations, counts, scenario, trace: trace?.lines() ?? [] };
}

function openSimulation(
  scenario: AuditScenario,
  { traced, isBusy }: { readonly traced: boolean; readonly isBusy: () => boolean },
): AuditSimulation {
  const dice = createDice(scenario.seed ^ 0x6d2b79f5);
  const scheduler = createScheduler(START - 1, dice, isBusy);
  const { now } = scheduler;
  const trace = traced ? createTrace(START, now) : undefined;
  const violations: Violation[] = [];
  return {
    scenario,
    scheduler,
    dice,
    clouds: createClouds(scheduler),
    trace,
    counts: {
      invocations: 0,
      crashes: 0,
      calls: 0,
      deadLetters: 0,
      runs: 0,
      evaluations: 0,
      unknown: 0,
      gaps: 0,
      handedOn: 0,
    },
    violations,
    byPlace: new Map(scenario.resources.map((resource) => [resource.place, resource])),
    violate(rule, text) {
      violations.push({ rule, at: now(), text });
      trace?.note("checker", "FINDS", rule, text);
    },
    happens: (probability) => probability > 0 && now() < CALM && dice.chance(probability),
  };
}

interface QueueSettings {
  readonly name: string;
  readonly visibilityMs: number;
  readonly maxReceiveCount: number;
}

/** A queue that feeds the service with this number. */
function openQueue(
  simulation: AuditSimulation,
  services: readonly Service<AuditTask>[],
  number: number,
  { name, visibilityMs, maxReceiveCount }: QueueSettings,
): Queue<string> {
  return createQueue<string>(simulation, {
    name: `${name} queue`,
    visibilityMs,
    maxReceiveCount,
    mishaps: simulation.scenario.mishaps,
    describe: (body) => body.slice(0, 400),
    onVisible: () => services[number]?.offer(),
  });
}

/** One function, fed by one message at a time. */
function serve(
  simulation: AuditSimulation,
  queue: Queue<string>,
  { name, containers }: { readonly name: string; readonly containers: number },
  compose: (container: AuditContainer) => (task: AuditTask) => Promise<void>,
): Service<AuditTask> {
  const { scenario } = simulation;
  return startService<string, AuditTask>(simulation, queue, {
    name,
    containers,
    rateShare: 1,
    batchSize: () => 1,
    timeoutMs: scenario.time.timeoutMs,
    mishaps: scenario.mishaps,
    crashWithin: 80,
    jumps: JUMPS,
    begin([first], task) {
      if (first === undefined) throw new Error("an empty batch");
      return startTask(first, task);
    },
    compose,
  });
}
