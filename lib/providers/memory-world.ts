import type { Clock } from "../app/ports/invocation.ts";
import { NO_TAGS, resourceKey, type Resource, type ResourceType, type Tags } from "../core/resource.ts";

/** What exists in the memory cloud. */
export interface MemoryResource {
  readonly type: ResourceType;
  readonly region: string;
  readonly id: string;
  readonly tags?: Tags;
  /** Why it can't be tagged; every write to it fails. */
  readonly notTaggable?: string;
  /** Milliseconds since the epoch; until then every API says that it doesn't exist. Needs a clock. */
  readonly visibleAt?: number;
}

export interface StoredResource {
  readonly resource: MemoryResource;
  readonly tags: Map<string, string>;
  /** A scan lists what carries a tag or ever did. */
  everTagged: boolean;
}

export type MemoryRef = Pick<MemoryResource, "type" | "region" | "id">;

export interface MemoryWorld {
  /** Creates a resource, or replaces the one of that type, region and id. */
  create(resource: MemoryResource): void;
  remove(ref: MemoryRef): void;
  /** The visible resource, by what calls name it. A type that spans others (`aws:*:*`) finds by region and name alone. */
  find(type: ResourceType, region: string, name: string): StoredResource | undefined;
  /** The visible resources of a type and region (`all` = of every region), in order of creation. */
  list(type: ResourceType, region: string): readonly StoredResource[];
  /** Everything, visible or not, in order of creation. */
  snapshot(): readonly Resource[];
}

/** The resources of one account, kept in memory. `nameOf` = what calls name a resource by. */
export function memoryWorld(
  account: string,
  clock: Clock | undefined,
  nameOf: (ref: MemoryRef) => string,
): MemoryWorld {
  const byRef = new Map<string, StoredResource>();
  /** Names of types that share a call are unique among all of them. */
  const byName = new Map<string, StoredResource>();
  const refKey = ({ type, region, id }: MemoryRef) => resourceKey({ type, account, region, id });
  const nameKey = (region: string, name: string) => JSON.stringify([region, name]);
  const spansTypes = (type: ResourceType) => type.includes("*");
  const isVisible = ({ resource: { visibleAt } }: StoredResource) =>
    visibleAt === undefined || clock === undefined || clock.now() >= visibleAt;

  return {
    create(resource) {
      const tags = new Map(resource.tags ?? NO_TAGS);
      const stored = { resource, tags, everTagged: tags.size > 0 };
      byRef.set(refKey(resource), stored);
      byName.set(nameKey(resource.region, nameOf(resource)), stored);
    },
    remove(ref) {
      byRef.delete(refKey(ref));
      byName.delete(nameKey(ref.region, nameOf(ref)));
    },
    find(type, region, name) {
      const named = byName.get(nameKey(region, name));
      const isAsked = named !== undefined && (spansTypes(type) || named.resource.type === type);
      const stored = isAsked || spansTypes(type) ? named : byRef.get(refKey({ type, region, id: name }));
      return stored !== undefined && isVisible(stored) ? stored : undefined;
    },
    list: (type, region) =>
      [...byRef.values()].filter(
        (stored) =>
          (region === "all" || stored.resource.region === region) &&
          (spansTypes(type) || stored.resource.type === type) &&
          isVisible(stored),
      ),
    snapshot: () =>
      Array.from(byRef.values(), ({ resource: { type, region, id }, tags }) => ({
        type,
        account,
        region,
        id,
        tags: new Map(tags),
      })),
  };
}
