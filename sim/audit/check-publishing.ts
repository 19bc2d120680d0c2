import type { RunStore } from "../../lib/app/ports/runs.ts";
import type { Publication } from "../../lib/app/report/publish-report.ts";
import type { AuditSimulation } from "./simulation.ts";
import type { AuditContainer } from "./task.ts";

/** What the checker saw of one run. */
export interface SeenRun {
  readonly run: string;
  /** When it was asked for first, and when the schedule was told that it is under way. */
  readonly startedAt: number;
  acknowledged: boolean;
  /** How often its publication was said to be done. */
  published: number;
  publishedAt: number;
  /** When its last publisher began. */
  claimedAt: number;
}

/** Follows runs from their start to their report. */
export interface RunChecks {
  readonly runs: ReadonlyMap<string, SeenRun>;
  starting(run: string, startedAt: number): void;
  started(run: string): void;
  publishing(run: string, container: AuditContainer): Publishing;
}

interface Publishing {
  /** The run store, as this publisher uses it. */
  watch(runs: RunStore): RunStore;
  ended(state: Publication["state"]): void;
}

export function createRunChecks({ violate, scheduler, trace, counts }: AuditSimulation): RunChecks {
  const runs = new Map<string, SeenRun>();
  /** Until when a run belongs to a publisher. */
  const leases = new Map<string, number>();
  return {
    runs,
    starting(run, startedAt) {
      if (runs.has(run)) return;
      counts.runs += 1;
      runs.set(run, { run, startedAt, acknowledged: false, published: 0, publishedAt: Infinity, claimedAt: -Infinity });
    },
    started(run) {
      const seen = runs.get(run);
      if (seen !== undefined) seen.acknowledged = true;
    },
    publishing(run, { name, jumps }) {
      let isOurs = false;
      const watch = (store: RunStore): RunStore => ({
        ...store,
        async claimReport(claimed, now, leaseMs) {
          isOurs = await store.claimReport(claimed, now, leaseMs);
          trace?.note(name, isOurs ? "claims report" : "may not report", claimed, "");
          if (!isOurs) return false;
          if ((leases.get(claimed) ?? 0) > scheduler.now() && jumps.length === 0) {
            violate("one report", `${claimed} was claimed while another publisher had it`);
          }
          const seen = runs.get(claimed);
          if (seen !== undefined) seen.claimedAt = scheduler.now();
          // By a clock that has jumped it ends nobody knows when.
          leases.set(claimed, jumps.length === 0 ? scheduler.now() + leaseMs : -Infinity);
          return true;
        },
        markPublished(published) {
          if (!isOurs) violate("one report", `${published} is published by somebody who hasn't claimed it`);
          return store.markPublished(published);
        },
      });
      return { watch, ended: (state) => endPublishing(run, name, state) };
    },
  };

  function endPublishing(run: string, name: string, state: Publication["state"]): void {
    trace?.note(name, "ends report", run, state);
    const seen = runs.get(run);
    if (seen === undefined || state !== "published") return;
    seen.published += 1;
    seen.publishedAt = scheduler.now();
    if (seen.published > 1) violate("one report", `${run} was published twice`);
  }
}
