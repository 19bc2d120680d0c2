import { ProviderError } from "../../core/errors.ts";
import { markToken, type TokenMark } from "./token-mark.ts";

/** Tokens of a listing that are remembered one by one; circles further on are found later, in no more memory. */
const REMEMBERED = 1_000;

/** A page of any listing; without `nextToken` it is the last. */
export interface Page {
  readonly nextToken?: string;
}

/**
 * Every page of a listing, in order. Only a page without a next token ends it: an empty page does not.
 * @throws ProviderError `RepeatedToken` where the provider hands out a token that it handed out before, since the
 * listing could neither end nor be complete; and whatever `fetchPage` throws.
 */
export async function* pages<P extends Page>(
  fetchPage: (token: string | undefined) => Promise<P>,
): AsyncGenerator<P, void> {
  const seen = new Set<string>();
  let mark: TokenMark | undefined;
  let count = 0;
  let token: string | undefined;
  do {
    const page = await fetchPage(token);
    yield page;
    token = page.nextToken;
    if (token === undefined) return;
    mark = markToken(mark, token);
    if (mark === undefined || seen.has(token)) throw repeatedToken(`after ${count} pages`);
    if (seen.size < REMEMBERED) seen.add(token);
    count += 1;
  } while (true);
}

/** The failure of a listing that goes round in a circle; `when` as in "after 3 pages". */
export function repeatedToken(when: string): ProviderError {
  return new ProviderError({
    code: "RepeatedToken",
    kind: "request",
    message: `The listing came back to a page it had shown before, ${when}: it can't be complete`,
    httpStatus: 200,
    requestId: "",
  });
}
