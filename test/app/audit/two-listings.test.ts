import { describe, expect, it } from "vitest";
import type { InventoryResource, TagProvider, TagQuery } from "../../../lib/app/ports/provider.ts";
import { planScans, scanOfName, type ScopeTally } from "../../../lib/app/audit/second-look.ts";
import type { TypeContract } from "../../../lib/core/contract.ts";
import { ProviderError, type ErrorKind } from "../../../lib/core/errors.ts";
import type { MemoryResource } from "../../../lib/providers/memory.ts";
import * as fc from "../../properties.ts";
import { AT, keyOf, policies } from "../audit-world.ts";
import { genericContract } from "../generic-contract.ts";
import { account, ACCOUNT, audit, DISK, disk, disks, expected, found, of, PROD, REGIONS } from "./whole-account.ts";

// A cloud that reads one resource a call, and lists by several types what carries tags or what carries none.

const LACKING = { owner: "o" };

const SEARCHING = { action: "alibaba:tag:SearchTags", callsPerSecond: 20, per: "account" } as const;

/** Any type may be tagged. */
const { typeListing: _, ...everyType } = genericContract;

const contractOf = (rowsPerPage: number, pageSize: number): TypeContract => ({
  ...everyType,
  list: {
    ...genericContract.list,
    idsPerCall: 1,
    rowsPerPage,
    typesPerScan: 100,
    untaggedScan: true,
    searching: SEARCHING,
  },
  inventory: Object.fromEntries(
    Object.entries(genericContract.inventory).map(([type, one]) => [type, { ...one, pageSize }]),
  ),
});
const contract = contractOf(200, 200);

const listing = (resources: readonly MemoryResource[], options: Parameters<typeof account>[1] = {}) =>
  account(resources, { contract, ...options });

/** What an audit has read by names and by listings of types. */
const readsIn = (calls: Readonly<Record<string, number>>) =>
  (calls["ListTagResources"] ?? 0) + (calls["SearchTags"] ?? 0);

/** The listings by type that an audit makes, with what each is about. */
function watching(refuse: (query: TagQuery) => ErrorKind | undefined = () => undefined) {
  const scans: TagQuery[] = [];
  const wrap = (provider: TagProvider): TagProvider => ({
    ...provider,
    async listTagResources(query, token) {
      if (query.ids === undefined) {
        scans.push(query);
        const kind = refuse(query);
        if (kind !== undefined)
          throw new ProviderError({ code: "No", kind, message: "no", httpStatus: 400, requestId: "" });
      }
      return provider.listTagResources(query, token);
    },
  });
  return { scans, wrap };
}

