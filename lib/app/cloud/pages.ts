import { ProviderError } from "../../core/errors.ts";
import type { InventoryPage, TagPage } from "../ports/provider.ts";
import { markToken, type TokenMark } from "./token-mark.ts";

/** Tokens of a listing that are remembered one by one; circles further on are found later, in no more memory. */
const REMEMBERED = 1_000;

/**
 * Pages in a row that are empty or the same as the one before. A filter that is applied to pages that are cut already
 * leaves empty ones (https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html), but a
 * thousand of a hundred rows each would be a hundred thousand resources in a row of which a filter lets none through; and
 * we list all types of a service, or filter ourselves. A page that is the same a thousand times is no progress.
 */
const IDLE_IN_A_ROW = 1_000;

/** A page of any listing; without `nextToken` it is the last. */
export interface Page {
  readonly nextToken?: string;
}

/**
 * Every page of a listing, in order. Only a page without a next token ends it: an empty page does not. `contentOf` = a
 * text that is equal for equal pages, and empty for a page that the API left empty; absent = nobody looks.
 * @throws ProviderError of `isListingFault` where the provider hands out a token that it handed out before, or page
 * after page that brings nothing, since the listing could neither end nor be complete; and whatever `fetchPage` throws.
 */
export async function* pages<P extends Page>(
  fetchPage: (token: string | undefined) => Promise<P>,
  contentOf?: (page: P) => string,
): AsyncGenerator<P, void> {
  const seen = new Set<string>();
  const watch = idleWatch();
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
    if (contentOf !== undefined) watch.note(contentOf(page));
  } while (true);
}

/**
 * What a page showed, as one text: equal for equal pages, and empty for an empty one. `rowCount` = how many rows the API
 * answered, where the provider may have left some out that were not asked for: they are something, too.
 */
export function contentOf(
  rows: readonly { readonly id: string }[],
  { rowCount = rows.length, nextToken }: Page & { readonly rowCount?: number } = {},
): string {
  return rows.length === 0 && rowCount > 0 ? `before ${nextToken}` : rows.map(({ id }) => id).join("\n");
}

export function contentOfTagPage({ rows, ...page }: TagPage): string {
  return contentOf(rows, page);
}

export function contentOfInventoryPage({ resources, ...page }: InventoryPage): string {
  return contentOf(resources, page);
}

/** Counts the pages in a row that bring nothing, beginning with those of an invocation before; throws where they are too many. */
export function idleWatch(before = 0) {
  let idle = before;
  let last = "";
  return {
    note(content: string): number {
      idle = content === "" || content === last ? idle + 1 : 0;
      if (content !== "") last = content;
      if (idle >= IDLE_IN_A_ROW) throw listingFault("IdleListing", `${idle} pages in a row brought nothing new`);
      return idle;
    },
  };
}

/** The failure of a listing that goes round in a circle; `when` as in "after 3 pages". */
export function repeatedToken(when: string): ProviderError {
  return listingFault(
    "RepeatedToken",
    `The listing came back to a page it had shown before, ${when}: it can't be complete`,
  );
}

const LISTING_FAULTS = ["RepeatedToken", "IdleListing", "EndlessRead"] as const;

/** The failure of a listing that was answered page after page, and yet can't come to its end. It is worth another try later. */
export function listingFault(code: (typeof LISTING_FAULTS)[number], message: string): ProviderError {
  return new ProviderError({ code, kind: "request", message, httpStatus: 200, requestId: "" });
}

/** Whether an error is about how a listing is paged, and so about none of its resources. */
export function isListingFault({ code }: Pick<ProviderError, "code">): boolean {
  return LISTING_FAULTS.some((one) => one === code);
}
