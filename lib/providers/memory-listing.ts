import type { TagPage, TagQuery } from "../app/ports/provider.ts";
import type { ListContract } from "../core/contract.ts";
import { ProviderError } from "../core/errors.ts";
import type { MemoryRef, MemoryWorld, StoredResource } from "./memory-world.ts";

/** One page of some rows. A token holds a position and the query that it belongs to: no other may use it. */
export function pageOf<Row>(rows: readonly Row[], size: number, token: string | undefined, query: string) {
  const offset = token === undefined ? 0 : positionIn(token, query);
  const end = offset + size;
  return { page: rows.slice(offset, end), next: end < rows.length ? { nextToken: `${end} ${query}` } : {} };
}

function positionIn(token: string, query: string): number {
  const separator = token.indexOf(" ");
  if (token.slice(separator + 1) === query) return Number(token.slice(0, separator));
  const message = "The token belongs to another listing";
  throw new ProviderError({ code: "InvalidToken", kind: "request", message, httpStatus: 400, requestId: "memory" });
}

/** A page of a tag listing, in rows of the kind and number that the contract says. */
export function tagPage(
  { world, nameOf }: { readonly world: MemoryWorld; readonly nameOf: (ref: MemoryRef) => string },
  query: TagQuery,
  list: ListContract,
  token: string | undefined,
): TagPage {
  const { rows: kind, rowsPerPage, silentTypes } = list;
  const filters = query.tags ?? [];
  const types = query.types ?? [query.type];
  const candidates =
    query.ids?.flatMap((name) => world.find(query.type, query.region, name) ?? []) ??
    types.flatMap((type) => world.list(type, query.region));
  const matching = candidates.filter(
    ({ resource: { type }, tags }) =>
      silentTypes[type] === undefined &&
      filters.every(({ key, value }) => (value === undefined ? tags.has(key) : tags.get(key) === value)),
  );
  const text = JSON.stringify([types, query.region, query.ids, filters, query.untagged]);
  if (kind === "resource") {
    const forgets = list.untaggedScan === true && query.ids === undefined;
    const isShown = ({ tags, everTagged }: StoredResource): boolean =>
      query.untagged === true ? tags.size === 0 : forgets ? tags.size > 0 : everTagged;
    const { page, next } = pageOf(matching.filter(isShown), rowsPerPage, token, text);
    const rows = page.map(({ resource, tags }) => ({ id: nameOf(resource), type: resource.type, tags: new Map(tags) }));
    return { rows, rowCount: rows.length, ...next };
  }
  // Without ids, a listing by tag shows the tags that it was asked for and no others.
  const asked = query.ids === undefined && filters.length > 0 ? new Set(filters.map(({ key }) => key)) : undefined;
  const pairs = matching.flatMap((stored) =>
    [...stored.tags].flatMap(([key, value]) => (asked?.has(key) === false ? [] : [{ stored, key, value }])),
  );
  const { page, next } = pageOf(pairs, rowsPerPage, token, text);
  const tagsOf = new Map<StoredResource, Map<string, string>>();
  for (const { stored, key, value } of page) {
    const tags = tagsOf.get(stored) ?? new Map<string, string>();
    tagsOf.set(stored, tags.set(key, value));
  }
  const rows = Array.from(tagsOf, ([{ resource }, tags]) => ({ id: nameOf(resource), type: resource.type, tags }));
  return { rows, rowCount: page.length, ...next };
}
