import type { TagQuery } from "../app/ports/provider.ts";
import {
  filterProblem,
  tagProblem,
  textProblem,
  type ApiContract,
  type ListContract,
  type TextLimits,
  type TypeContract,
} from "../core/contract.ts";
import { ProviderError, type ErrorKind } from "../core/errors.ts";
import { ILL_FORMED } from "../core/resource.ts";
import type { TagBatch, UntagBatch } from "../core/tag-batch.ts";

/** The error for a request that would break a limit: it is thrown before anything is sent. */
function refusal(
  code: string,
  message: string,
  { kind = "request", resourceId }: { readonly kind?: ErrorKind; readonly resourceId?: string } = {},
): ProviderError {
  return new ProviderError({
    code,
    kind,
    message,
    httpStatus: 0,
    requestId: "",
    ...(resourceId !== undefined && { resourceId }),
  });
}

function checkSize(what: string, size: number, most: number, action: string): void {
  if (size === 0) throw refusal("EmptyRequest", `${action} needs at least one ${what}`);
  if (size > most) throw refusal("LimitExceeded", `${action} takes at most ${most} ${what}s a call, not ${size}`);
}

function checkIds(ids: readonly string[], most: number, { action }: ApiContract, limits: TextLimits): void {
  checkSize("resource", ids.length, most, action);
  if (new Set(ids).size !== ids.length) throw refusal("DuplicateResourceId", `${action} names a resource twice`);
  for (const id of ids) {
    const about = { kind: "resource-permanent", resourceId: id } as const;
    if (id === "") throw refusal("EmptyResourceId", `${action} names a resource with an empty id`, about);
    if (!id.isWellFormed()) throw refusal(ILL_FORMED.code, ILL_FORMED.message, about);
    const problem = textProblem(id, limits);
    if (problem !== undefined)
      throw refusal("IllegalResourceId", `${JSON.stringify(id)} is no id: it ${problem}`, about);
  }
}

/** Throws the ProviderError for a batch that its API documents to refuse, so that it is never sent. */
export function checkTagBatch(batch: TagBatch, contract: TypeContract): void {
  checkIds(batch.resourceIds, contract.tag.resourcesPerCall, contract.tag, contract.id);
  checkSize("tag", batch.tags.size, contract.tag.tagsPerCall, contract.tag.action);
  for (const [key, value] of batch.tags) {
    const problem = tagProblem(key, value, contract);
    if (problem !== undefined) throw refusal("InvalidTag", problem, { kind: "resource-permanent" });
  }
}

/** As `checkTagBatch`, for keys to take off. A key that could never have been written is refused too. */
export function checkUntagBatch(batch: UntagBatch, contract: TypeContract): void {
  checkIds(batch.resourceIds, contract.untag.resourcesPerCall, contract.untag, contract.id);
  checkSize("key", batch.keys.length, contract.untag.tagsPerCall, contract.untag.action);
  if (new Set(batch.keys).size !== batch.keys.length) {
    throw refusal("DuplicateTagKey", `${contract.untag.action} names a key twice`);
  }
  for (const key of batch.keys) {
    const problem = textProblem(key, contract.key);
    if (problem !== undefined) throw refusal("InvalidTag", `key "${key}" ${problem}`, { kind: "resource-permanent" });
  }
}

/** Throws for a listing of what no call of this API lists. */
function checkScope({ type, types = [type], untagged, ids, tags = [] }: TagQuery, list: ListContract): void {
  checkSize("type", types.length, list.typesPerScan ?? 1, list.action);
  if (untagged === true && list.untaggedScan !== true) {
    throw refusal("InvalidFilter", `${list.action} can't look for what carries no tag`);
  }
  const areListable = list.typeScan === true && types.every((one) => !one.includes("*"));
  const listsAll = list.scan || list.fullListing !== undefined || areListable;
  if ((ids ?? []).length === 0 && tags.length === 0 && !listsAll) {
    throw refusal("MissingFilter", `${list.action} needs ids${list.tagFilters === 0 ? "" : " or tags"}`);
  }
}

/** As `checkTagBatch`, for a listing. */
export function checkTagQuery(query: TagQuery, contract: Pick<TypeContract, "list" | "id" | "key" | "value">): void {
  const { list, id } = contract;
  const ids = query.ids ?? [];
  const tags = query.tags ?? [];
  checkScope(query, list);
  // An empty list of ids would turn into a listing of everything.
  if (query.ids !== undefined) checkIds(ids, list.idsPerCall, list, id);
  if (tags.length > list.tagFilters) {
    throw refusal(
      "LimitExceeded",
      `${list.action} takes at most ${list.tagFilters} tags to filter by, not ${tags.length}`,
    );
  }
  if (new Set(tags.map(({ key }) => key)).size !== tags.length) {
    throw refusal("DuplicateTagKey", `${list.action} names a key twice`);
  }
  for (const tag of tags) {
    const problem = filterProblem(tag, contract);
    if (problem !== undefined) throw refusal("InvalidTagFilter", `${list.action} can't look for it: ${problem}`);
  }
}
