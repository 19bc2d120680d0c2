import { InputError } from "../../core/errors.ts";
import { isWellFormed } from "../../core/ill-formed.ts";
import { lazily } from "../../core/lazily.ts";
import type { Resource } from "../../core/resource.ts";

/** UTF-8 has no halves of surrogate pairs, so that only an escape of JSON brings one in, or one inside another. */
const MAY_HOLD_HALVES = /\\u[dD][89a-fA-F]/;

/** Needed for hardly any request. */
const parser = lazily(() => import("../../events/parse.ts"));

/**
 * Whether these events name resources, and not one that can exist: whoever sends such a thing should know. Where one of
 * them may, all are let in, and enforcement rejects the others by themselves. So are those that can't be read: they become
 * dead letters, which say why.
 */
export async function nameNothing(events: readonly string[]): Promise<boolean> {
  if (!events.every((event) => MAY_HOLD_HALVES.test(event))) return false;
  const { parseEvent } = await parser();
  const named: Resource[] = [];
  for (const event of events) {
    try {
      const parsed = parseEvent(event, { experimentalEvents: true, regionOfProject: () => "unknown" });
      if (parsed.kind === "created") named.push(...parsed.resources);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return false;
    }
  }
  return named.length > 0 && !named.some(isWellFormed);
}
