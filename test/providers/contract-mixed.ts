import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pages } from "../../lib/app/cloud/pages.ts";
import type { InventoryResource, TagProvider, TagQuery } from "../../lib/app/ports/provider.ts";
import { callNameOf, findContract, type TypeContract } from "../../lib/core/contract.ts";
import { NO_TAGS, tagsFromObject, tagsToObject, type ResourceRef, type Tags } from "../../lib/core/resource.ts";
import { allContracts, createProvider } from "../../lib/providers/index.ts";
import type { Emulator } from "../../local/emulator/start.ts";
import { deps } from "./accounts.ts";
import { emulatedAccount, type EmulatedRow } from "./emulated-subject.ts";
import { errorOf, manyTags, testWhere } from "./tried-provider.ts";

/** Types that share a call. */
export interface MixedRow extends Pick<EmulatedRow, "type" | "asks" | "region"> {
  /** Four kinds at least, of the region, whose tags are there when a write was answered. The nth of each has the same id, where ids don't tell types apart. */
  readonly kinds: readonly { readonly type: string; readonly id: (n: number) => string }[];
  /** What lies elsewhere, and is listed with the rest where one inventory shows all regions. */
  readonly elsewhere: readonly {
    readonly type: string;
    readonly region: string;
    readonly id: (n: number) => string;
  }[];
  /** Whether the emulated cloud's faults know resources by the names of calls, or by their ids. */
  readonly faultsGoBy: "name" | "id";
  /** A type that nobody can tag, where it takes its whole call along. */
  readonly untaggable?: { readonly type: string; readonly id: string };
}

