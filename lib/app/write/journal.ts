import type { JournalEntry } from "../../core/journal.ts";
import { refOf, resourceKey, type Resource } from "../../core/resource.ts";
import type { Clock, Log } from "../ports/invocation.ts";
import type { ResourcePairs, Pair } from "./pairs.ts";

/** Entries that are handed on at once; an invocation of a function writes fewer, and so makes one object. */
const ENTRIES_AT_ONCE = 2_000;

export interface WriteJournalDeps {
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  /** Absent = no policies asked for the writes. */
  readonly policyHash?: string;
  /** By `resourceKey`. */
  readonly resources: ReadonlyMap<string, Resource>;
  readonly keep: ((entries: readonly JournalEntry[]) => Promise<void>) | undefined;
}

/** Collects what an invocation writes and takes off, and hands it on to be kept. */
export interface WriteJournal {
  /** Takes in what was written to these resources so far. Never fails: what could not be kept is kept at the end. */
  note(entries: readonly ResourcePairs[]): Promise<void>;
  /** Takes in the rest. Rejects where not everything could be kept. */
  end(entries: Iterable<ResourcePairs>): Promise<void>;
}

/**
 * The journal of an invocation: every tag that a call wrote or took off. Where the answer to the call was lost, a tag is
 * in it too: confirmed by a read that showed it done, or as unconfirmed where nobody could see what the call did.
 */
export function writeJournal({ clock, log, policyHash, resources, keep }: WriteJournalDeps): WriteJournal {
  const noted = new Set<Pair>();
  let waiting: JournalEntry[] = [];
  const timeText = lastRemembered((at: number) => new Date(at).toISOString());

  function take({ ref, action, pairs }: ResourcePairs, isLast: boolean): void {
    // Nobody is there to keep what is collected.
    if (keep === undefined) return;
    let eventId: string | undefined;
    for (const [key, pair] of pairs) {
      const how = noted.has(pair) ? undefined : howWritten(pair, clock, { isLast, timeText });
      if (how === undefined) continue;
      noted.add(pair);
      const { value, before } = pair;
      const tag = action === "untag" ? { before: value } : { value, ...(before !== undefined && { before }) };
      eventId ??= resources.get(resourceKey(ref))?.event?.eventId;
      const why = { ...(policyHash !== undefined && { policyHash }), ...(eventId !== undefined && { eventId }) };
      waiting.push({ ...refOf(ref), key, ...tag, ...why, ...how });
    }
  }

  /** Takes the waiting entries out at once, so that two batches never hand on the same ones. */
  async function handOn(): Promise<void> {
    const entries = waiting;
    waiting = [];
    if (entries.length === 0 || keep === undefined) return;
    try {
      await keep(entries);
    } catch (error) {
      waiting = [...entries, ...waiting];
      throw error;
    }
  }

  return {
    async note(entries) {
      for (const entry of entries) take(entry, false);
      if (waiting.length < ENTRIES_AT_ONCE) return;
      try {
        await handOn();
      } catch (error) {
        log.warn("the journal could not be written; it is tried again at the end", { reason: String(error) });
      }
    },
    async end(entries) {
      for (const entry of entries) take(entry, true);
      await handOn();
    },
  };
}

/** All tags of a call were written at the same time. */
function lastRemembered(textOf: (at: number) => string): (at: number) => string {
  let last: { readonly at: number; readonly text: string } | undefined;
  return (at) => {
    if (last?.at !== at) last = { at, text: textOf(at) };
    return last.text;
  };
}

function howWritten(
  { result, maybeWritten }: Pair,
  clock: Pick<Clock, "now">,
  { isLast, timeText }: { readonly isLast: boolean; readonly timeText: (at: number) => string },
): Pick<JournalEntry, "at" | "requestId" | "unconfirmed"> | undefined {
  if (result?.kind === "written") {
    const { at, requestId } = result;
    return { at: timeText(at), ...(requestId !== undefined && { requestId }) };
  }
  // A read that doesn't show it proves nothing: a call that was given up may still land after it.
  return isLast && maybeWritten ? { at: timeText(clock.now()), unconfirmed: true } : undefined;
}
