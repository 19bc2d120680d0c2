import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TypeContract } from "../../lib/core/contract.ts";
import { plan, type Plan, type PlannedResource } from "../../lib/core/plan.ts";
import { resourceKey, type ResourceRef } from "../../lib/core/resource.ts";
import type { TagBatch } from "../../lib/core/tag-batch.ts";
import { seededRandom } from "../../lib/core/seeded-random.ts";
import { fewestCalls } from "./plan/fewest-calls.ts";

const write = { action: "alibaba:test:TagResources", callsPerSecond: 10, atomicity: "all-or-none" } as const;
const text = { minLength: 0, maxLength: 8, forbiddenPrefixes: ["sys:"], forbiddenParts: [] };

function contract(changes: Partial<TypeContract> & { cap?: number; tagsPerCall?: number } = {}): TypeContract {
  const { cap = 3, tagsPerCall = 2, ...rest } = changes;
  const call = { ...write, resourcesPerCall: cap, tagsPerCall };
  return {
    types: ["alibaba:test:a", "alibaba:test:b"],
    batching: "each",
    tag: call,
    untag: call,
    list: { ...write, idsPerCall: 50, rowsPerPage: 50, rows: "tag", tagFilters: 0, scan: false },
    inventory: {},
    tagsPerResource: 6,
    key: { ...text, minLength: 1 },
    value: text,
    global: false,
    documentation: [],
    ...rest,
  };
}

const perfect: PlannedResource = {
  resource: { type: "alibaba:test:a", account: "1", region: "cn", id: "r1" },
  current: new Map(),
  tags: [{ key: "env", value: "dev" }],
};
const resource = (id: string, tags: Record<string, string>, changes: Partial<ResourceRef> = {}): PlannedResource => ({
  ...perfect,
  resource: { ...perfect.resource, id, ...changes },
  tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
});
const planWith = (resources: readonly PlannedResource[], one = contract()) =>
  plan({ resources, contractFor: () => one });

const refsOf = (batch: TagBatch) =>
  batch.resourceIds.map((id) => resourceKey({ type: batch.type, account: batch.account, region: batch.region, id }));
const pairsOf = ({ batches }: Plan) =>
  batches.flatMap((batch) =>
    refsOf(batch).flatMap((ref) => [...batch.tags].map((tag) => JSON.stringify([ref, ...tag]))),
  );
const askedPairs = (resources: readonly PlannedResource[]) =>
  resources.flatMap((one) => one.tags.map(({ key, value }) => JSON.stringify([resourceKey(one.resource), key, value])));

const KEYS = ["a", "b", "c", "d", "e"];
/** Resources that differ in id, with any current tags and any tags to write, some illegal, some beyond the slots. */
const worlds = fc
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
      // Where types share a call, ids tell their resources apart, as ARNs do.
      resource: { type, account: "1", region, id: `${type}/${id}` },
      current: new Map(current.map((key) => [key, "there"])),
      tags: tags.map(([key, value]) => ({ key, value })),
    })),
  );
const contracts = fc
  .record({
    cap: fc.integer({ min: 1, max: 6 }),
    tagsPerCall: fc.integer({ min: 1, max: 5 }),
    batching: fc.constantFrom("each" as const, "together" as const),
  })
  .map((changes) => contract({ ...changes, ...(changes.batching === "together" && { types: ["alibaba:*:*"] }) }));

/** What up to 14 resources lack of up to 5 keys, two of which may have several values. */
const smallGroups = fc.array(
  fc
    .uniqueArray(fc.tuple(fc.constantFrom(...KEYS), fc.constantFrom("1", "2", "3")), {
      selector: ([key]) => key,
      minLength: 1,
      maxLength: 5,
    })
    .map((tags) => Object.fromEntries(tags.map(([key, value]) => [key, key < "c" ? value : "1"]))),
  { minLength: 1, maxLength: 14 },
);

