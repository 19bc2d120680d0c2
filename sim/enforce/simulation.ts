import type { Schedule } from "../schedule.ts";
import type { Scenario } from "./scenario.ts";

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
  /** Records that a store did not take, and the queue did. */
  postponed: number;
  /** Calls about several types at once. */
  mixed: number;
  /** Calls that failed for some of their resources. */
  partial: number;
  /** Reads that were refused for one type that can't be tagged. */
  unsupported: number;
  /** Foreign messages that became dead letters. */
  foreign: number;
}

/** What all parts of one schedule share. */
export type Simulation = Schedule<Scenario, Counts>;
