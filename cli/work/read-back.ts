import { createCaller } from "../../lib/app/cloud/call.ts";
import { readTags, type Reading, type RoutedResource } from "../../lib/app/cloud/read-tags.ts";
import { systemClock } from "../../lib/app/ports/system-clock.ts";
import { tagName, type JournalEntry } from "../../lib/core/journal.ts";
import { resourceKey } from "../../lib/core/resource.ts";
import type { Io } from "../io.ts";
import type { LostAnswers } from "../output/lost-answers.ts";
import type { Cloud } from "./cloud.ts";
import type { RunJournal } from "./journal.ts";
import { clockUntil } from "./stop.ts";

/** Beyond `--max-seconds`, which are over mostly by then: whoever waited so long wants to know. */
const READ_BACK_MS = 10_000;

/**
 * Looks once more at what the journal of a run has as unconfirmed: an attempt lost the answer and could not read either,
 * and a later one, or the end of the time, left it at that. Nothing is written to any resource. A read that doesn't show
 * a tag proves nothing, since a late call may still do it.
 */
export async function readBack(journal: RunJournal, cloud: Cloud, io: Pick<Io, "signal">): Promise<LostAnswers> {
  const open = journal.entries().filter(({ unconfirmed }) => unconfirmed === true);
  const readings = io.signal.aborted ? new Map<string, Reading>() : await readAgain(open, cloud, io);
  const at = new Date(systemClock.now()).toISOString();
  const confirmed = open.flatMap((entry): JournalEntry[] => {
    const reading = readings.get(resourceKey(entry));
    const isDone = reading?.kind === "known" && reading.tags.get(entry.key) === entry.value;
    if (!isDone) return [];
    const { unconfirmed: _unconfirmed, ...rest } = entry;
    return [{ ...rest, at }];
  });
  if (confirmed.length > 0) await journal.record(confirmed);
  const byName = new Map(confirmed.map((entry) => [tagName(entry, entry.key), entry]));
  const names = open.map((entry) => tagName(entry, entry.key));
  return { confirmed: byName, unconfirmed: new Set(names.filter((name) => !byName.has(name))) };
}

function readAgain(entries: readonly JournalEntry[], { route, limiter }: Cloud, { signal }: Pick<Io, "signal">) {
  const routed = new Map<string, RoutedResource>();
  for (const ref of entries) {
    const found = route(ref);
    if (!("problem" in found)) routed.set(resourceKey(ref), { ref, route: found });
  }
  const clock = clockUntil(signal);
  const endsAt = clock.now() + READ_BACK_MS;
  const deadline = { remainingMs: () => (signal.aborted ? 0 : endsAt - clock.now()) };
  const caller = createCaller({ clock, random: Math.random, limiter, deadline, reserveMs: 0 });
  return readTags([...routed.values()], { caller, clock });
}
