import type { TagRounds } from "../../app/ports/tag-rounds.ts";
import { resourceKey } from "../../core/resource.ts";
import { nextRound, type RoundRecord } from "../../core/tag-round.ts";

/** Rounds in memory: for one process, and for tests. */
export function memoryTagRounds(): TagRounds {
  const records = new Map<string, RoundRecord>();
  return {
    async take({ ref, key, ...event }, at) {
      const name = JSON.stringify([resourceKey(ref), key]);
      const { answer, next } = nextRound(records.get(name), event, at);
      if (next !== undefined) records.set(name, next);
      return answer;
    },
    async noteOurs(changes, at) {
      for (const { ref, key } of changes) {
        const name = JSON.stringify([resourceKey(ref), key]);
        records.set(name, { events: [], since: at, ...records.get(name), oursAt: at });
      }
    },
  };
}