describe("for every input", () => {
  test("no batch exceeds a limit of its API", () => {
    fc.assert(
      fc.property(worlds, contracts, (resources, one) => {
        for (const { resourceIds, tags } of planWith(resources, one).batches) {
          expect(resourceIds.length).toBeGreaterThan(0);
          expect(resourceIds.length).toBeLessThanOrEqual(one.tag.resourcesPerCall);
          expect(tags.size).toBeGreaterThan(0);
          expect(tags.size).toBeLessThanOrEqual(one.tag.tagsPerCall);
        }
      }),
    );
  });

  test("each pair that was asked for is in exactly one batch or unresolved, and nothing else is written", () => {
    fc.assert(
      fc.property(worlds, contracts, (resources, one) => {
        const each = { ...one, batching: "each" as const };
        const result = planWith(resources, each);
        const unresolved = result.unresolved.map((tag) => JSON.stringify([resourceKey(tag), tag.key, tag.value]));
        expect([...pairsOf(result), ...unresolved].sort()).toEqual(askedPairs(resources).sort());
      }),
    );
  });

  test("no resource ends with more tags than its provider allows", () => {
    fc.assert(
      fc.property(worlds, contracts, (resources, one) => {
        const after = applied(resources, planWith(resources, { ...one, batching: "each" }));
        for (const [index, { current }] of resources.entries()) {
          const tags = [...(after[index]?.current.keys() ?? [])].filter((key) => !key.startsWith("sys:"));
          expect(tags.length).toBeLessThanOrEqual(Math.max(one.tagsPerResource, current.size));
        }
      }),
    );
  });

  test("planning again after applying plans nothing", () => {
    fc.assert(
      fc.property(worlds, contracts, (resources, one) => {
        const each = { ...one, batching: "each" as const };
        expect(planWith(applied(resources, planWith(resources, each)), each).calls).toBe(0);
      }),
    );
  });

  test("the order of the input makes no difference", () => {
    const shuffled = worlds.chain((resources) =>
      fc.tuple(
        fc.constant(resources),
        fc.shuffledSubarray(resources, { minLength: resources.length, maxLength: resources.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, contracts, ([resources, other], one) => {
        expect(planWith(other, one)).toEqual(planWith(resources, one));
      }),
    );
  });

  test("the lower bound is at most the calls, and the calls at most those of either simple plan", () => {
    fc.assert(
      fc.property(worlds, contracts, (resources, one) => {
        const result = planWith(resources, one);
        expect(result.calls).toBe(result.batches.length);
        expect(result.lowerBound).toBeLessThanOrEqual(result.calls);
        expect(result.calls).toBeLessThanOrEqual(Math.min(onePerTag(result, one), identicalSets(result, one)));
      }),
    );
  });

  test("the lower bound is at most the fewest calls there can be, and the plan has at most one call more", () => {
    let known = 0;
    let optimal = 0;
    fc.assert(
      fc.property(
        smallGroups,
        fc.constantFrom(1, 2, 3, 4, 5, 50),
        fc.constantFrom(1, 2, 3, 20),
        (rows, cap, tagsPerCall) => {
          const fewest = fewestCalls(rows, { cap, tagsPerCall });
          if (fewest === undefined) return;
          const result = planWith(
            rows.map((lacks, index) => resource(`r${index}`, lacks)),
            contract({ cap, tagsPerCall }),
          );
          expect(result.lowerBound).toBeLessThanOrEqual(fewest);
          expect(result.calls).toBeGreaterThanOrEqual(fewest);
          expect(result.calls).toBeLessThanOrEqual(fewest + 1);
          known += 1;
          if (result.calls === fewest) optimal += 1;
        },
      ),
      { numRuns: 150 },
    );
    expect(known).toBeGreaterThan(100);
    expect(optimal).toBeGreaterThanOrEqual(known / 2);
  });
});

/** Up to 14 keys, all of which one resource can miss. */
const wideWorlds = fc
  .array(fc.subarray([..."abcdefghijklmn"], { minLength: 1 }), { minLength: 1, maxLength: 25 })
  .map((rows) => rows.map((keys, index) => resource(`r${index}`, Object.fromEntries(keys.map((key) => [key, "1"])))));

describe("with more keys than a search can walk the subsets of", () => {
  const roomy = (cap: number, tagsPerCall: number) => contract({ cap, tagsPerCall, tagsPerResource: 50 });
  const limits = [fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 })] as const;

  test("each pair is in exactly one batch, and no batch exceeds a limit", () => {
    fc.assert(
      fc.property(wideWorlds, ...limits, (resources, cap, tagsPerCall) => {
        const result = planWith(resources, roomy(cap, tagsPerCall));
        expect(pairsOf(result).sort()).toEqual(askedPairs(resources).sort());
        expect(Math.max(...result.batches.map(({ tags }) => tags.size))).toBeLessThanOrEqual(tagsPerCall);
        expect(Math.max(...result.batches.map(({ resourceIds }) => resourceIds.length))).toBeLessThanOrEqual(cap);
      }),
    );
  });

  test("there are never more calls than with either simple plan, nor fewer than the lower bound", () => {
    fc.assert(
      fc.property(wideWorlds, ...limits, (resources, cap, tagsPerCall) => {
        const one = roomy(cap, tagsPerCall);
        const result = planWith(resources, one);
        expect(result.lowerBound).toBeLessThanOrEqual(result.calls);
        expect(result.calls).toBeLessThanOrEqual(Math.min(onePerTag(result, one), identicalSets(result, one)));
      }),
    );
  });

  test("keys that are always missed together are planned as one", () => {
    const keys = [..."abcdefghijklmn"];
    const halves = [keys.slice(0, 7), keys.slice(7), keys];
    const resources = Array.from({ length: 30 }, (_, index) =>
      resource(`r${index}`, Object.fromEntries((halves[index % 3] ?? keys).map((key) => [key, "1"]))),
    );
    expect(planWith(resources, roomy(20, 20))).toMatchObject({ calls: 2, lowerBound: 2 });
  });
});

