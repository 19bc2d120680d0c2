import { errorText } from "../../lib/core/errors.ts";
import { countText } from "../../lib/core/report/figures.ts";
import { shownTag } from "../../lib/core/shown.ts";
import type { TagBatch } from "../../lib/core/tag-batch.ts";
import type { Io } from "../io.ts";
import { writeJson, writeTable, type Column, type Format } from "./results.ts";
import { tagsToObject, type ResourceRef } from "../../lib/core/resource.ts";

const IDS_TO_SHOW = 3;

function someIds(ids: readonly string[]): string {
  const more = ids.length - IDS_TO_SHOW;
  return `${ids.slice(0, IDS_TO_SHOW).join(" ")}${more > 0 ? ` and ${more} more` : ""}`;
}

const BATCH_COLUMNS: readonly Column<TagBatch>[] = [
  ["type", ({ type }) => type],
  ["account", ({ account }) => account],
  ["region", ({ region }) => region],
  ["resources", ({ resourceIds }) => String(resourceIds.length)],
  ["tags", ({ tags }) => [...tags].map(([key, value]) => shownTag(key, value)).join(" ")],
  ["ids", ({ resourceIds }) => someIds(resourceIds)],
];

const UNRESOLVED_COLUMNS: readonly Column<Unresolved>[] = [
  ["id", ({ id }) => id],
  ["key", ({ key }) => key],
  ["not written, because", reasonOf],
];

/**
 * Prints what would be sent: `{ batches, calls, lowerBound, unresolved }`, or tables of the same; with the outcomes to
 * expect where they are known. `incomplete`: of an input that could not be read to its end.
 */
export async function writePlannedTags(
  planned: PlannedTags & { readonly outcomes?: Readonly<Record<string, number>>; readonly incomplete?: boolean },
  format: Format,
  io: Io,
): Promise<void> {
  const { batches, calls, lowerBound, unresolved } = planned;
  await tellUnknown(planned, io);
  const expected = {
    ...(planned.outcomes !== undefined && { outcomes: planned.outcomes }),
    ...(planned.incomplete === true && { incomplete: true }),
  };
  if (format !== "table") {
    const left = unresolved.map((tag) => ({ id: tag.id, key: tag.key, reason: reasonOf(tag) }));
    const json = { batches: batches.map(batchToJson), calls, lowerBound, unresolved: left, ...expected };
    await writeJson(io.stdout, json);
    return;
  }
  if (batches.length > 0) await writeTable(io.stdout, BATCH_COLUMNS, batches);
  if (unresolved.length > 0) {
    await io.stdout.write(batches.length > 0 ? "\n" : "");
    await writeTable(io.stdout, UNRESOLVED_COLUMNS, unresolved);
  }
  if (calls > 0 || unresolved.length > 0) await io.stderr.write("\n");
  await io.stderr.write(
    `${countText(calls, "call")} (lower bound ${lowerBound}), ${countText(unresolved.length, "tag")} not written\n`,
  );
}

/** Says of how many resources nobody knows the tags. */
export async function tellUnknown({ unknown }: Pick<PlannedTags, "unknown">, io: Io): Promise<void> {
  if (unknown === 0) return;
  const resources = countText(unknown, "resource");
  await io.stderr.write(`tagwarden: the tags of ${resources} are not known; nothing is planned there\n`);
}

/** A tag that is required and that no call would write, and why. */
export interface Unresolved extends ResourceRef {
  readonly key: string;
  readonly code: string;
  readonly message?: string;
}

function reasonOf({ code, message }: Unresolved): string {
  return message === undefined ? code : errorText(code, message);
}

/** What would be sent for some resources. */
export interface PlannedTags {
  readonly batches: readonly TagBatch[];
  readonly calls: number;
  readonly lowerBound: number;
  readonly unresolved: readonly Unresolved[];
  /** Resources whose tags nobody knows, so that nothing can be planned for them. */
  readonly unknown: number;
}

/** The JSON object of a tag batch. */
export function batchToJson({ tags, ...batch }: TagBatch): Readonly<Record<string, unknown>> {
  return { ...batch, tags: tagsToObject(tags) };
}
