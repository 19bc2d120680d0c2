import type { TagPairs } from "./tag-pairs.ts";

/** A resource as the emulator keeps it. Only its tags change. */
export interface StoredResource {
  readonly type: string;
  readonly account: string;
  readonly region: string;
  /** The Huawei project that it was created in, where that was said. */
  readonly project?: string;
  readonly id: string;
  readonly legacy: boolean;
  tags: TagPairs;
  /** AWS lists what carries tags now or ever did. */
  everTagged: boolean;
  /** Its place in the order of appearance, from 1; page tokens carry it. 0 = not visible yet. */
  sequence: number;
  createdAt: number;
  removed: boolean;
}

/** The visible resources of one account, region and type (on AWS: of all types), in order of appearance. */
export interface Shelf {
  readonly size: number;
  find(id: string): StoredResource | undefined;
  add(resource: StoredResource): void;
  remove(resource: StoredResource): void;
  /** Calls `visit` with each resource after that place, until it returns false. */
  scan(afterSequence: number, visit: (resource: StoredResource) => boolean): void;
  /** One page by offset. */
  slice(offset: number, limit: number, newestFirst: boolean): StoredResource[];
}

/** Where those after that place begin. */
export function indexAfter(order: readonly StoredResource[], sequence: number): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((order[middle]?.sequence ?? 0) > sequence) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Removed resources stay as holes until a page by offset, or too many of them, make it worth to close up. */
const TOLERATED_HOLES = 1024;

export function createShelf(): Shelf {
  const byId = new Map<string, StoredResource>();
  let order: StoredResource[] = [];
  let holes = 0;

  function closeUp(): void {
    order = order.filter((resource) => !resource.removed);
    holes = 0;
  }

  return {
    get size() {
      return byId.size;
    },
    find: (id) => byId.get(id),
    add(resource) {
      byId.set(resource.id, resource);
      order.push(resource);
    },
    remove(resource) {
      byId.delete(resource.id);
      resource.removed = true;
      holes += 1;
      if (holes > TOLERATED_HOLES && holes > order.length / 2) closeUp();
    },
    scan(afterSequence, visit) {
      for (let index = indexAfter(order, afterSequence); index < order.length; index += 1) {
        const resource = order[index];
        if (resource !== undefined && !resource.removed && !visit(resource)) return;
      }
    },
    slice(offset, limit, newestFirst) {
      if (holes > 0) closeUp();
      if (!newestFirst) return order.slice(offset, offset + limit);
      const end = order.length - offset;
      return end <= 0 ? [] : order.slice(Math.max(0, end - limit), end).reverse();
    },
  };
}
