import type { TypeContract } from "./contract.ts";
import { ProviderError } from "./errors.ts";
import type { ResourceRef } from "./resource.ts";

/** The code of tags that nothing here can read. */
export const TAGS_UNREADABLE = "TagsUnreadable";

/**
 * What reading the tags of a resource comes to, before any call, where the listing of its contract is silent about its
 * type and no other reads it; undefined where one does. That no row of such a resource comes back would say nothing about its tags. `id` = so
 * that no other name for the type, `aws:*:*` for one, hides what the id says.
 */
export function unreadable(
  { type, id }: Pick<ResourceRef, "type"> & Partial<Pick<ResourceRef, "id">>,
  { list, nativeLists, typeOfId }: Pick<TypeContract, "list" | "nativeLists" | "typeOfId">,
): ProviderError | undefined {
  const isNamed = list.silentTypes[type] !== undefined || id === undefined;
  const named = isNamed ? type : typeOfId?.(id);
  const source = named === undefined ? undefined : list.silentTypes[named];
  if (named === undefined || source === undefined || nativeLists?.[named] !== undefined) return undefined;
  const message = `${list.action} never shows the tags of ${named} (${source})`;
  return new ProviderError({ code: TAGS_UNREADABLE, kind: "unreadable", message, httpStatus: 0, requestId: "" });
}

/** What there is to say of a resource that only the provider itself may change; undefined for all others. */
export function untaggable(id: string, contract: Pick<TypeContract, "untaggable">): ProviderError | undefined {
  const reason = contract.untaggable?.(id);
  if (reason === undefined) return undefined;
  return new ProviderError({ ...reason, kind: "not-taggable", httpStatus: 0, requestId: "", resourceId: id });
}
