import type { ResourceRef, Tags } from "./resource.ts";

/** What is to become of one key of one resource, as somebody has asked for it. */
export interface TagChange {
  readonly ref: ResourceRef;
  readonly key: string;
  /** The value that it is to have; undefined = it is to be taken off. */
  readonly to: string | undefined;
  /** The value that it must have for that, undefined = no such key; absent = it is changed whatever it has. */
  readonly onlyFrom?: { readonly value: string | undefined };
}

/**
 * What became of a change, or would become of it where nothing is written. `done`: written. `already`: there was nothing
 * to write. `differs`: the key isn't what it may be changed from, and was left alone. `report-only`: a brake is on.
 * `gone`, `rejected` and `failed` as in enforcement.
 */
export interface ChangeEnding {
  readonly outcome: "done" | "already" | "differs" | "report-only" | "gone" | "rejected" | "failed";
  /** What the last read showed, for `done` the last one before the call; absent = no such key, or nobody could look. */
  readonly before?: string;
  /** The provider's code, or ours, of what decided the outcome. */
  readonly code?: string;
  readonly message?: string;
  /** Another attempt may succeed. */
  readonly again?: true;
}

/** What these tags say of a change that needs no write, or may not have one; undefined = it is to be written. */
export function endedBy(change: TagChange, tags: Tags): ChangeEnding | undefined {
  const now = tags.get(change.key);
  const { to, onlyFrom } = change;
  if (onlyFrom !== undefined && now !== onlyFrom.value) return { outcome: "differs", ...beforeOf(change, tags) };
  return now === to ? { outcome: "already", ...beforeOf(change, tags) } : undefined;
}

/** What these tags show of the key that is to be changed. */
export function beforeOf({ key }: TagChange, tags: Tags): Pick<ChangeEnding, "before"> {
  const before = tags.get(key);
  return before === undefined ? {} : { before };
}
