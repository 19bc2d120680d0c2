import type { ResourceRef } from "./resource.ts";

/**
 * Whether a resource's names are text. Half of a surrogate pair is none: JSON carries it as an escape, and no request
 * does, since it has no place in UTF-8.
 */
export function isWellFormed({ type, account, region, id }: ResourceRef): boolean {
  return id.isWellFormed() && type.isWellFormed() && account.isWellFormed() && region.isWellFormed();
}

/** What is said of a resource whose names are not: it can't exist, and nobody can be asked about it. */
export const ILL_FORMED = {
  code: "IllFormedResourceId",
  message: "half of a character (a lone surrogate) is in its id, type, account or region",
} as const;
