import type { ResourceOutcome } from "../core/outcome.ts";
import { isWellFormed } from "../core/ill-formed.ts";
import { resourceKey, type Resource } from "../core/resource.ts";
import type { Clock, Log } from "./ports.ts";
import type { SeenLedger } from "./ports/seen.ts";

export interface SeenDeps {
  /** Keeps what events told of, for the audit; absent = nobody does. */
  readonly seen?: SeenLedger;
  /** Told how many resources it could not keep. */
  readonly onUnseen?: (resources: number) => void;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

/**
 * Notes the resources that events told of, and forgets those that turned out to be gone. A ledger that can't be written
 * costs the audit one of its three sources for these resources, and nobody a tag: so the messages are settled all the
 * same. It is logged and counted, and never rejects.
 */
export async function noteSeen(
  assessments: ReadonlyMap<string, { readonly resource: Resource }>,
  outcomes: readonly ResourceOutcome[],
  { seen, onUnseen, clock, log }: SeenDeps,
): Promise<void> {
  if (seen === undefined) return;
  // What an audit has sent is known from its listings; only creations are worth noting, and of them only what can exist.
  const created = outcomes.filter(
    (one) =>
      one.outcome !== "redelivered" &&
      assessments.get(resourceKey(one))?.resource.event !== undefined &&
      isWellFormed(one),
  );
  const [gone, there] = [created.filter(isGone), created.filter((one) => !isGone(one))];
  const now = clock.now();
  try {
    if (there.length > 0) await seen.note(there, now);
    if (gone.length > 0) await seen.forget(gone, now);
  } catch (error) {
    log.warn("The events seen could not be kept", { resources: created.length, reason: String(error) });
    onUnseen?.(created.length);
  }
}

function isGone({ outcome }: ResourceOutcome): boolean {
  return outcome === "gone";
}
