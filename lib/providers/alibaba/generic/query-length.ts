import { ProviderError } from "../../../core/errors.ts";
import { canonicalQuery, type Parameters } from "../../canonical-query.ts";
import { percentEncode } from "../../percent-encode.ts";

/**
 * Everything stands in the query, and no page says how long that may be; a web server's usual buffer for the first line
 * of a request is 8 KB. Fifty ordinary ARNs and a few tags take 6 KB.
 * @see https://nginx.org/en/docs/http/ngx_http_core_module.html#large_client_header_buffers
 */
const LONGEST_QUERY = 7_800;
/** Room for region, page and token. */
const OTHERS = 400;
/** What ARNs may take at least, beside tags that leave no room. */
const LEAST_FOR_NAMES = 2_000;

const lengthOf = (name: string) => "&ResourceARN.50=".length + percentEncode(name).length;

/** As many of the names, from `start` on, as a call has room for beside the rest of what it says: one at least. */
export function fitting(names: readonly string[], rest: Parameters, start = 0): readonly string[] {
  let room = Math.max(LONGEST_QUERY - OTHERS - canonicalQuery(rest).length, LEAST_FOR_NAMES);
  let end = start;
  while (end < names.length) {
    room -= lengthOf(names[end] ?? "");
    if (room < 0 && end > start) break;
    end += 1;
  }
  return names.slice(start, end);
}

/** Some of the names that a listing asks for, in one of the calls that its length needs. */
interface Part {
  /** How many names come before, in earlier parts. */
  readonly start: number;
  readonly sent: number;
  readonly all: number;
}

/** Which names the next call of a listing is about, with the cloud's own token of it. */
export function partAt(
  names: readonly string[] = [],
  rest: Parameters,
  token: string | undefined,
): { readonly part: Part; readonly sent: readonly string[]; readonly token?: string } {
  const at = positionIn(token);
  const sent = fitting(names, rest, at.start);
  const part = { start: at.start, sent: sent.length, all: names.length };
  return { part, sent, ...(at.token !== undefined && { token: at.token }) };
}

/** The token of the next page: of this part, else of the next one; undefined after the last page of the last. */
export function nextPart({ start, sent, all }: Part, token: string | undefined): string | undefined {
  if (token !== undefined) return start === 0 ? token : `${start} ${token}`;
  return start + sent < all ? `${start + sent} ` : undefined;
}

/** Reads a token that `nextPart` wrote: the cloud's own, which holds no space, or a number in front of it. */
function positionIn(token: string | undefined): { readonly start: number; readonly token?: string } {
  if (token === undefined) return { start: 0 };
  const space = token.indexOf(" ");
  if (space < 0) return { start: 0, token };
  const start = Number(token.slice(0, space));
  const own = token.slice(space + 1);
  if (Number.isSafeInteger(start) && start > 0) return { start, ...(own !== "" && { token: own }) };
  const message = `The token "${token}" belongs to another listing`;
  throw new ProviderError({ code: "InvalidToken", kind: "request", message, httpStatus: 0, requestId: "" });
}