describe("the second look where a call reads one resource", () => {
  it("reads each alone where they are few", async () => {
    const world = listing([...disks(3, LACKING, "lacking"), ...disks(2_000, PROD, "good")]);
    const { calls, evaluations } = await audit(world);
    expect(readsIn(calls)).toBe(3);
    expect(found(evaluations)).toEqual(expected(world.memory));
  });

  it("lists what carries tags where more of that is in doubt than it has pages, and no more", async () => {
    const { scans, wrap } = watching();
    const world = listing([...disks(40, LACKING, "lacking"), ...disks(2_000, PROD, "good")], { wrap });
    const { calls, evaluations } = await audit(world);
    expect(readsIn(calls)).toBe(Math.ceil(2_040 / 200));
    expect(scans.some(({ untagged }) => untagged)).toBe(false);
    expect(found(evaluations)).toEqual(expected(world.memory));
  });

  it("lists what carries none where most in doubt carries none", async () => {
    const { scans, wrap } = watching();
    const world = listing([...disks(900, {}, "bare"), ...disks(2_000, PROD, "good")], { wrap });
    const { calls, evaluations } = await audit(world);
    expect(readsIn(calls)).toBe(Math.ceil(900 / 200));
    expect(scans.every(({ untagged }) => untagged)).toBe(true);
    expect(found(evaluations)).toEqual(expected(world.memory));
  });

  it("lets types of a place share pages: half a page a region, however many types there are", async () => {
    const kinds = Array.from({ length: 60 }, (_, n) => `alibaba:ecs:kind${n}`);
    const resources = kinds.flatMap((type) =>
      Array.from({ length: 30 }, (_, n) => of(type, REGIONS[n % 2] ?? "", `r-${n}`, n % 3 === 0 ? LACKING : PROD)),
    );
    const world = listing(resources);
    const { calls, evaluations } = await audit(world);
    expect(readsIn(calls)).toBe(2 * Math.ceil(900 / 200));
    expect(found(evaluations)).toEqual(expected(world.memory));
  });

  it("takes for untagged what such a listing shows, and not what the other leaves out: it may be gone", async () => {
    const gone = disks(300, {}, "gone");
    const world = listing([...disks(300, {}, "bare"), ...disks(300, LACKING, "lacking"), ...gone]);
    const deleted = new Set(gone.map(({ id }) => id));
    const then = world.deps.registry.all[0];
    const stale = listing([...disks(300, {}, "bare"), ...disks(300, LACKING, "lacking")], {
      wrap: (provider) => ({
        ...provider,
        // As it was before they were deleted.
        listInventory: async (...asked) => (await then?.listInventory(...asked)) ?? { resources: [] },
      }),
    });
    const { evaluations, coverage } = await audit(stale);
    expect(evaluations.filter(({ id }) => deleted.has(id))).toEqual([]);
    expect(found(evaluations)).toEqual(expected(stale.memory));
    expect(coverage.gone).toEqual({ "alibaba:*:*": 300 });
  });

  it.each([
    ["what was tagged since", {}, PROD, "compliant"],
    ["what lost its tags since", LACKING, {}, "noncompliant"],
  ])("reads %s, which neither row nor plan knew", async (_, then, now, compliance) => {
    const row = (one: InventoryResource): InventoryResource =>
      one.id.startsWith("d-") ? { ...one, tags: new Map(Object.entries(then)) } : one;
    const world = listing([...disks(250, now), ...disks(250, PROD, "good")], { row });
    const { evaluations } = await audit(world);
    expect(evaluations.find(({ id }) => id === "d-7")).toMatchObject({ compliance });
    expect(found(evaluations)).toEqual(expected(world.memory));
  });

  it("finds the type for which a listing of many is refused, and lists the others", async () => {
    const kinds = Array.from({ length: 16 }, (_, n) => `alibaba:ecs:kind${n}`);
    const bad = kinds[5] ?? "";
    const { scans, wrap } = watching(({ types = [], type }) =>
      types.includes(bad) || type === bad ? "not-taggable" : undefined,
    );
    const resources = kinds.flatMap((type) =>
      Array.from({ length: 40 }, (_, n) => of(type, "cn-hangzhou", `r-${n}`, LACKING)),
    );
    const world = listing(resources, { wrap });
    const { calls, evaluations, gaps } = await audit(world);
    expect(found(evaluations)).toEqual(expected(world.memory));
    expect(gaps).toEqual([]);
    expect(scans.length).toBeLessThan(16);
    // Its own resources are read one by one.
    expect(readsIn(calls)).toBeLessThan(40 + 16);
  });

  it("doesn't look for a type where nobody may list at all", async () => {
    const { scans, wrap } = watching(() => "access");
    const kinds = Array.from({ length: 16 }, (_, n) => `alibaba:ecs:kind${n}`);
    const resources = kinds.flatMap((type) => [of(type, "cn-hangzhou", "r", LACKING), of(type, "cn-hangzhou", "s")]);
    const world = listing(resources, { wrap });
    expect(found((await audit(world)).evaluations)).toEqual(expected(world.memory));
    // The other one isn't asked for any more.
    expect(scans).toHaveLength(1);
  });
});

