import { messageOf } from "../core/errors.ts";
import { parseEvent } from "./parse.ts";

/** What a message on the enforce queue is about. */
export interface EventDescription {
  /** What a person recognises it by. */
  readonly about: string;
  /** Why it can't be read, where it can't. */
  readonly problem?: string;
}

const MOST_NAMED = 3;

/** Reads a message as enforcement does, with the experimental rows as well. */
export function describeEvent(body: string): EventDescription {
  try {
    const event = parseEvent(body, { experimentalEvents: true });
    if (event.kind === "not-a-creation") return { about: `no creation: ${event.reason}` };
    const named = event.resources
      .slice(0, MOST_NAMED)
      .map(({ type, account, region, id }) => `${type} ${id} (${account} ${region})`);
    const more = event.resources.length > MOST_NAMED ? [`${event.resources.length - MOST_NAMED} more`] : [];
    return { about: `${event.eventName}: ${[...named, ...more].join(", ")}` };
  } catch (error) {
    const problem = messageOf(error);
    return { about: `${new TextEncoder().encode(body).length} bytes`, problem };
  }
}
