import type { EventQueue } from "../../lib/app/ports/ingest.ts";
import { chunksOf } from "../../lib/core/chunks.ts";
import { RESOURCE_FOUND } from "../../lib/events/own/types.ts";
import { parseEvent } from "../../lib/events/parse.ts";
import { placeOf } from "../place.ts";
import type { Remote } from "../remote.ts";
import type { AuditSimulation } from "./simulation.ts";

/** What SQS takes in one call. */
const MESSAGES_PER_CALL = 10;

/** What audits have sent to enforcement. */
export interface SentRepairs {
  /** The queue, over a network: where a call fails, those before it have gone. */
  queue(remote: Remote, chance: number): EventQueue;
  /** How often each place was sent, by run. */
  in(run: string): ReadonlyMap<string, number>;
}

export function createSentRepairs({ counts, trace, violate }: AuditSimulation): SentRepairs {
  const byRun = new Map<string, Map<string, number>>();

  function take(body: string): void {
    counts.repairs += 1;
    const event = parseEvent(body);
    const [resource] = event.kind === "created" ? event.resources : [];
    if (event.kind !== "created" || event.eventName !== RESOURCE_FOUND || resource === undefined) {
      return violate("repairs", `enforcement can't read ${body.slice(0, 200)}`);
    }
    // The event's id begins with the run.
    const [run = ""] = event.eventId.split("/");
    const sent = byRun.get(run) ?? new Map<string, number>();
    byRun.set(run, sent);
    const place = placeOf(resource);
    sent.set(place, (sent.get(place) ?? 0) + 1);
    trace?.note("enforce queue", "takes", resource.id, run);
  }

  return {
    in: (run) => byRun.get(run) ?? new Map<string, number>(),
    queue: (remote, chance) => ({
      async send(events) {
        for (const some of chunksOf(events, MESSAGES_PER_CALL)) {
          await remote(chance, () => {
            for (const body of some) take(body);
            return true;
          });
        }
      },
    }),
  };
}