describe("whatever a day-old inventory says, and whatever has gone since", () => {
  const someTags = fc.constantFrom<Record<string, string>>({}, PROD, { env: "wrong" }, LACKING, { sandbox: "yes" });
  const estates = fc.uniqueArray(
    fc.record({
      type: fc.constantFrom(DISK, "alibaba:oss:bucket", "alibaba:log:project", "alibaba:cdn:domain"),
      place: fc.constantFrom(...REGIONS),
      id: fc.integer({ min: 0, max: 12 }),
      tags: someTags,
      isGone: fc.boolean(),
      row: fc.oneof({ weight: 2, arbitrary: fc.constant("as it is" as const) }, someTags, fc.constant(undefined)),
    }),
    { selector: ({ type, place, id }) => `${type} ${type.includes("cdn") ? "" : place} ${id}`, maxLength: 80 },
  );

  it("each that is there is judged once, as it is, but that a row may prove it fine; and what is gone is no finding", async () => {
    await fc.assert(
      fc.asyncProperty(estates, fc.integer({ min: 1, max: 12 }), async (estate, callsAnInvocation) => {
        const all = estate.map(({ type, place, id, tags }) =>
          of(type, type.includes("cdn") ? "global" : place, `r-${id}`, tags),
        );
        const key = ({ type, region = "", id }: Pick<InventoryResource, "type" | "region" | "id">) =>
          JSON.stringify([type, ACCOUNT, region, id]);
        const told = new Map(all.map((one, index) => [key(one), estate[index]]));
        const row = (one: InventoryResource): InventoryResource => {
          const { tags, ...rest } = one;
          const said = told.get(key(one))?.row;
          if (said === "as it is") return { ...rest, ...(tags !== undefined && { tags }) };
          return said === undefined ? rest : { ...rest, tags: new Map(Object.entries(said)) };
        };
        const small = contractOf(4, 5);
        const then = account(all, { contract: small, row }).deps.registry.all[0];
        const world = account(
          all.filter((one) => told.get(key(one))?.isGone === false),
          {
            contract: small,
            wrap: (provider) => ({
              ...provider,
              listInventory: async (...asked) => (await then?.listInventory(...asked)) ?? { resources: [] },
              countInventory: async (...asked) => (await then?.countInventory?.(...asked)) ?? new Map(),
            }),
          },
        );
        const { evaluations } = await audit(world, "r1", callsAnInvocation);
        const really = new Map(expected(world.memory));
        const judged = new Set(evaluations.map(keyOf));
        expect(judged.size).toBe(evaluations.length);
        for (const name of really.keys()) expect(judged).toContain(name);
        for (const one of evaluations) {
          const said = told.get(keyOf(one))?.row;
          const { type, region, id } = one;
          const rowTags = said === "as it is" ? told.get(keyOf(one))?.tags : said;
          const tags = rowTags === undefined ? undefined : new Map(Object.entries(rowTags));
          const proven = policies.evaluate({ type, region, id, account: ACCOUNT, tags }, AT).compliance;
          const isProven = tags !== undefined && proven !== "noncompliant";
          // A listing that was made for others may show that it is another by now.
          expect([isProven ? proven : undefined, really.get(keyOf(one))]).toContain(one.compliance);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("the plan of the listings", () => {
  const limits = { idsPerCall: 1, rowsPerPage: 20, typesPerScan: 100, untaggedScan: true } as const;
  const tally = fc
    .tuple(fc.nat(60), fc.nat(60), fc.nat(100), fc.nat(100))
    .map(([tagged, untagged, a, b]): ScopeTally => {
      const taggedSuspects = Math.floor((tagged * a) / 100);
      const untaggedSuspects = Math.floor((untagged * b) / 100);
      return { tagged, untagged, suspects: taggedSuspects + untaggedSuspects, untaggedSuspects };
    });
  const places = fc.dictionary(
    fc.constantFrom("r a:b:c p", "r a:b:d p", "r a:b:e p", "r a:b:f p", "s a:b:c", "s a:b:d"),
    tally,
  );
  const kinds = [
    {
      untagged: false,
      rows: ({ tagged }: ScopeTally) => tagged,
      in: (one: ScopeTally) => one.suspects - (one.untaggedSuspects ?? 0),
    },
    {
      untagged: true,
      rows: (one: ScopeTally) => one.untagged ?? 0,
      in: (one: ScopeTally) => one.untaggedSuspects ?? 0,
    },
  ];

  /** What a choice of types costs: its pages, and a read for each in doubt of the others. */
  const costOf = (
    entries: readonly [string, ScopeTally][],
    kind: (typeof kinds)[number],
    listed: ReadonlySet<string>,
  ) => {
    const rows = entries.reduce((sum, [name, one]) => sum + (listed.has(name) ? kind.rows(one) : 0), 0);
    const reads = entries.reduce((sum, [name, one]) => sum + (listed.has(name) ? 0 : kind.in(one)), 0);
    return reads + (listed.size === 0 ? 0 : Math.max(1, Math.ceil(rows / limits.rowsPerPage)));
  };

  it("takes at most a call more in a place than the best choice of types, and never more than reading each alone", () => {
    fc.assert(
      fc.property(places, (tallies) => {
        const scans = planScans(tallies, limits, () => true).map(scanOfName);
        for (const region of ["r", "s"]) {
          const entries = Object.entries(tallies).filter(([name]) => name.startsWith(region));
          for (const kind of kinds) {
            const types = scans
              .filter((one) => one.region === region && one.untagged === kind.untagged)
              .flatMap((one) => one.types);
            const chosen = new Set(
              entries.map(([name]) => name).filter((name) => types.includes(name.split(" ")[1] ?? "")),
            );
            const cost = costOf(entries, kind, chosen);
            expect(cost).toBeLessThanOrEqual(costOf(entries, kind, new Set()));
            for (let choice = 0; choice < 2 ** entries.length; choice += 1) {
              const some = new Set(entries.map(([name]) => name).filter((_, index) => (choice >> index) % 2 === 1));
              expect(cost).toBeLessThanOrEqual(costOf(entries, kind, some) + 1);
            }
          }
        }
      }),
    );
  });

  it("keeps projects of a region apart", () => {
    const many: ScopeTally = { tagged: 100, suspects: 50, untagged: 0, untaggedSuspects: 0 };
    expect(planScans({ "r a:b:c p": many, "r a:b:d p": many, "r a:b:c q": many }, limits, () => true)).toEqual([
      "r a:b:c q",
      "r a:b:c,a:b:d p",
    ]);
  });

  it("has the names of earlier versions where a type is listed alone", () => {
    const one = { idsPerCall: 50, rowsPerPage: 1_000 };
    expect(planScans({ "r a:b:c": { tagged: 10, suspects: 60 } }, one, () => true)).toEqual(["r a:b:c"]);
    expect(scanOfName("r a:b:c")).toEqual({ region: "r", types: ["a:b:c"], untagged: false });
  });
});

it("reads a resource alone of which only an event told", async () => {
  const world = listing([disk("d")]);
  expect((await audit(world)).compliance("d")).toEqual(["noncompliant"]);
});
