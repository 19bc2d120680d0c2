import { indexAfter, type StoredResource } from "./shelf.ts";
import type { TagPairs } from "./tag-pairs.ts";

/**
 * What the inventories of whole accounts show: what there was some time ago, of all regions and types, in order of
 * appearance. A change costs the same however much there is, and takes memory until the inventory shows it.
 */
export interface LaggingIndex {
  /** There is a new resource since then; `atOnce`, the inventory has it already. */
  appeared(resource: StoredResource, at: number, atOnce: boolean): void;
  /** Its tags are others since then; `before` is what they were. */
  changed(resource: StoredResource, before: TagPairs, at: number): void;
  disappeared(resource: StoredResource, at: number): void;
  /** Calls `visit` with each of the account's resources after that place, as the index shows it, until that returns false. */
  scan(
    query: { readonly account: string; readonly afterSequence: number; readonly now: number },
    visit: (resource: StoredResource, tags: TagPairs) => boolean,
  ): void;
  clear(): void;
}

/** A change that the inventory doesn't show yet. */
type Waiting = { readonly due: number; readonly resource: StoredResource } & (
  | { readonly did: "appear" | "disappear" }
  | { readonly did: "change"; readonly tags: TagPairs }
);

/** The resources of an account that are listed, with holes where one has gone. */
interface Listed {
  order: StoredResource[];
  readonly gone: Set<StoredResource>;
}

/** What was waited for, and what has gone, stays in its list until so much of it makes it worth to close up. */
const TOLERATED_HOLES = 1024;

/** `delayMs` is how long the index takes to show a change; infinite, it shows what was there at once and nothing later. */
export function createLaggingIndex(delayMs: number): LaggingIndex {
  const accounts = new Map<string, Listed>();
  /** What is shown of resources whose tags have changed, and how many changes of theirs are still to be shown. */
  const behind = new Map<StoredResource, { shown: TagPairs; changes: number }>();
  let waiting: Waiting[] = [];
  let next = 0;

  function listedOf(account: string): Listed {
    let listed = accounts.get(account);
    if (listed === undefined) {
      listed = { order: [], gone: new Set() };
      accounts.set(account, listed);
    }
    return listed;
  }

  function show(change: Waiting): void {
    const { resource } = change;
    const listed = listedOf(resource.account);
    switch (change.did) {
      case "appear":
        listed.order.push(resource);
        return;
      case "disappear": {
        listed.gone.add(resource);
        const { gone, order } = listed;
        if (gone.size <= TOLERATED_HOLES || gone.size <= order.length / 2) return;
        listed.order = order.filter((one) => !gone.has(one));
        gone.clear();
        return;
      }
      case "change": {
        const shown = behind.get(resource);
        if (shown === undefined) return;
        shown.shown = change.tags;
        shown.changes -= 1;
        if (shown.changes === 0) behind.delete(resource);
      }
    }
  }

  /** Changes become visible in the order in which they were made. */
  function catchUp(now: number): void {
    for (let change = waiting[next]; change !== undefined && change.due <= now; change = waiting[next]) {
      next += 1;
      show(change);
    }
    if (next <= TOLERATED_HOLES || next <= waiting.length / 2) return;
    waiting = waiting.slice(next);
    next = 0;
  }

  function wait(change: Waiting, now: number): void {
    catchUp(now);
    if (delayMs === 0) show(change);
    else waiting.push(change);
  }

  return {
    appeared(resource, at, atOnce) {
      if (atOnce) show({ did: "appear", resource, due: at });
      else wait({ did: "appear", resource, due: at + delayMs }, at);
    },
    changed(resource, before, at) {
      if (delayMs === 0) return;
      const shown = behind.get(resource);
      if (shown === undefined) behind.set(resource, { shown: before, changes: 1 });
      else shown.changes += 1;
      wait({ did: "change", resource, tags: resource.tags, due: at + delayMs }, at);
    },
    disappeared: (resource, at) => wait({ did: "disappear", resource, due: at + delayMs }, at),
    scan({ account, afterSequence, now }, visit) {
      catchUp(now);
      const { order, gone } = listedOf(account);
      for (let index = indexAfter(order, afterSequence); index < order.length; index += 1) {
        const resource = order[index];
        if (resource === undefined || gone.has(resource)) continue;
        if (!visit(resource, behind.get(resource)?.shown ?? resource.tags)) return;
      }
    },
    clear() {
      accounts.clear();
      behind.clear();
      waiting = [];
      next = 0;
    },
  };
}
