import type { TypeContract } from "../../core/contract.ts";
import { ProviderError } from "../../core/errors.ts";
import { NO_TAGS, type Tags } from "../../core/resource.ts";
import type { TagPage } from "../ports/provider.ts";
import { listingFault, pages } from "./pages.ts";

/** What a complete read of some ids showed. */
export interface ReadOfIds {
  /** By id: an empty map = none. */
  readonly tags: ReadonlyMap<string, Tags>;
  /** Ids whose tags can't be told, though the read ended: their rows may be those of an id that nobody asked for. */
  readonly untold: readonly string[];
  /** Why; undefined where all is told. */
  readonly error: ProviderError | undefined;
}

/**
 * Empty pages in a row in the middle of a read by ids. AWS says that a page may be empty with a token after it
 * (https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html), which comes from
 * filters: what is asked for by id is found at once, or not at all.
 */
const EMPTY_IN_A_ROW = 10;

/**
 * Pages of a read by ids, as a multiple of those that the ids' tags could fill, and beyond it. An honest API stays under
 * it even where its pages are half full, or where tags of the system, which don't count for a resource's limit, are as
 * many as its own.
 */
const PAGES = { times: 2, beyond: 10 };

/**
 * Reads the tags of these ids to the end, all pages merged.
 * An id that the read leaves out has no tags, unless it showed one that nobody asked for: that may be the same resource
 * by another name (an ARN in another case, or as the service stores it), so that nothing is known of those left out, nor,
 * where each row is one tag, of those that were shown.
 * @throws ProviderError of `isListingFault` where the read can't come to an end: a page with rows of which none is new, a
 * token that comes back, too many empty pages, or more pages than the ids' tags could fill; and whatever `fetchPage` throws.
 */
export async function readByIds(
  ids: readonly string[],
  { list, tagsPerResource }: Pick<TypeContract, "list" | "tagsPerResource">,
  fetchPage: (token: string | undefined) => Promise<TagPage>,
): Promise<ReadOfIds> {
  const most = PAGES.times * Math.ceil((ids.length * tagsPerResource) / list.rowsPerPage) + PAGES.beyond;
  const shown = new Map<string, Map<string, string>>();
  let count = 0;
  let empty = 0;
  for await (const { rows, rowCount, nextToken } of pages(fetchPage)) {
    const isNew = takeIn(rows, shown);
    count += 1;
    empty = rowCount === 0 ? empty + 1 : 0;
    if (nextToken === undefined) break;
    if (rowCount > 0 && !isNew) throw endless(list.action, `page ${count} shows nothing that was not shown before`);
    if (empty > EMPTY_IN_A_ROW) throw endless(list.action, `${empty} pages in a row are empty`);
    if (count >= most) throw endless(list.action, `the tags of ${ids.length} ids can't fill more than ${most} pages`);
  }
  const asked = new Set(ids);
  const odd = shown.keys().find((id) => !asked.has(id));
  // Where each row is one tag, the odd one may be a tag of any of them, also of one that shows others.
  const mayLack = (id: string): boolean => list.rows !== "resource" || !shown.has(id);
  const untold = odd === undefined ? [] : ids.filter(mayLack);
  const told = untold.length === 0 ? ids : ids.filter((id) => !mayLack(id));
  return {
    tags: new Map(told.map((id) => [id, shown.get(id) ?? NO_TAGS])),
    untold,
    error: odd === undefined || untold.length === 0 ? undefined : unaskedRow(list.action, odd),
  };
}

/** Answers whether one of the rows says something that no row before it said. */
function takeIn(rows: TagPage["rows"], shown: Map<string, Map<string, string>>): boolean {
  let isNew = false;
  for (const { id, tags } of rows) {
    let merged = shown.get(id);
    if (merged === undefined) {
      merged = new Map();
      shown.set(id, merged);
      isNew = true;
    }
    const before = merged.size;
    for (const [key, value] of tags) merged.set(key, value);
    if (merged.size > before) isNew = true;
  }
  return isNew;
}

function endless(action: string, what: string): ProviderError {
  return listingFault("EndlessRead", `${action} doesn't come to an end: ${what}`);
}

/** The code of what an id that nobody asked for leaves untold. */
const UNASKED_ROW = "UnaskedRow";

/** It may be about one of the ids, as what no table knows: so that id is searched for. */
function unaskedRow(action: string, odd: string): ProviderError {
  const message = `${action} answered with ${JSON.stringify(odd.toWellFormed())}, which was not asked for: it may be this resource by another name, so nobody knows whether it carries tags`;
  return new ProviderError({ code: UNASKED_ROW, kind: "unknown", message, httpStatus: 200, requestId: "" });
}
