import { beforeAll, describe, expect, test } from "vitest";
import { pages } from "../../lib/app/cloud/pages.ts";
import { callNameOf, reservedPrefix } from "../../lib/core/contract.ts";
import { NO_TAGS, type Tags } from "../../lib/core/resource.ts";
import { errorOf, manyTags, testWhere, type TriedProvider } from "./tried-provider.ts";

/** What exists is listed, all of it and once. */
export function listingsContract(tried: TriedProvider): void {
  const { type, wire, contract, onTheWire, fresh, readAll, read, lookFor } = tried;
  describe("listings", () => {
    const TOTAL = 1000;
    let ids: readonly string[];
    const tagsOf = (n: number) => manyTags(n % 4, "list");

    beforeAll(() => {
      ids = Array.from({ length: TOTAL }, (_, n) => fresh(tagsOf(n)));
    });

    test("1,000 resources are read by their ids, each tag exactly once", async () => {
      const all = new Map<string, Tags>();
      for (let at = 0; at < TOTAL; at += contract.list.idsPerCall) {
        const found = await readAll({ ids: ids.slice(at, at + contract.list.idsPerCall) });
        for (const [id, tags] of found) all.set(id, tags);
      }
      for (const [n, id] of ids.entries()) expect(all.get(id) ?? NO_TAGS).toEqual(tagsOf(n));
    });

    testWhere(contract.list.tagFilters > 0)("resources are found by a tag, each exactly once", async () => {
      const byKey = await readAll({ tags: [lookFor("list2", "v2")] });
      expect([...byKey.keys()].sort()).toEqual(ids.filter((_, n) => n % 4 > 2).sort());
      const byValue = await readAll({ tags: [{ key: "list0", value: "other" }] });
      expect(byValue.size).toBe(0);
    });

    testWhere(contract.list.tagFilters > 0)("ids and tags together intersect", async () => {
      const some = ids.slice(0, 8);
      const found = await readAll({ ids: some, tags: [{ key: "list0", value: "v0" }, { key: "list1" }] });
      expect([...found.keys()].sort()).toEqual(some.filter((_, n) => n % 4 > 1).sort());
    });

    const inventory = contract.inventory[type];
    /** What isn't the cloud's own: an inventory may leave that out. */
    const own = (tags: Tags = NO_TAGS) =>
      new Map([...tags].filter(([key]) => reservedPrefix(key, contract.key) === undefined));
    testWhere(inventory !== undefined)("the inventory shows every resource exactly once, tagged or not", async () => {
      const seen: string[] = [];
      for await (const page of pages((token) =>
        tried.subject.provider.listInventory(tried.subject.region, type, token),
      )) {
        for (const found of page.resources) {
          const id = callNameOf({ ...tried.where(), ...found }, contract);
          seen.push(id);
          if (inventory?.inlineTags === true) expect(own(found.tags)).toEqual(own(tried.subject.tagsOf(id)));
        }
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(ids.filter((id) => !new Set(seen).has(id))).toEqual([]);
    });

    testWhere(wire !== "none")("a page that is empty but not last doesn't end a listing", async () => {
      const [a, b] = [tried.subject.id(1), tried.subject.id(2)];
      const script = [{ ids: [a], next: "token1" }, { ids: [], next: "token2" }, { ids: [b] }];
      expect(await onTheWire().read(script)).toEqual([a, b]);
    });

    testWhere(wire === "tokens")("a token that repeats is an error and no end", async () => {
      const [a, b] = [tried.subject.id(1), tried.subject.id(2)];
      const script = [
        { ids: [a], next: "token1" },
        { ids: [b], next: "token2" },
        { ids: [], next: "token1" },
      ];
      const error = await errorOf(onTheWire().read(script));
      expect(error).toMatchObject({ code: "RepeatedToken", retryable: false });
    });

    test("each call is observed once, under its action", async () => {
      const before = tried.subject.observed.length;
      const requests = tried.subject.requests();
      await read(ids[0] ?? "");
      const calls = tried.subject.observed.slice(before);
      expect(calls.length).toBe(tried.subject.requests() - requests);
      expect(calls[0]).toMatchObject({ action: contract.list.action, region: tried.subject.region });
    });
  });
}
