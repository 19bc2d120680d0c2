import type { Clouds } from "../clouds.ts";
import type { Dice } from "../dice.ts";
import type { Scheduler } from "../scheduler.ts";
import type { Trace } from "../trace.ts";
import type { Violation } from "../violation.ts";
import type { AuditResource, AuditScenario } from "./scenario.ts";

export interface AuditCounts {
  invocations: number;
  crashes: number;
  calls: number;
  deadLetters: number;
  runs: number;
  /** Evaluations that count. */
  evaluations: number;
  /** Those of them that say unknown. */
  unknown: number;
  /** Parts of runs that are missing, and named. */
  gaps: number;
  /** Shards that were handed on to another invocation. */
  handedOn: number;
}

/** What all parts of one schedule share. */
export interface AuditSimulation {
  readonly scenario: AuditScenario;
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly clouds: Clouds;
  readonly trace: Trace | undefined;
  readonly counts: AuditCounts;
  readonly violations: Violation[];
  readonly byPlace: ReadonlyMap<string, AuditResource>;
  readonly violate: (rule: string, text: string) => void;
  /** False from the calm on. */
  readonly happens: (probability: number) => boolean;
}
