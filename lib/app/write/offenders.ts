import { resourceKey, type ResourceRef } from "../../core/resource.ts";
import type { Clock } from "../ports/invocation.ts";

/**
 * Resources that a provider refused a short while ago. They are sent apart from others, because one of them makes a
 * search necessary for the whole batch; and they are sent, because what was wrong may have been put right.
 */
export interface Offenders {
  has(ref: ResourceRef): boolean;
  remember(ref: ResourceRef): void;
  forget(ref: ResourceRef): void;
}

const REMEMBERED_MS = 3_600_000;
/** Some megabytes at most; beyond it the oldest are forgotten, which costs a search. */
const MOST_REMEMBERED = 10_000;

/** The memory of one process. */
export function createOffenders(clock: Pick<Clock, "now">): Offenders {
  /** When each was refused last, the oldest first. */
  const refusedAt = new Map<string, number>();
  return {
    has(ref) {
      const key = resourceKey(ref);
      const at = refusedAt.get(key);
      if (at === undefined) return false;
      const age = clock.now() - at;
      // Where the clock was set back, nobody knows how long ago it was.
      if (age >= 0 && age < REMEMBERED_MS) return true;
      refusedAt.delete(key);
      return false;
    },
    remember(ref) {
      const key = resourceKey(ref);
      refusedAt.delete(key);
      refusedAt.set(key, clock.now());
      const [oldest] = refusedAt.keys();
      if (refusedAt.size > MOST_REMEMBERED && oldest !== undefined) refusedAt.delete(oldest);
    },
    forget(ref) {
      refusedAt.delete(resourceKey(ref));
    },
  };
}
