import type { TypeContract } from "../../../lib/core/contract.ts";
import { plan, type Plan, type PlannedResource } from "../../../lib/core/plan/plan.ts";
import { resourceKey, type ResourceRef } from "../../../lib/core/resource.ts";
import { seededRandom } from "../../../lib/core/seeded-random.ts";
import type { TagBatch } from "../../../lib/core/tag-batch.ts";
import * as fc from "../../properties.ts";

const write = { action: "alibaba:test:TagResources", callsPerSecond: 10, atomicity: "all-or-none" } as const;
export const text = { minLength: 0, maxLength: 8, forbiddenPrefixes: ["sys:", "acs:"], forbiddenParts: [] };

export function contract(changes: Partial<TypeContract> & { cap?: number; tagsPerCall?: number } = {}): TypeContract {
  const { cap = 3, tagsPerCall = 2, ...rest } = changes;
  const call = { ...write, resourcesPerCall: cap, tagsPerCall };
  return {
    types: ["alibaba:test:a", "alibaba:test:b"],
    batching: "each",
    tag: call,
    untag: call,
    list: { ...write, idsPerCall: 50, rowsPerPage: 50, rows: "tag", tagFilters: 0, scan: false, silentTypes: {} },
    inventory: {},
    id: { minLength: 1, maxLength: 256, forbiddenPrefixes: [], forbiddenParts: [] },
    tagsPerResource: 6,
    key: { ...text, minLength: 1 },
    value: text,
    global: false,
    ...rest,
  };
}

export const perfect: PlannedResource = {
  resource: { type: "alibaba:test:a", account: "1", region: "cn", id: "r1" },
  current: new Map(),
  tags: [{ key: "env", value: "dev" }],
};
export const resource = (
  id: string,
  tags: Record<string, string>,
  changes: Partial<ResourceRef> = {},
): PlannedResource => ({
  ...perfect,
  resource: { ...perfect.resource, id, ...changes },
  tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
});
export const planWith = (resources: readonly PlannedResource[], one = contract(), budget?: number) =>
  plan({ resources, contractFor: () => one, budget });

const refsOf = ({ type, account, region, resourceIds }: TagBatch) =>
  resourceIds.map((name) => {
    const [typeInName = "", id] = name.split("/");
    return resourceKey(
      id === undefined ? { type, account, region, id: name } : { type: typeInName, account, region, id },
    );
  });
export const pairsOf = ({ batches }: Plan) =>
  batches.flatMap((batch) =>
    refsOf(batch).flatMap((ref) => [...batch.tags].map((tag) => JSON.stringify([ref, ...tag]))),
  );
export const askedPairs = (resources: readonly PlannedResource[]) =>
  resources.flatMap((one) => one.tags.map(({ key, value }) => JSON.stringify([resourceKey(one.resource), key, value])));

export const KEYS = ["a", "b", "c", "d", "e"];
/** Resources that differ in id, with any current tags and any tags to write, some illegal, some beyond the slots. */
export const worlds = fc
  .uniqueArray(
    fc.record({
      id: fc.integer({ min: 0, max: 40 }).map(String),
      type: fc.constantFrom("alibaba:test:a", "alibaba:test:b"),
      region: fc.constantFrom("cn", "eu"),
      current: fc.uniqueArray(fc.constantFrom("x", "y", "z", "sys:1", "a"), { maxLength: 5 }),
      tags: fc.uniqueArray(fc.tuple(fc.constantFrom(...KEYS, "sys:x"), fc.constantFrom("1", "2", "too long by far")), {
        selector: ([key]) => key,
        maxLength: 6,
      }),
    }),
    { selector: ({ id, type, region }) => `${id} ${type} ${region}`, maxLength: 30 },
  )
  .map((rows) =>
    rows.map(({ id, type, region, current, tags }): PlannedResource => ({
      resource: { type, account: "1", region, id },
      current: new Map(current.map((key) => [key, "there"])),
      tags: tags.map(([key, value]) => ({ key, value })),
    })),
  );
export const contracts = fc
  .record({
    cap: fc.integer({ min: 1, max: 6 }),
    tagsPerCall: fc.integer({ min: 1, max: 5 }),
    batching: fc.constantFrom("each" as const, "together" as const),
  })
  .map((changes) => contract({ ...changes, ...(changes.batching === "together" && SHARED) }));

/** Types that share a call, in which a resource has a name that holds its type: several may have one id. */
export const SHARED: Partial<TypeContract> = {
  types: ["alibaba:*:*"],
  naming: {
    nameOf: ({ type, id }) => `${type}/${id}`,
    read: (name) => ({ type: name.split("/")[0] ?? "", id: name.split("/")[1] ?? "" }),
  },
};

export const api = contract({ cap: 50, tagsPerCall: 20, tagsPerResource: 50 });

/** Resources that lack any of some keys, each with an even chance. */
export function uniform(count: number, keyCount: number, seed: number): PlannedResource[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const lacks = 1 + Math.floor(random() * (2 ** keyCount - 1));
    const keys = [..."abcdefgh"].filter((_, key) => ((lacks >> key) & 1) === 1);
    return resource(`r${index}`, Object.fromEntries(keys.map((key) => [key, "1"])));
  });
}

export function tagsOf(count: number): Map<string, string> {
  return new Map(Array.from({ length: count }, (_, index) => [`k${index}`, "1"]));
}

/** The world after every batch took effect; what is unresolved isn't asked for again. */
export function applied(resources: readonly PlannedResource[], { batches, unresolved }: Plan): PlannedResource[] {
  return resources.map((one) => {
    const ref = resourceKey(one.resource);
    const written = batches.filter((batch) => refsOf(batch).includes(ref)).flatMap(({ tags }) => [...tags]);
    const refused = new Set(unresolved.filter((tag) => resourceKey(tag) === ref).map(({ key }) => key));
    return {
      ...one,
      current: new Map([...one.current, ...written]),
      tags: one.tags.filter(({ key }) => !refused.has(key)),
    };
  });
}

/** What is really written, as (call group, resource) → tags. */
function writtenTags({ batches }: Plan): Map<string, Map<string, string[]>> {
  const groups = new Map<string, Map<string, string[]>>();
  for (const { type, account, region, resourceIds, tags } of batches) {
    const group = JSON.stringify([type, account, region]);
    const members = groups.get(group) ?? new Map<string, string[]>();
    groups.set(group, members);
    const texts = [...tags].map((tag) => JSON.stringify(tag));
    for (const id of resourceIds) members.set(id, [...(members.get(id) ?? []), ...texts]);
  }
  return groups;
}

export function onePerTag(result: Plan, { tag: { resourcesPerCall } }: TypeContract): number {
  let calls = 0;
  for (const members of writtenTags(result).values()) {
    const counts = new Map<string, number>();
    for (const tags of members.values()) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    for (const count of counts.values()) calls += Math.ceil(count / resourcesPerCall);
  }
  return calls;
}

export function identicalSets(result: Plan, { tag: { resourcesPerCall, tagsPerCall } }: TypeContract): number {
  let calls = 0;
  for (const members of writtenTags(result).values()) {
    const sets = new Map<string, { size: number; count: number }>();
    for (const tags of members.values()) {
      const key = tags.toSorted().join();
      sets.set(key, { size: tags.length, count: (sets.get(key)?.count ?? 0) + 1 });
    }
    for (const { size, count } of sets.values()) {
      calls += Math.ceil(count / resourcesPerCall) * Math.ceil(size / tagsPerCall);
    }
  }
  return calls;
}
