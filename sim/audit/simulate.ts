import type { ObjectStore } from "../../lib/app/ports/objects.ts";
import { memoryRateClaims } from "../../lib/sinks/dynamo/memory-rate-claims.ts";
import { memoryObjects } from "../../lib/sinks/objects/memory.ts";
import { objectRunStore } from "../../lib/sinks/objects/run-store.ts";
import { createDice } from "../dice.ts";
import { schedulePeople } from "../people.ts";
import { createQueue, type Queue } from "../queue.ts";
import { openSchedule } from "../schedule.ts";
import { createScheduler } from "../scheduler.ts";
import { startService, type Service } from "../service.ts";
import type { Violation } from "../violation.ts";
import { createAlertWatch } from "./alerts.ts";
import { createCallChecks } from "./check-calls.ts";
import { checkEnd } from "./check-end.ts";
import { createRunChecks } from "./check-publishing.ts";
import { drawScenario } from "./draw-scenario.ts";
import { openEmbeddedCloud } from "./embedded-cloud.ts";
import { scheduleFlapping } from "./flapping.ts";
import {
  composeReport,
  composeShard,
  composeStart,
  REPORT_DELIVERIES,
  SHARD_DELIVERIES,
  type FunctionDeps,
} from "./functions.ts";
import { createSentRepairs } from "./repairs.ts";
import { CALM, HORIZON, OTHERS_TIMEOUT_MS, START, type AuditScenario } from "./scenario.ts";
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
const STARTS: FunctionSettings = {
  name: "schedule",
  containers: 1,
  maxReceiveCount: 3,
  timeoutMs: OTHERS_TIMEOUT_MS,
  visibilityMs: 60_000 + OTHERS_TIMEOUT_MS,
};
const REPORTS: FunctionSettings = {
  name: "report",
  containers: 2,
  maxReceiveCount: REPORT_DELIVERIES,
  timeoutMs: OTHERS_TIMEOUT_MS,
  visibilityMs: 6 * OTHERS_TIMEOUT_MS,
};
const shardSettings = ({ time: { timeoutMs } }: AuditScenario): FunctionSettings => ({
  name: "shard",
  containers: 5,
  maxReceiveCount: SHARD_DELIVERIES,
  timeoutMs,
  visibilityMs: 6 * timeoutMs,
});

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
  // What inventories know already comes first in them.
  const listedUntil = START - scenario.generic.inventoryDelayMs;
  for (const resource of scenario.resources.toSorted(
    (a, b) => Math.max(a.createdAt, listedUntil) - Math.max(b.createdAt, listedUntil),
  )) {
    const { createdAt } = resource;
    if (createdAt <= START) clouds.begin(resource, createdAt, createdAt <= listedUntil);
    else scheduler.at(createdAt, () => clouds.create(resource));
  }
  schedulePeople(simulation, {
    resources: scenario.resources,
    actions: scenario.people.actions,
    from: START,
    until: CALM,
    rushMs: 60_000,
  });
  scheduleFlapping(simulation);
  const writtenAt = new Map<string, number>();
  const objects = notingTimes(memoryObjects(), writtenAt, scheduler.now);
  const settings = { starts: STARTS, shards: shardSettings(scenario), reports: REPORTS };
  const queues = {
    starts: openQueue(simulation, settings.starts, () => services[0]?.offer()),
    shards: openQueue(simulation, settings.shards, () => services[1]?.offer()),
    reports: openQueue(simulation, settings.reports, () => services[2]?.offer()),
  };
  const deps: FunctionDeps = {
    simulation,
    cloud: openEmbeddedCloud(simulation),
    checks: createCallChecks(simulation),
    runChecks: createRunChecks(simulation),
    objects,
    writtenAt,
    runs: objectRunStore(objects),
    queues,
    repairs: createSentRepairs(simulation),
    alerts: createAlertWatch(simulation),
    claims: memoryRateClaims(),
  };
  services.push(
    serve(simulation, queues.starts, settings.starts, (container) => composeStart(container, deps)),
    serve(simulation, queues.shards, settings.shards, (container) => composeShard(container, deps)),
    serve(simulation, queues.reports, settings.reports, (container) => composeReport(container, deps)),
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
  const counts = {
    invocations: 0,
    crashes: 0,
    calls: 0,
    deadLetters: 0,
    runs: 0,
    evaluations: 0,
    unknown: 0,
    gaps: 0,
    repairs: 0,
    alerts: 0,
    resolved: 0,
    handedOn: 0,
    byRow: 0,
    typeScans: 0,
    narrowed: 0,
  };
  const { inventoryDelayMs } = scenario.generic;
  return openSchedule(scenario, counts, { dice, scheduler, traced, start: START, calm: CALM, inventoryDelayMs });
}

function notingTimes(objects: ObjectStore, writtenAt: Map<string, number>, now: () => number): ObjectStore {
  return {
    ...objects,
    put(name, body) {
      writtenAt.set(name, now());
      return objects.put(name, body);
    },
  };
}

interface FunctionSettings {
  readonly name: string;
  readonly containers: number;
  readonly maxReceiveCount: number;
  readonly timeoutMs: number;
  readonly visibilityMs: number;
}

function openQueue(
  simulation: AuditSimulation,
  { name, visibilityMs, maxReceiveCount }: FunctionSettings,
  onVisible: () => void,
): Queue<string> {
  return createQueue<string>(simulation, {
    name: `${name} queue`,
    visibilityMs,
    maxReceiveCount,
    mishaps: simulation.scenario.mishaps,
    describe: (body) => body.slice(0, 400),
    onVisible,
  });
}

/** One function, fed by one message at a time. */
function serve(
  simulation: AuditSimulation,
  queue: Queue<string>,
  { name, containers, timeoutMs }: FunctionSettings,
  compose: (container: AuditContainer) => (task: AuditTask) => Promise<void>,
): Service<AuditTask> {
  const { scenario } = simulation;
  return startService<string, AuditTask>(simulation, queue, {
    name,
    containers,
    rateShare: 1,
    batchSize: () => 1,
    timeoutMs,
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