describe("the budget", () => {
  test("of 0 gives the better of the two simple plans, and more is never worse", () => {
    fc.assert(
      fc.property(worlds, contracts, (resources, one) => {
        const first = plan({ resources, contractFor: () => one, budget: 0 });
        expect(first.calls).toBeLessThanOrEqual(Math.min(onePerTag(first, one), identicalSets(first, one)));
        expect(plan({ resources, contractFor: () => one, budget: 5_000 }).calls).toBeLessThanOrEqual(first.calls);
      }),
    );
  });

  test("decides alone: the same input and budget give the same plan", () => {
    const resources = uniform(200, 8, 7);
    const once = plan({ resources, contractFor: () => api, budget: 100_000 });
    expect(plan({ resources: resources.toReversed(), contractFor: () => api, budget: 100_000 })).toEqual(once);
  });

  test("is enough by default to come close to the lower bound for 10,000 resources", () => {
    const { calls, lowerBound } = planWith(uniform(10_000, 8, 3), api);
    expect(calls / lowerBound).toBeLessThanOrEqual(1.12);
    const five = planWith(uniform(10_000, 5, 3), api);
    expect(five.calls / five.lowerBound).toBeLessThanOrEqual(1.03);
  });
});

const api = contract({ cap: 50, tagsPerCall: 20, tagsPerResource: 50 });

/** Resources that lack any of some keys, each with an even chance. */
function uniform(count: number, keyCount: number, seed: number): PlannedResource[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const lacks = 1 + Math.floor(random() * (2 ** keyCount - 1));
    const keys = [..."abcdefgh"].filter((_, key) => ((lacks >> key) & 1) === 1);
    return resource(`r${index}`, Object.fromEntries(keys.map((key) => [key, "1"])));
  });
}

test("where one resource fills a call, each takes one", () => {
  const huawei = contract({ cap: 1, tagsPerCall: 20, tagsPerResource: 50 });
  expect(planWith(uniform(500, 8, 1), huawei)).toMatchObject({ calls: 500, lowerBound: 500 });
});

test("resources with a tag of their own are written whole, and the others as if those weren't there", () => {
  const owned = uniform(100, 4, 1).map((one, index) => ({
    ...one,
    tags: [...one.tags, { key: "owner", value: `o${index}` }],
  }));
  const others = [resource("x1", { a: "1" }), resource("x2", { a: "1" })];
  expect(planWith([...owned, ...others], api)).toMatchObject({ calls: 101, lowerBound: 101 });
});

test("resources of one type share a call, those of two types don't", () => {
  const mixed = [resource("r1", { env: "dev" }), resource("r2", { env: "dev" }, { type: "alibaba:test:b" })];
  expect(planWith(mixed).calls).toBe(2);
  expect(planWith([...mixed, resource("r3", { env: "dev" })]).calls).toBe(2);
});

test("types of a contract that says so share a call, under the type that the contract names", () => {
  const together = contract({ batching: "together", types: ["alibaba:*:*"] });
  const mixed = [resource("r1", { env: "dev" }), resource("r2", { env: "dev" }, { type: "alibaba:test:b" })];
  expect(planWith(mixed, together).batches).toMatchObject([{ type: "alibaba:*:*", resourceIds: ["r1", "r2"] }]);
});

test("accounts and regions never share a call", () => {
  const apart = [
    resource("r1", { env: "dev" }),
    resource("r2", { env: "dev" }, { region: "eu" }),
    resource("r3", { env: "dev" }, { account: "2" }),
  ];
  expect(planWith(apart).calls).toBe(3);
});

test("slots are given away in policy order, and what doesn't fit is unresolved as TagQuota", () => {
  const crowded = { ...resource("r1", { z: "1", a: "1" }), current: tagsOf(5) };
  const result = planWith([crowded]);
  expect(result.batches).toMatchObject([{ tags: new Map([["z", "1"]]) }]);
  expect(result.unresolved).toMatchObject([{ id: "r1", key: "a", code: "TagQuota" }]);
});

