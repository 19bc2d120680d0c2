import { resourceKey, type ResourceRef } from "../../lib/core/resource.ts";
import { isGlobalType, type EmulatedResource } from "./emulated-resource.ts";
import { createShelf, type Shelf, type StoredResource } from "./shelf.ts";
import { pairsFromObject, pairsToObject } from "./tag-pairs.ts";

/** What exists in the embedded clouds, in process. Nothing here is limited, signed or counted. */
export interface World {
  /** Creates the resource, or replaces the one of the same type, account, region and id. */
  create(resource: EmulatedResource): void;
  /** Whether there was such a resource. */
  remove(ref: ResourceRef): boolean;
  get(ref: ResourceRef): EmulatedResource | undefined;
  /** All resources, those that are not visible yet last, with the time that is left. */
  all(): Iterable<EmulatedResource>;
}

/** What the APIs see. */
export interface VisibleWorld extends World {
  shelf(account: string, region: string, type: string): Shelf;
  clear(): void;
}

interface Pending {
  readonly resource: StoredResource;
  readonly visibleAt: number;
}

/** The AWS API spans all types. */
function shelfType(type: string): string {
  return type.startsWith("aws:") ? "aws:*:*" : type;
}

export function createWorld(now: () => number): VisibleWorld {
  const shelves = new Map<string, Shelf>();
  const pending = new Map<string, Pending>();
  let nextVisibleAt = Number.POSITIVE_INFINITY;
  let lastSequence = 0;

  function rawShelf(account: string, region: string, type: string): Shelf {
    const key = `${account}\n${region}\n${shelfType(type)}`;
    let shelf = shelves.get(key);
    if (shelf === undefined) {
      shelf = createShelf();
      shelves.set(key, shelf);
    }
    return shelf;
  }

  function place(resource: StoredResource): void {
    lastSequence += 1;
    resource.sequence = lastSequence;
    rawShelf(resource.account, resource.region, resource.type).add(resource);
  }

  /** Lets appear what is due. Costs one comparison where nothing is. */
  function settle(): void {
    const time = now();
    if (time < nextVisibleAt) return;
    const due = [...pending].filter(([, { visibleAt }]) => visibleAt <= time);
    for (const [key, { resource }] of due.sort((a, b) => a[1].visibleAt - b[1].visibleAt)) {
      pending.delete(key);
      place(resource);
    }
    nextVisibleAt = Number.POSITIVE_INFINITY;
    for (const { visibleAt } of pending.values()) nextVisibleAt = Math.min(nextVisibleAt, visibleAt);
  }

  function normalized(ref: ResourceRef): ResourceRef {
    return isGlobalType(ref.type) ? { type: ref.type, account: ref.account, region: "global", id: ref.id } : ref;
  }

  function describe(resource: StoredResource, visibleAt?: number): EmulatedResource {
    const { type, account, region, id } = resource;
    return {
      type,
      account,
      region,
      id,
      tags: pairsToObject(resource.tags),
      ...(resource.legacy ? { legacy: true } : {}),
      ...(visibleAt === undefined ? {} : { visibleAfterMs: Math.max(0, visibleAt - now()) }),
    };
  }

  function stored(ref: ResourceRef): StoredResource | undefined {
    return rawShelf(ref.account, ref.region, ref.type).find(ref.id);
  }

  return {
    create(input) {
      settle();
      const ref = normalized(input);
      const tags = pairsFromObject(input.tags);
      const known = stored(ref);
      if (known !== undefined) {
        known.tags = tags;
        known.everTagged ||= tags.length > 0;
        return;
      }
      const resource: StoredResource = {
        type: ref.type,
        account: ref.account,
        region: ref.region,
        id: ref.id,
        legacy: input.legacy ?? false,
        tags,
        everTagged: tags.length > 0,
        sequence: 0,
        createdAt: now(),
        removed: false,
      };
      pending.delete(resourceKey(ref));
      const delay = input.visibleAfterMs ?? 0;
      if (delay <= 0) return place(resource);
      const visibleAt = now() + delay;
      pending.set(resourceKey(ref), { resource, visibleAt });
      nextVisibleAt = Math.min(nextVisibleAt, visibleAt);
    },
    remove(input) {
      settle();
      const ref = normalized(input);
      if (pending.delete(resourceKey(ref))) return true;
      const resource = stored(ref);
      if (resource === undefined) return false;
      rawShelf(ref.account, ref.region, ref.type).remove(resource);
      return true;
    },
    get(input) {
      settle();
      const ref = normalized(input);
      const waiting = pending.get(resourceKey(ref));
      if (waiting !== undefined) return describe(waiting.resource, waiting.visibleAt);
      const resource = stored(ref);
      return resource === undefined ? undefined : describe(resource);
    },
    *all() {
      settle();
      for (const shelf of shelves.values()) {
        for (const resource of shelf.slice(0, shelf.size, false)) yield describe(resource);
      }
      for (const { resource, visibleAt } of pending.values()) yield describe(resource, visibleAt);
    },
    shelf(account, region, type) {
      settle();
      return rawShelf(account, region, type);
    },
    clear() {
      shelves.clear();
      pending.clear();
      nextVisibleAt = Number.POSITIVE_INFINITY;
    },
  };
}
