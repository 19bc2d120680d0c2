import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { countOutcomes, type ResourceOutcome, type TagOutcome } from "../../lib/core/outcome.ts";
import { refOf, resourceKey } from "../../lib/core/resource.ts";
import type { LackingTag, LastOutcomes, Planted, ResourceEnd, UnexpectedOutcome } from "./result.ts";

/**
 * What became of each resource: all tags that any invocation wrote to it, and what the last one says of the rest. An
 * event that comes twice finds the second time what the first one did.
 */
export function endsOf(records: Iterable<readonly ResourceOutcome[]>, outcomes: LastOutcomes): ResourceEnd[] {
  const written = new Map<string, Record<string, string>>();
  for (const resource of [...records].flat()) {
    for (const { key, value } of resource.tags.filter(isWritten)) {
      const name = resourceKey(resource);
      written.set(name, { ...written.get(name), [key]: value ?? "" });
    }
  }
  return [...outcomes].map(([key, resource]): ResourceEnd => {
    const { outcome, code, message, tags } = resource;
    return {
      ...refOf(resource),
      outcome,
      written: written.get(key) ?? {},
      lacks: tags
        .filter((tag) => !isWritten(tag) && tag.outcome !== "compliant")
        .map((tag) => lackingTag(tag, message)),
      ...(code !== undefined && { code }),
      ...(message !== undefined && { message }),
    };
  });
}

const isWritten = ({ outcome }: TagOutcome): boolean => outcome === "tagged";

/** Of what a resource is told, the message of one tag begins with its key. */
function lackingTag({ key, outcome, code }: TagOutcome, message: string | undefined): LackingTag {
  const own = message?.startsWith(`${key}: `) === true ? message.slice(key.length + 2) : undefined;
  return { key, outcome, ...(code !== undefined && { code }), ...(own !== undefined && { message: own }) };
}

/** What was planted, in the order of the plan, with what came of it. `planted`: what is so of a resource, by `resourceKey`. */
export function plantedIn(
  planted: ReadonlyMap<string, string>,
  outcomes: LastOutcomes,
  unexpected: readonly UnexpectedOutcome[],
): Planted[] {
  const wrong = new Set(unexpected.map(resourceKey));
  return [...Map.groupBy(planted.keys(), (key) => planted.get(key) ?? "")].map(([what, keys]) => ({
    what,
    resources: keys.length,
    outcomes: countOutcomes(keys.flatMap((key) => outcomes.get(key) ?? [])),
    otherwise: keys.filter((key) => wrong.has(key)).length,
  }));
}

/** Leaves what became of each resource beside the report, and answers where. */
export function saveEnds(ends: readonly ResourceEnd[], folder: string): string {
  const path = join(folder, "outcomes.ndjson");
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, ends.map((end) => `${JSON.stringify(end)}\n`).join(""));
  return path;
}
