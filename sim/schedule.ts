import { createClouds, type Clouds } from "./clouds.ts";
import type { Dice } from "./dice.ts";
import type { Scheduler } from "./scheduler.ts";
import { createTrace, type Trace } from "./trace.ts";
import type { Violation } from "./violation.ts";

/** What is drawn from the seed, as far as both worlds have it. */
interface DrawnResources {
  readonly resources: readonly { readonly place: string }[];
}

/** What all parts of one schedule share. */
export interface Schedule<Scenario extends DrawnResources, Counts> {
  readonly scenario: Scenario;
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly clouds: Clouds;
  readonly trace: Trace | undefined;
  readonly counts: Counts;
  readonly violations: Violation[];
  readonly byPlace: ReadonlyMap<string, Scenario["resources"][number]>;
  readonly violate: (rule: string, text: string) => void;
  /** False from the calm on. */
  readonly happens: (probability: number) => boolean;
}

interface ScheduleOptions {
  readonly dice: Dice;
  readonly scheduler: Scheduler;
  readonly traced: boolean;
  /** Milliseconds since the epoch. */
  readonly start: number;
  /** From then on faults and people rest. */
  readonly calm: number;
  /** How far behind the inventories of whole accounts are, in milliseconds. */
  readonly inventoryDelayMs?: number;
}

export function openSchedule<Scenario extends DrawnResources, Counts>(
  scenario: Scenario,
  counts: Counts,
  { dice, scheduler, traced, start, calm, inventoryDelayMs = 0 }: ScheduleOptions,
): Schedule<Scenario, Counts> {
  const { now } = scheduler;
  const trace = traced ? createTrace(start, now) : undefined;
  const violations: Violation[] = [];
  return {
    scenario,
    scheduler,
    dice,
    clouds: createClouds(scheduler, { inventoryDelayMs: () => inventoryDelayMs }),
    trace,
    counts,
    violations,
    byPlace: new Map(scenario.resources.map((resource) => [resource.place, resource])),
    violate(rule, text) {
      violations.push({ rule, at: now(), text });
      trace?.note("checker", "FINDS", rule, text);
    },
    happens: (probability) => probability > 0 && now() < calm && dice.chance(probability),
  };
}
