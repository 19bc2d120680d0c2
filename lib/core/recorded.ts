import type { ResourceType } from "./resource.ts";

/**
 * What an account's settings let an inventory record: everything, some types, or nothing any more, so that what it still
 * shows is as it was when that was turned off.
 */
export type Recorded = "everything" | "nothing" | readonly ResourceType[];

/** Whether rows of a type are kept up to date, as far as anybody knows. */
export function isRecorded(type: ResourceType, recorded: Recorded = "everything"): boolean {
  return recorded === "everything" || (recorded !== "nothing" && recorded.includes(type));
}

/** What a recorder leaves out, in a sentence. */
export function recordedText(recorder: string, recorded: "nothing" | readonly ResourceType[]): string {
  if (recorded === "nothing") {
    return `${recorder} is off: its listing shows what there was when it was on, or nothing, and nothing that was made since`;
  }
  const types = recorded.length === 0 ? "no type" : `nothing but ${named(recorded)}`;
  return `${recorder} records ${types}: its listing shows no others`;
}

const MOST_NAMED = 3;

function named(types: readonly ResourceType[]): string {
  const more = types.length - MOST_NAMED;
  return `${types.toSorted().slice(0, MOST_NAMED).join(", ")}${more > 0 ? ` and ${more} more types` : ""}`;
}