/** What a provider does whose calls hold several types, over HTTP. */
export function mixedContract(row: MixedRow): void {
  const { type, region, kinds, elsewhere, faultsGoBy, untaggable } = row;
  const contract: TypeContract = findContract(allContracts, type) ?? expect.fail(`no contract for ${type}`);

  describe(`mixed types of ${type}`, () => {
    let emulator: Emulator;
    let provider: TagProvider;
    let made = 0;

    beforeAll(async () => {
      const started = await emulatedAccount(row, { regions: { [type.split(":", 1)[0] ?? ""]: regionsOf(row) } });
      ({ emulator } = started);
      provider = createProvider(started.account, deps);
    });
    afterAll(() => emulator.close());

    const nameOf = (ref: ResourceRef): string => callNameOf(ref, contract);
    const tagsOf = (ref: ResourceRef): Tags => tagsFromObject(emulator.world.get(ref)?.tags ?? {});
    const requests = (): number => Object.values(emulator.calls()).reduce((sum, count) => sum + count, 0);
    const where = () => ({ type, account: provider.account, region });

    /** One of each kind, with the same id, that no other test knows, and not there yet. */
    function unborn(): readonly ResourceRef[] {
      made += 1;
      return kinds.map((kind) => ({ type: kind.type, account: provider.account, region, id: kind.id(made) }));
    }
    function born(tags: Tags = NO_TAGS): readonly ResourceRef[] {
      const refs = unborn();
      for (const ref of refs) emulator.world.create({ ...ref, tags: tagsToObject(tags) });
      return refs;
    }
    const tag = (refs: readonly ResourceRef[], tags: Tags) =>
      provider.tagResources({ ...where(), resourceIds: refs.map(nameOf), tags });
    async function readAll(query: Partial<TagQuery>): Promise<ReadonlyMap<string, Tags>> {
      const all = new Map<string, Tags>();
      const full = { type, region, ...query };
      for await (const page of pages((token) => provider.listTagResources(full, token))) {
        for (const { id, tags } of page.rows) {
          if (all.has(id)) throw new Error(`${id} came twice`);
          all.set(id, tags);
        }
      }
      return all;
    }

    test("several types with equal ids are written by one call, and no other type of that id", async () => {
      const [bystander, ...refs] = born(new Map([["kept", "as is"]]));
      const before = requests();
      const result = await tag(refs, new Map([["env", "prod"]]));
      expect(requests() - before).toBe(1);
      expect([result.succeeded, result.failed]).toEqual([refs.map(nameOf), new Map()]);
      for (const ref of refs) expect(tagsToObject(tagsOf(ref))).toEqual({ kept: "as is", env: "prod" });
      expect(tagsToObject(tagsOf(bystander ?? expect.fail("a kind")))).toEqual({ kept: "as is" });
    });

    test("are read by their own names, by one call where one may name several", async () => {
      const refs = born();
      for (const [n, ref] of refs.entries()) emulator.world.create({ ...ref, tags: { kind: `kind ${n}` } });
      const [untagged] = unborn();
      emulator.world.create(untagged ?? expect.fail("a kind"));
      const before = requests();
      const names = [...refs, untagged ?? expect.fail("a kind")].map(nameOf);
      const { idsPerCall } = contract.list;
      const found = new Map<string, Tags>();
      for (let at = 0; at < names.length; at += idsPerCall) {
        for (const [name, tags] of await readAll({ ids: names.slice(at, at + idsPerCall) })) found.set(name, tags);
      }
      expect(requests() - before).toBe(Math.ceil(names.length / idsPerCall));
      const tagged = new Map([...found].filter(([, tags]) => tags.size > 0));
      expect(tagged).toEqual(new Map(refs.map((ref, n) => [nameOf(ref), new Map([["kind", `kind ${n}`]])])));
    });

    test("lose a key by one call", async () => {
      const [bystander, ...refs] = born(new Map([["a", "1"]]));
      const result = await provider.untagResources({ ...where(), resourceIds: refs.map(nameOf), keys: ["a"] });
      expect([result.succeeded, result.failed]).toEqual([refs.map(nameOf), new Map()]);
      expect([...refs, bystander ?? expect.fail("a kind")].map((ref) => tagsOf(ref).size)).toEqual([
        ...refs.map(() => 0),
        1,
      ]);
    });

    test("what is missing, full or refused fails by itself, and each is told by its own name", async () => {
      const [missing, full, good] = unborn();
      // An id of its own, since faults may go by that alone.
      const [refused] = unborn();
      if (missing === undefined || full === undefined || refused === undefined || good === undefined)
        throw new Error("four kinds at least");
      emulator.world.create({ ...full, tags: tagsToObject(manyTags(contract.tagsPerResource)) });
      emulator.world.create(refused);
      emulator.world.create(good);
      const resourceId = faultsGoBy === "name" ? nameOf(refused) : refused.id;
      emulator.setFaults([{ match: { resourceId }, effect: "error", code: "Odd.Refusal" }]);
      const result = await tag([missing, full, refused, good], new Map([["env", "prod"]])).finally(() =>
        emulator.setFaults([]),
      );
      expect(result.succeeded).toEqual([nameOf(good)]);
      const failed = [...result.failed].map(([name, error]) => [name, error.resourceId, error.kind]);
      expect(new Map(failed.map(([name, ...rest]) => [name, rest]))).toEqual(
        new Map([
          [nameOf(missing), [nameOf(missing), "not-found"]],
          [nameOf(full), [nameOf(full), "resource-permanent"]],
          [nameOf(refused), [nameOf(refused), "unknown"]],
        ]),
      );
      expect([full, refused, good].map((ref) => tagsOf(ref).get("env"))).toEqual([undefined, undefined, "prod"]);
    });

    test("an answer in which all have failed is no success of any", async () => {
      const refs = unborn();
      const { succeeded, failed } = await tag(refs, new Map([["env", "prod"]]));
      expect([succeeded, [...failed.keys()].sort()]).toEqual([[], refs.map(nameOf).sort()]);
    });

    const odd: ResourceRef = { region, account: "", type: "", id: "", ...untaggable };
    testWhere(untaggable !== undefined)(
      "a type that can't be tagged refuses its whole call, and is told as that alone",
      async () => {
        const refs = born();
        const alone = { ...odd, account: provider.account };
        const all = [...refs, alone];
        const { code, kind } = await errorOf(tag([alone], new Map([["env", "prod"]])));
        expect(kind).toBe("not-taggable");
        expect(await errorOf(tag(all, new Map([["env", "prod"]])))).toMatchObject({ code });
        expect(await errorOf(readAll({ ids: all.map(nameOf) }))).toMatchObject({ code });
        expect(refs.map((ref) => tagsOf(ref).size)).toEqual(refs.map(() => 0));
        expect((await tag(refs, new Map([["env", "prod"]]))).failed).toEqual(new Map());
      },
    );

    test("more tags than a call holds are written by several, up to what a resource can carry", async () => {
      const refs = born();
      const all = [...manyTags(contract.tagsPerResource + contract.tag.tagsPerCall)];
      const fits = contract.tagsPerResource;
      for (let at = 0; at < all.length; at += contract.tag.tagsPerCall) {
        const { succeeded, failed } = await tag(refs, new Map(all.slice(at, at + contract.tag.tagsPerCall)));
        const isTaken = at + contract.tag.tagsPerCall <= fits;
        expect(succeeded).toEqual(isTaken ? refs.map(nameOf) : []);
        expect([...failed.values()].every(({ kind }) => kind === "resource-permanent")).toBe(true);
      }
      for (const ref of refs) expect(tagsOf(ref)).toEqual(new Map(all.slice(0, fits)));
    });

    describe("1,000 resources", () => {
      let refs: readonly ResourceRef[];
      const tagsFor = (n: number): Tags => manyTags(n % 3, "many");

      beforeAll(() => {
        const rounds = Array.from({ length: Math.ceil(1_000 / kinds.length) }, () => unborn());
        refs = rounds.flat();
        for (const [n, ref] of refs.entries()) emulator.world.create({ ...ref, tags: tagsToObject(tagsFor(n)) });
      });

      test("are read by their names, each once", async () => {
        const found = new Map<string, Tags>();
        for (let at = 0; at < refs.length; at += contract.list.idsPerCall) {
          const some = await readAll({ ids: refs.slice(at, at + contract.list.idsPerCall).map(nameOf) });
          for (const [name, tags] of some) found.set(name, tags);
        }
        for (const [n, ref] of refs.entries()) expect(found.get(nameOf(ref)) ?? NO_TAGS).toEqual(tagsFor(n));
      });

      const inventory = contract.inventory[type];
      testWhere(inventory !== undefined)(
        "are listed with those of other regions, each once and where it is",
        async () => {
          const others = elsewhere.map(({ type: kind, region: place, id }) => {
            const ref = { type: kind, account: provider.account, region: place, id: id(1) };
            emulator.world.create({ ...ref, tags: { env: "dev" } });
            return ref;
          });
          const found: InventoryResource[] = [];
          let calls = 0;
          for await (const { resources } of pages((token) => provider.listInventory("all", type, token))) {
            calls += 1;
            found.push(...resources);
          }
          const listed = new Map(found.map((one) => [nameOf({ ...where(), ...one }), one]));
          expect(listed.size).toBe(found.length);
          expect(calls).toBe(Math.ceil(found.length / (inventory?.pageSize ?? 1)));
          for (const ref of [...refs, ...others]) {
            const { type: kind, region: place, id } = ref;
            expect(listed.get(nameOf(ref))).toMatchObject({ type: kind, region: place, id, tags: tagsOf(ref) });
          }
          const counts = await provider.countInventory?.("all", type, "region");
          const here = new Map<string, number>();
          for (const { region: place = "" } of found) here.set(place, (here.get(place) ?? 0) + 1);
          expect(counts).toEqual(here);
        },
      );

      testWhere(contract.list.typeScan === true)(
        "of one type are listed by that type, if they carry tags",
        async () => {
          const [kind] = kinds;
          const wanted = kind?.type ?? "";
          const more = Array.from({ length: 2 * contract.list.rowsPerPage }, (_, n): ResourceRef => ({
            ...where(),
            type: wanted,
            id: kind?.id(100_000 + n) ?? "",
          }));
          for (const ref of more) emulator.world.create({ ...ref, tags: { env: "dev" } });
          const before = requests();
          const found = await readAll({ type: wanted });
          expect(requests() - before).toBe(Math.ceil(found.size / contract.list.rowsPerPage));
          const here = [...emulator.world.all()].filter(
            (one) => one.type === wanted && one.region === region && Object.keys(one.tags ?? {}).length > 0,
          );
          expect(found).toEqual(new Map(here.map((one) => [nameOf(one), tagsFromObject(one.tags ?? {})])));
          for (const ref of more) emulator.world.remove(ref);
        },
      );
    });

    testWhere(contract.optIn === true)("the types that can be tagged are told page by page", async () => {
      const types = new Set<string>();
      let token: string | undefined;
      do {
        const page = await provider.listTypes?.(region, token);
        for (const one of page?.types ?? []) types.add(one);
        token = page?.nextToken;
      } while (token !== undefined);
      expect([...kinds, ...elsewhere].filter((kind) => !types.has(kind.type))).toEqual([]);
      expect(types.has(untaggable?.type ?? "")).toBe(false);
    });
  });
}

function regionsOf({ region, elsewhere }: MixedRow): readonly string[] {
  return [region, ...elsewhere.map((one) => one.region)].filter((one) => one !== "global");
}
