import type { Clouds } from "../clouds.ts";
import type { Dice } from "../dice.ts";
import type { Scenario, SimResource } from "./scenario.ts";
import type { Scheduler } from "../scheduler.ts";
import type { Trace } from "../trace.ts";
import type { Violation } from "../violation.ts";

export interface Counts {
  invocations: number;
  crashes: number;
  calls: number;
  writes: number;
  /** Writes that replaced what a person had set since the read, at most 10 s old, that they rested on. */
  raced: number;
  /** Writes that replaced what a lagging index hadn't shown yet. */
  lagged: number;
  deadLetters: number;
  outcomes: number;
}

/** What all parts of one schedule share. */
export interface Simulation {
  readonly scenario: Scenario;
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly clouds: Clouds;
  readonly trace: Trace | undefined;
  readonly counts: Counts;
  readonly violations: Violation[];
  readonly byPlace: ReadonlyMap<string, SimResource>;
  readonly violate: (rule: string, text: string) => void;
  /** False from the calm on. */
  readonly happens: (probability: number) => boolean;
}
