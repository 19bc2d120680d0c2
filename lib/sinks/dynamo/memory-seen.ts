import type { SeenLedger } from "../../app/ports/seen.ts";
import { everyTypeOf } from "../../core/contract.ts";
import { resourceKey, type ResourceRef } from "../../core/resource.ts";

/** The ledger of seen resources in memory, in pages of `pageSize`: for one process, and for tests. */
export function memorySeen(pageSize = 1_000): SeenLedger {
  const entries = new Map<string, { readonly ref: ResourceRef; readonly lastSeen: number }>();
  return {
    async note(resources, at) {
      for (const ref of resources) entries.set(resourceKey(ref), { ref, lastSeen: at });
    },
    async forget(resources, seenUntil) {
      for (const ref of resources) {
        const key = resourceKey(ref);
        if ((entries.get(key)?.lastSeen ?? Infinity) <= seenUntil) entries.delete(key);
      }
    },
    async list({ type, account, region }, token) {
      const all = [...entries.values()].filter(
        ({ ref }) =>
          ref.account === account && ref.region === region && (type === everyTypeOf(ref.type) || ref.type === type),
      );
      const from = Number(token ?? 0);
      const page = all.slice(from, from + pageSize);
      const resources = page.map(({ ref, lastSeen }) => ({
        type: ref.type,
        id: ref.id,
        lastSeen,
        ...(ref.project !== undefined && { project: ref.project }),
      }));
      return { resources, ...(from + pageSize < all.length && { nextToken: String(from + pageSize) }) };
    },
  };
}