test("a key that is there already needs no slot", () => {
  const full = { ...resource("r1", { k0: "new" }), current: tagsOf(6) };
  expect(planWith([full])).toMatchObject({ calls: 1, unresolved: [] });
});

test("tags under a reserved prefix take no slot", () => {
  const system = { ...resource("r1", { a: "1" }), current: new Map([...tagsOf(5), ["sys:owner", "cloud"]]) };
  expect(planWith([system])).toMatchObject({ calls: 1, unresolved: [] });
});

test("a tag that the provider would refuse is unresolved as IllegalTag, with the reason", () => {
  const result = planWith([resource("r1", { env: "dev", "sys:x": "1", b: "123456789" })]);
  expect(result.batches).toMatchObject([{ tags: new Map([["env", "dev"]]) }]);
  expect(result.unresolved.map(({ key, code }) => [key, code])).toEqual([
    ["sys:x", "IllegalTag"],
    ["b", "IllegalTag"],
  ]);
  expect(result.unresolved[1]?.reason).toContain("longer than 8 characters");
});

test("a type without a contract is unresolved, not lost", () => {
  const result = plan({ resources: [perfect], contractFor: () => undefined });
  expect(result).toMatchObject({ calls: 0, unresolved: [{ id: "r1", key: "env", code: "UnsupportedType" }] });
});

test("a resource that is listed twice is planned once, and two values for one key conflict", () => {
  const result = planWith([perfect, perfect, resource("r1", { env: "prod" })]);
  expect(result.batches).toMatchObject([{ resourceIds: ["r1"], tags: new Map([["env", "dev"]]) }]);
  expect(result.unresolved).toMatchObject([{ key: "env", value: "prod", code: "ConflictingValue" }]);
});

test("a resource that misses more tags than a call takes is written in several", () => {
  const many = resource("r1", { a: "1", b: "1", c: "1", d: "1", e: "1" });
  expect(planWith([many])).toMatchObject({ calls: 3, lowerBound: 3 });
});

test("keys that are missed together go together where that needs fewer calls than one per tag or identical sets", () => {
  // 3 × {a,b}, 3 × {c,d} and one of each mixed set: blocks {a,b} and {c,d} need 4 calls.
  const one = contract({ cap: 6, tagsPerCall: 4 });
  const sets = ["ab", "ab", "ab", "cd", "cd", "cd", "abcd", "abcd", "abcd"];
  const resources = sets.map((keys, index) =>
    resource(`r${index}`, Object.fromEntries([...keys].map((key) => [key, "1"]))),
  );
  expect(planWith(resources, one)).toMatchObject({ calls: 2, lowerBound: 2 });
});

test("one resource with 50 missing tags and 10,000 that all differ are planned", () => {
  const roomy = contract({ cap: 50, tagsPerCall: 20, tagsPerResource: 100 });
  const keys = Array.from({ length: 50 }, (_, index) => [`k${index}`, "1"]);
  expect(planWith([resource("r1", Object.fromEntries(keys))], roomy).calls).toBe(3);
  const different = Array.from({ length: 10_000 }, (_, index) =>
    resource(`r${index}`, { owner: `o${index}`, env: "1" }),
  );
  expect(planWith(different, roomy)).toMatchObject({ calls: 10_000, lowerBound: 10_000 });
});

test("keys with the names of object members are keys like any other", () => {
  const result = planWith(
    [resource("r1", { constructor: "1" }), resource("r2", { constructor: "1" })],
    contract({ key: { ...text, maxLength: 20 } }),
  );
  expect(result).toMatchObject({ calls: 1, unresolved: [] });
});

function tagsOf(count: number): Map<string, string> {
  return new Map(Array.from({ length: count }, (_, index) => [`k${index}`, "1"]));
}

/** The world after every batch took effect; what is unresolved isn't asked for again. */
function applied(resources: readonly PlannedResource[], { batches, unresolved }: Plan): PlannedResource[] {
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

function onePerTag(result: Plan, { tag: { resourcesPerCall } }: TypeContract): number {
  let calls = 0;
  for (const members of writtenTags(result).values()) {
    const counts = new Map<string, number>();
    for (const tags of members.values()) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    for (const count of counts.values()) calls += Math.ceil(count / resourcesPerCall);
  }
  return calls;
}

function identicalSets(result: Plan, { tag: { resourcesPerCall, tagsPerCall } }: TypeContract): number {
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
