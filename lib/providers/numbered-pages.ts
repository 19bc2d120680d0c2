import { ProviderError } from "../core/errors.ts";

/** A position in a listing that counts its rows: how many rows came before, and how many there were in all. */
interface Position {
  readonly offset: number;
  /** Undefined on the first page. */
  readonly total: number | undefined;
}

/** Reads a token that `nextPosition` wrote. */
export function positionOf(token: string | undefined): Position {
  if (token === undefined) return { offset: 0, total: undefined };
  const match = /^(\d+) of (\d+)$/.exec(token);
  if (match === null) {
    const message = `The token "${token}" belongs to another listing`;
    throw new ProviderError({ code: "InvalidToken", kind: "request", message, httpStatus: 0, requestId: "" });
  }
  return { offset: Number(match[1]), total: Number(match[2]) };
}

/**
 * The token of the next page, for APIs that page by number or offset and say how many rows there are. The end is where
 * that number says it is. Rows that were deleted meanwhile have moved all later rows forward, so that many are read
 * again: a row may then come twice, but none is passed over for that. Rows that change places are another matter, which
 * nobody sees on a page: `total` lets the caller count.
 */
export function nextPosition(
  { offset, total: before }: Position,
  pageSize: number,
  total: number,
): { readonly nextToken?: string; readonly total: number } {
  const vanished = before === undefined ? 0 : Math.max(0, before - total);
  const next = offset + pageSize - Math.ceil(vanished / pageSize) * pageSize;
  return { total, ...(next < total && { nextToken: `${Math.max(0, next)} of ${total}` }) };
}
