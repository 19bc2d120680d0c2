import type { Schedule } from "../schedule.ts";
import type { AuditScenario } from "./scenario.ts";

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
  /** Findings that were sent to enforcement, as often as they were. */
  repairs: number;
  /** Entries of digests. */
  alerts: number;
  /** Those of them that say that something is over. */
  resolved: number;
  /** Shards that were handed on to another invocation. */
  handedOn: number;
  /** Evaluations that rest on the row of an inventory. */
  byRow: number;
  /** Listings of one type that came to their end. */
  typeScans: number;
  /** Gaps for an inventory that shows less than its cloud counts. */
  narrowed: number;
}

/** What all parts of one schedule share. */
export type AuditSimulation = Schedule<AuditScenario, AuditCounts>;
