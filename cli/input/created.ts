import { InputError } from "../../lib/core/errors.ts";
import { countText } from "../../lib/core/report/figures.ts";
import type { Resource } from "../../lib/core/resource.ts";
import { plainText, type Io } from "../io.ts";
import type { ChangedTags, ParsedEvent, ParseOptions } from "../../lib/events/parse.ts";
import { readEvent } from "./event.ts";
import { inputName } from "./file.ts";
import { readRecording } from "./recording.ts";

/** Said of a recording of which nothing can be read. */
export const NO_READABLE_EVENT = "holds no event that can be read; docs/events.md lists the accepted forms";

/** Of what can't be read, so many are named with their places; all are counted. */
const MOST_NAMED = 20;

/** How many resources the events of a recording created, and what became of all else that it holds. */
export interface EventCounts {
  events: number;
  resources: number;
  unreadable: number;
  /** How often tags of something that was there already were changed by each call. */
  readonly changes: Map<string, number>;
  /** How often each reason why an event created nothing occurred. */
  readonly others: Map<string, number>;
  /** How often each reason why something is no event, or can't be read as one, occurred. */
  readonly skipped: Map<string, number>;
  /** Where reading ended before its time, and why; results are of what stands before. */
  readonly brokenOff: string[];
}

/** An event that tells of resources. */
export type ToldEvent = Extract<ParsedEvent, { readonly resources: readonly Resource[] }>;

export function noEvents(): EventCounts {
  return {
    events: 0,
    resources: 0,
    unreadable: 0,
    changes: new Map(),
    others: new Map(),
    skipped: new Map(),
    brokenOff: [],
  };
}

function countOne(counts: Map<string, number>, reason: string): void {
  counts.set(reason, (counts.get(reason) ?? 0) + 1);
}

/**
 * What a recording says was created or changed, one event after the other; `counts` is kept up to date. An element that
 * can't be read is named on stderr. Where the file breaks off, that is noted, and what came before it counts. Throws
 * InputError where none of a file can be read.
 */
export async function* eventsIn(
  file: string,
  options: ParseOptions,
  counts: EventCounts,
  io: Io,
): AsyncGenerator<ToldEvent> {
  const before = { ...counts, brokenOff: counts.brokenOff.length };
  for await (const element of readRecording(file, io)) {
    if ("brokenOff" in element) {
      counts.brokenOff.push(`${element.where}: ${element.brokenOff}`);
      continue;
    }
    if ("skipped" in element) {
      countOne(counts.skipped, element.skipped);
      continue;
    }
    const event = readEvent(element, options);
    counts.events += 1;
    if (event.kind === "created") {
      counts.resources += event.resources.length;
      yield event;
    } else if (event.kind === "tags-changed") {
      countOne(counts.changes, event.eventName);
      yield event;
    } else if (event.kind === "not-a-creation") {
      countOne(counts.others, event.reason);
    } else {
      counts.unreadable += 1;
      countOne(counts.skipped, `can't be read: ${event.problem}`);
      if (counts.unreadable - before.unreadable <= MOST_NAMED) {
        await io.stderr.write(`tagwarden: ${plainText(`${element.where}: ${event.problem}`)}\n`);
      }
    }
  }
  const [read, unreadable] = [counts.events - before.events, counts.unreadable - before.unreadable];
  if (read > 0 && read === unreadable && counts.brokenOff.length === before.brokenOff) {
    throw new InputError(`${inputName(file)}: ${NO_READABLE_EVENT}`);
  }
}

/** Says on stderr what the recordings held. */
export async function tellCounts(counts: EventCounts, io: Io): Promise<void> {
  const { events, resources, unreadable, changes, others, skipped, brokenOff } = counts;
  await io.stderr.write(
    `${countText(events, "event")}: ${countText(resources, "resource")} created, ${unreadable} unreadable\n`,
  );
  for (const [call, times] of changes) await io.stderr.write(`tags changed: ${times} x ${plainText(call)}\n`);
  for (const [reason, times] of others) await io.stderr.write(`not a creation: ${times} x ${plainText(reason)}\n`);
  for (const [reason, times] of skipped) await io.stderr.write(`skipped: ${times} x ${plainText(reason)}\n`);
  for (const one of brokenOff) {
    await io.stderr.write(`tagwarden: ${plainText(one)}; what follows was not read, so the results are incomplete\n`);
  }
}

/** What a recording tells of, as a whole. */
export interface Recorded {
  /** What was created. */
  readonly resources: readonly Resource[];
  /** What had its tags changed. */
  readonly changes: readonly ChangedTags[];
  /** It could not be read to its end. */
  readonly incomplete: boolean;
}

/** All that a recording says was created or changed. */
export async function readEvents(file: string, options: ParseOptions, io: Io): Promise<Recorded> {
  const counts = noEvents();
  const resources: Resource[] = [];
  const changes: ChangedTags[] = [];
  for await (const event of eventsIn(file, options, counts, io)) {
    if (event.kind === "created") resources.push(...event.resources);
    else changes.push(event);
  }
  await tellCounts(counts, io);
  return { resources, changes, incomplete: counts.brokenOff.length > 0 };
}
