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
  /** The visible resource. A type that spans others (`aws:*:*`) finds by region and id alone. */
  find(type: ResourceType, region: string, id: string): StoredResource | undefined;
  /** The visible resources of a type and region, in order of creation. */
  list(type: ResourceType, region: string): readonly StoredResource[];
  /** Everything, visible or not, in order of creation. */
  snapshot(): readonly Resource[];
}

/** The resources of one account, kept in memory. */
export function memoryWorld(account: string, clock: Clock | undefined): MemoryWorld {
  const byRef = new Map<string, StoredResource>();
  /** Ids of types that share a call are unique among all of them. */
  const byId = new Map<string, StoredResource>();
  const refKey = ({ type, region, id }: MemoryRef) => resourceKey({ type, account, region, id });
  const idKey = (region: string, id: string) => JSON.stringify([region, id]);
  const spansTypes = (type: ResourceType) => type.includes("*");
  const isVisible = ({ resource: { visibleAt } }: StoredResource) =>
    visibleAt === undefined || clock === undefined || clock.now() >= visibleAt;

  return {
    create(resource) {
      const tags = new Map(resource.tags ?? NO_TAGS);
      const stored = { resource, tags, everTagged: tags.size > 0 };
      byRef.set(refKey(resource), stored);
      byId.set(idKey(resource.region, resource.id), stored);
    },
    remove(ref) {
      byRef.delete(refKey(ref));
      byId.delete(idKey(ref.region, ref.id));
    },
    find(type, region, id) {
      const stored = spansTypes(type) ? byId.get(idKey(region, id)) : byRef.get(refKey({ type, region, id }));
      return stored !== undefined && isVisible(stored) ? stored : undefined;
    },
    list: (type, region) =>
      [...byRef.values()].filter(
        (stored) =>
          stored.resource.region === region && (spansTypes(type) || stored.resource.type === type) && isVisible(stored),
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
