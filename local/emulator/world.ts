import { refOf, resourceKey, type ResourceRef } from "../../lib/core/resource.ts";
import { isGlobalType, type EmulatedResource } from "./emulated-resource.ts";
import { createLaggingIndex, type LaggingIndex } from "./lagging-index.ts";
import { createShelf, type Shelf, type StoredResource } from "./shelf.ts";
import { eachPair, pairsFromObject, pairsToObject, withoutKeys, withTags, type TagPairs } from "./tag-pairs.ts";
import type { WorldChange } from "./world-change.ts";

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
  /** What was there before anybody looked: inventories have known it for long. */
  begin(resources: Iterable<EmulatedResource>): void;
  /**
   * What an inventory of a whole account shows, which is behind: calls `visit` with each resource after that place, and
   * the tags that are shown of it, until that returns false.
   */
  inventory(
    provider: InventoryProvider,
    account: string,
    afterSequence: number,
    visit: (resource: StoredResource, tags: TagPairs) => boolean,
  ): void;
  /** Changes a resource's tags as an API call does, at once or so many milliseconds after its answer. */
  write(resource: StoredResource, change: TagChange, afterMs?: number): void;
  clear(): void;
  /** Does again what was recorded, as of the time at which it was done, without recording it again. */
  replay(change: WorldChange): void;
}

/** Tags that a call sets, and keys that it removes. */
export interface TagChange {
  readonly set?: ReadonlyMap<string, string>;
  readonly unset?: ReadonlySet<string>;
}

interface Pending {
  readonly resource: StoredResource;
  readonly visibleAt: number;
}

/** A write that was answered and hasn't taken effect yet. */
interface Promised {
  readonly resource: StoredResource;
  readonly change: TagChange;
  readonly dueAt: number;
}

/** The AWS API spans all types. */
function shelfType(type: string): string {
  return type.startsWith("aws:") ? "aws:*:*" : type;
}

/** Clouds of which one inventory lists all types of an account together. */
export type InventoryProvider = "alibaba" | "huawei";

function inventoryProvider(type: string): InventoryProvider | undefined {
  if (type.startsWith("alibaba:")) return "alibaba";
  return type.startsWith("huawei:") ? "huawei" : undefined;
}

export interface WorldOptions {
  /** Told of each change as soon as it is made, and before anybody else learns of it. */
  readonly record?: ((change: WorldChange) => void) | undefined;
  /**
   * How long the inventory of a whole account takes to show a change, in milliseconds, which may be for ever; 0 by
   * default.
   */
  readonly inventoryDelayMs?: (provider: InventoryProvider, account: string) => number;
}

