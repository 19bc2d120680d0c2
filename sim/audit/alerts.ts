import { alertReport } from "../../lib/app/alert/alert-report.ts";
import { type FinishedRun } from "../../lib/app/report/survey.ts";
import type { AlertStates } from "../../lib/app/ports/alerts.ts";
import type { ObjectStore } from "../../lib/app/ports/objects.ts";
import type { Digest } from "../../lib/core/alert/digest.ts";
import { digestId } from "../../lib/sinks/chat/digest-id.ts";
import { memoryAlertStates } from "../../lib/sinks/dynamo/memory-alert-states.ts";
import type { Remote } from "../remote.ts";
import { OTHERS_TIMEOUT_MS } from "./scenario.ts";
import type { AuditSimulation } from "./simulation.ts";
import type { AuditContainer } from "./task.ts";

/** What publishers tell people, and what is known of it. */
export interface AlertWatch {
  readonly states: AlertStates;
  /** Each digest once: whoever sends them remembers which have arrived. */
  readonly told: ReadonlyMap<string, Digest>;
  /** Whether nobody was at the alerts of another run when those of this one were raised last. */
  wasAlone(run: string): boolean;
  /** What a publisher raises alerts with, as lib/lambda/compose/alert-wiring.ts has it. */
  alerter(container: AuditContainer, services: AlertServices): (finished: FinishedRun) => Promise<void>;
}

interface AlertServices {
  readonly remoteTable: Remote;
  readonly remoteQueue: Remote;
  /** How often a call fails. */
  readonly store: number;
  readonly objects: ObjectStore;
}

export function createAlertWatch({ scenario, scheduler, counts, trace, violate }: AuditSimulation): AlertWatch {
  const states = memoryAlertStates();
  const told = new Map<string, Digest>();
  const attempts: { readonly run: string; readonly begunAt: number; endedAt?: number }[] = [];
  /** When it was certain that people had been told that an alert is open. */
  const settledAt = new Map<string, number>();

  function take(digest: Digest, begunAt: number): void {
    if (told.has(digest.id)) return;
    told.set(digest.id, digest);
    for (const { change, alert } of digest.entries) {
      counts.alerts += 1;
      if (change === "resolved") counts.resolved += 1;
      trace?.note("alert queue", "takes", `${change} ${alert.key}`, digest.channel);
      // Whoever was at it already may tell it once more; runs are never so far apart that a flapping one is new again.
      if (change === "opened" && (settledAt.get(alert.key) ?? Infinity) < begunAt) {
        violate("one alert", `${alert.key} was opened twice`);
      }
    }
  }

  return {
    states,
    told,
    wasAlone(run) {
      const last = attempts.findLast((one) => one.run === run);
      return attempts.every(
        ({ run: other, begunAt, endedAt = begunAt + OTHERS_TIMEOUT_MS }) =>
          other === run || (last !== undefined && endedAt < last.begunAt),
      );
    },
    alerter(container, { remoteTable, remoteQueue, store, objects }) {
      return async (finished) => {
        const begunAt = scheduler.now();
        const attempt: (typeof attempts)[number] = { run: finished.report.run, begunAt };
        attempts.push(attempt);
        const { digests, failures } = await alertReport(finished, {
          settings: scenario.alerts,
          states: remoteStates(states, remoteTable, store),
          objects,
          hash: digestId,
          dispatch: async (digest) => {
            await remoteQueue(store, () => {
              take(digest, begunAt);
              return true;
            });
          },
        });
        attempt.endedAt = scheduler.now();
        if (failures.length > 0) throw failures[0];
        trace?.note(container.name, "has told", finished.report.run, `${digests.length} digests`);
        for (const { entries } of digests) {
          for (const { change, alert } of entries) {
            if (change === "opened") settledAt.set(alert.key, settledAt.get(alert.key) ?? scheduler.now());
          }
        }
      };
    },
  };
}

/** The table of alerts, over a network; each operation takes effect at one moment. */
function remoteStates(states: AlertStates, remote: Remote, chance: number): AlertStates {
  const optional = async <Result>(act: () => Promise<Result>): Promise<Result> => {
    const { result } = await remote(chance, async () => ({ result: await act() }));
    return result;
  };
  return {
    read: (key) => optional(() => states.read(key)),
    pending: () => optional(() => states.pending()),
    write: (record) => optional(() => states.write(record)),
  };
}
