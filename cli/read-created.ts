import { countText } from "../lib/core/report/figures.ts";
import { InputError } from "../lib/core/errors.ts";
import type { Resource } from "../lib/core/resource.ts";
import type { ParseOptions } from "../lib/events/parse.ts";
import { inputName } from "./input-file.ts";
import type { Io } from "./io.ts";
import { readEvent } from "./read-event.ts";
import { readRecording } from "./read-recording.ts";

/** Said of a recording of which nothing can be read. */
export const NO_READABLE_EVENT = "holds no event that can be read; docs/events.md lists the accepted forms";

/** How many resources the events of a recording created, and what became of the other events. */
export interface EventCounts {
  events: number;
  resources: number;
  unreadable: number;
  /** How often each reason why an event created nothing occurred. */
  readonly others: Map<string, number>;
}

export function noEvents(): EventCounts {
  return { events: 0, resources: 0, unreadable: 0, others: new Map() };
}

/**
 * The resources that a recording says were created, one after the other; `counts` is kept up to date. An element that
 * can't be read is named on stderr. Throws InputError where none of a file can be read.
 */
export async function* createdIn(
  file: string,
  options: ParseOptions,
  counts: EventCounts,
  io: Io,
): AsyncGenerator<Resource> {
  const before = { ...counts };
  for await (const element of readRecording(file, io)) {
    const event = readEvent(element, options);
    counts.events += 1;
    if (event.kind === "created") {
      counts.resources += event.resources.length;
      yield* event.resources;
    } else if (event.kind === "not-a-creation") {
      counts.others.set(event.reason, (counts.others.get(event.reason) ?? 0) + 1);
    } else {
      counts.unreadable += 1;
      await io.stderr.write(`tagwarden: ${element.where}: ${event.problem}\n`);
    }
  }
  const [read, unreadable] = [counts.events - before.events, counts.unreadable - before.unreadable];
  if (read > 0 && read === unreadable) {
    throw new InputError(`${inputName(file)}: ${NO_READABLE_EVENT}`);
  }
}

/** Says on stderr what the recordings held. */
export async function tellCounts({ events, resources, unreadable, others }: EventCounts, io: Io): Promise<void> {
  await io.stderr.write(
    `${countText(events, "event")}: ${countText(resources, "resource")} created, ${unreadable} unreadable\n`,
  );
  for (const [reason, times] of others) await io.stderr.write(`not a creation: ${times} x ${reason}\n`);
}

/** All resources that a recording says were created. */
export async function readCreated(file: string, options: ParseOptions, io: Io): Promise<readonly Resource[]> {
  const counts = noEvents();
  const resources: Resource[] = [];
  for await (const resource of createdIn(file, options, counts, io)) resources.push(resource);
  await tellCounts(counts, io);
  return resources;
}
