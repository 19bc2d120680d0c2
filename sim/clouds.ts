import type { ResourceRef, Tags } from "../lib/core/resource.ts";
import type { StoredResource } from "../local/emulator/shelf.ts";
import { pairsFromObject, pairsToObject, type TagPairs } from "../local/emulator/tag-pairs.ts";
import { createWorld, type TagChange, type VisibleWorld, type WorldOptions } from "../local/emulator/world.ts";
import type { Scheduler } from "./scheduler.ts";

/** What exists, or will. */
export interface Existing {
  readonly ref: ResourceRef;
  readonly place: string;
  readonly visibleAfterMs: number;
  readonly tags: Readonly<Record<string, string>>;
  /** An agency of the old kind, which can't carry tags. */
  readonly legacy: boolean;
}

/** Tags that a resource had from then on. */
export interface Version {
  readonly at: number;
  readonly tags: TagPairs;
}

/** Who last set a tag, and when. */
export interface Touch {
  readonly by: "creation" | "person" | "tagwarden";
  readonly at: number;
}

/** What truly exists, with its past: the emulator's world, and what lagging indexes still show of it. */
export interface Clouds {
  readonly world: VisibleWorld;
  /** Undefined where it doesn't exist (yet, or any more), or isn't visible yet. */
  visible(resource: Existing): StoredResource | undefined;
  /** The tags that are truly there; undefined where the resource doesn't exist. */
  tagsOf(resource: Existing): Tags | undefined;
  /** Who set this tag to what it is. */
  touchOf(resource: Existing, key: string): Touch | undefined;
  /** When a person last changed something about the resource. */
  lastPersonAt(resource: Existing): number;
  /** All tags that it ever had, in order. */
  pastOf(resource: Existing): readonly Version[];
  create(resource: Existing): void;
  /** There was this resource before anybody looked, since then; inventories that are as far behind as that know it. */
  begin(resource: Existing, since: number, isListed: boolean): void;
  /** Makes visible at once what isn't yet. */
  appear(resource: Existing): void;
  remove(resource: Existing): void;
  personSets(resource: Existing, tags: Tags): void;
  personRemoves(resource: Existing, key: string): void;
  /** Notes that a call of ours changed this resource. */
  noteWrite(resource: Existing, tags: Tags): void;
  /** Runs a read on what an index shows that is `lagMs` behind. */
  lagging<Result>(resources: readonly Existing[], lagMs: number, read: () => Result): Result;
}

export function createClouds(
  { now }: Pick<Scheduler, "now">,
  options: Pick<WorldOptions, "inventoryDelayMs"> = {},
): Clouds {
  const world = createWorld(now, options);
  const pasts = new Map<string, Version[]>();
  const touches = new Map<string, Map<string, Touch>>();
  const personAt = new Map<string, number>();
  const removed = new Set<string>();
  const visible: Clouds["visible"] = ({ ref }) => world.shelf(ref.account, ref.region, ref.type).find(ref.id);

  function touch({ place }: Existing, keys: Iterable<string>, by: Touch["by"]): void {
    let own = touches.get(place);
    if (own === undefined) {
      own = new Map();
      touches.set(place, own);
    }
    for (const key of keys) own.set(key, { by, at: now() });
    if (by === "person") personAt.set(place, now());
  }
  function remember({ place }: Existing, tags: TagPairs): void {
    const past = pasts.get(place);
    if (past === undefined) pasts.set(place, [{ at: now(), tags }]);
    else past.push({ at: now(), tags });
  }
  function change(resource: Existing, made: TagChange): void {
    const stored = visible(resource);
    if (stored === undefined) return;
    world.write(stored, made);
    remember(resource, stored.tags);
  }

  function noteBirth({ place, tags }: Existing, at: number): void {
    touches.set(place, new Map(Object.keys(tags).map((key) => [key, { by: "creation", at }])));
    pasts.set(place, [{ at, tags: pairsFromObject(tags) }]);
  }
  function create(resource: Existing): void {
    const { ref, tags, visibleAfterMs, legacy } = resource;
    world.create({ ...ref, tags, visibleAfterMs, legacy });
    // What is not visible yet is as good as not there, for everybody but its creator.
    noteBirth(resource, now() + visibleAfterMs);
  }
  const isPending = (resource: Existing): boolean =>
    visible(resource) === undefined && world.get(resource.ref) !== undefined;

  return {
    world,
    visible,
    tagsOf(resource) {
      const known = visible(resource)?.tags;
      if (known !== undefined) return new Map(Object.entries(pairsToObject(known)));
      const waiting = removed.has(resource.place) ? undefined : world.get(resource.ref);
      return waiting === undefined ? undefined : new Map(Object.entries(waiting.tags ?? {}));
    },
    touchOf: ({ place }, key) => touches.get(place)?.get(key),
    lastPersonAt: ({ place }) => personAt.get(place) ?? -Infinity,
    pastOf: ({ place }) => pasts.get(place) ?? [],
    create,
    begin(resource, since, isListed) {
      const { ref, tags, legacy } = resource;
      if (isListed) world.begin([{ ...ref, tags, legacy }]);
      else world.create({ ...ref, tags, legacy });
      noteBirth(resource, since);
    },
    appear(resource) {
      if (isPending(resource)) create({ ...resource, visibleAfterMs: 0 });
    },
    remove(resource) {
      removed.add(resource.place);
      personAt.set(resource.place, now());
      world.remove(resource.ref);
    },
    personSets(resource, tags) {
      touch(resource, tags.keys(), "person");
      change(resource, { set: tags });
    },
    personRemoves(resource, key) {
      touch(resource, [key], "person");
      change(resource, { unset: new Set([key]) });
    },
    noteWrite(resource, tags) {
      touch(resource, tags.keys(), "tagwarden");
      const stored = visible(resource);
      if (stored !== undefined) remember(resource, stored.tags);
    },
    lagging(resources, lagMs, read) {
      if (lagMs === 0) return read();
      const shownAt = now() - lagMs;
      const real: [StoredResource, TagPairs][] = [];
      for (const resource of resources) {
        const stored = visible(resource);
        if (stored === undefined) continue;
        real.push([stored, stored.tags]);
        stored.tags = pasts.get(resource.place)?.findLast(({ at }) => at <= shownAt)?.tags ?? [];
      }
      try {
        return read();
      } finally {
        for (const [stored, tags] of real) stored.tags = tags;
      }
    },
  };
}