export function createWorld(
  clock: () => number,
  { record = () => undefined, inventoryDelayMs = () => 0 }: WorldOptions = {},
): VisibleWorld {
  const shelves = new Map<string, Shelf>();
  const pending = new Map<string, Pending>();
  let promised: Promised[] = [];
  /** By cloud and delay. */
  const indexes = new Map<string, LaggingIndex>();
  let isBeginning = false;
  /** When the next resource appears, or the next promised write is due. */
  let nextDueAt = Number.POSITIVE_INFINITY;
  let lastSequence = 0;
  let replayedAt: number | undefined;
  const now = (): number => replayedAt ?? clock();
  const note = (change: WorldChange): void => {
    if (replayedAt === undefined) record(change);
  };

  function rawShelf(account: string, region: string, type: string): Shelf {
    const key = `${account}\n${region}\n${shelfType(type)}`;
    let shelf = shelves.get(key);
    if (shelf === undefined) {
      shelf = createShelf();
      shelves.set(key, shelf);
    }
    return shelf;
  }

  function indexOf(provider: InventoryProvider, account: string): LaggingIndex {
    const delayMs = inventoryDelayMs(provider, account);
    const key = `${provider} ${delayMs}`;
    let index = indexes.get(key);
    if (index === undefined) {
      index = createLaggingIndex(delayMs);
      indexes.set(key, index);
    }
    return index;
  }

  /** The inventory that lists the resource, if there is one. */
  function indexWith({ type, account }: StoredResource): LaggingIndex | undefined {
    const provider = inventoryProvider(type);
    return provider === undefined ? undefined : indexOf(provider, account);
  }

  function place(resource: StoredResource, at: number): void {
    lastSequence += 1;
    resource.sequence = lastSequence;
    rawShelf(resource.account, resource.region, resource.type).add(resource);
    indexWith(resource)?.appeared(resource, at, isBeginning);
  }

  function retag(resource: StoredResource, tags: TagPairs, at: number): void {
    const before = resource.tags;
    resource.tags = tags;
    resource.everTagged ||= tags.length > 0;
    if (!isBeginning) indexWith(resource)?.changed(resource, before, at);
  }

  function apply(resource: StoredResource, { set, unset }: TagChange, at: number): void {
    const added = set === undefined ? resource.tags : withTags(resource.tags, set);
    retag(resource, unset === undefined ? added : withoutKeys(added, unset), at);
  }

  /** Does what is due, and answers the time. Costs one comparison where nothing is. */
  function settle(): number {
    const time = now();
    if (time < nextDueAt) return time;
    const due = [...pending].filter(([, { visibleAt }]) => visibleAt <= time);
    for (const [key, { resource, visibleAt }] of due.sort((a, b) => a[1].visibleAt - b[1].visibleAt)) {
      pending.delete(key);
      place(resource, visibleAt);
    }
    const kept = promised;
    promised = kept.filter(({ dueAt }) => dueAt > time);
    for (const { resource, change, dueAt } of kept) {
      if (dueAt <= time && !resource.removed) apply(resource, change, dueAt);
    }
    nextDueAt = Number.POSITIVE_INFINITY;
    for (const { visibleAt } of pending.values()) nextDueAt = Math.min(nextDueAt, visibleAt);
    for (const { dueAt } of promised) nextDueAt = Math.min(nextDueAt, dueAt);
    return time;
  }

  function normalized(ref: ResourceRef): ResourceRef {
    return isGlobalType(ref.type) ? { type: ref.type, account: ref.account, region: "global", id: ref.id } : ref;
  }

  function describe(resource: StoredResource, visibleAt?: number): EmulatedResource {
    return {
      ...refOf(resource),
      tags: pairsToObject(resource.tags),
      ...(resource.legacy ? { legacy: true } : {}),
      ...(visibleAt === undefined ? {} : { visibleAfterMs: Math.max(0, visibleAt - now()) }),
    };
  }

  function stored(ref: ResourceRef): StoredResource | undefined {
    return rawShelf(ref.account, ref.region, ref.type).find(ref.id);
  }

  const world: VisibleWorld = {
    create(input) {
      const at = settle();
      note({ did: "create", at, resource: input });
      const ref = normalized(input);
      const tags = pairsFromObject(input.tags);
      const known = stored(ref);
      if (known !== undefined) return retag(known, tags, at);
      const resource: StoredResource = {
        type: ref.type,
        account: ref.account,
        region: ref.region,
        ...(ref.project !== undefined && { project: ref.project }),
        id: ref.id,
        legacy: input.legacy ?? false,
        tags,
        everTagged: tags.length > 0,
        sequence: 0,
        createdAt: at,
        removed: false,
      };
      pending.delete(resourceKey(ref));
      const delay = input.visibleAfterMs ?? 0;
      if (delay <= 0) return place(resource, at);
      const visibleAt = at + delay;
      pending.set(resourceKey(ref), { resource, visibleAt });
      nextDueAt = Math.min(nextDueAt, visibleAt);
    },
    remove(input) {
      const at = settle();
      const ref = normalized(input);
      note({ did: "remove", at, ref });
      if (pending.delete(resourceKey(ref))) return true;
      const resource = stored(ref);
      if (resource === undefined) return false;
      rawShelf(ref.account, ref.region, ref.type).remove(resource);
      indexWith(resource)?.disappeared(resource, at);
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
    begin(resources) {
      isBeginning = true;
      try {
        for (const resource of resources) world.create(resource);
      } finally {
        isBeginning = false;
      }
    },
    inventory(provider, account, afterSequence, visit) {
      indexOf(provider, account).scan({ account, afterSequence, now: settle() }, visit);
    },
    write(resource, change, afterMs = 0) {
      const at = settle();
      const { type, account, region, id } = resource;
      const { set, unset } = change;
      note({
        did: "write",
        at,
        ref: { type, account, region, id },
        ...(set === undefined ? {} : { set: [...set].flat() }),
        ...(unset === undefined ? {} : { unset: [...unset] }),
        ...(afterMs > 0 && { afterMs }),
      });
      if (afterMs <= 0) return apply(resource, change, at);
      const dueAt = at + afterMs;
      promised.push({ resource, change, dueAt });
      nextDueAt = Math.min(nextDueAt, dueAt);
    },
    clear() {
      note({ did: "clear", at: now() });
      shelves.clear();
      indexes.clear();
      pending.clear();
      promised = [];
      nextDueAt = Number.POSITIVE_INFINITY;
    },
    replay(change) {
      replayedAt = change.at;
      try {
        redo(change);
      } finally {
        replayedAt = undefined;
      }
    },
  };

  function redo(change: WorldChange): void {
    switch (change.did) {
      case "create":
        return world.create(change.resource);
      case "remove":
        world.remove(change.ref);
        return;
      case "clear":
        return world.clear();
      case "write": {
        settle();
        const resource = stored(change.ref);
        if (resource === undefined) return;
        const set = new Map(eachPair(change.set ?? []));
        world.write(resource, { set, unset: new Set(change.unset ?? []) }, change.afterMs);
      }
    }
  }

  return world;
}
