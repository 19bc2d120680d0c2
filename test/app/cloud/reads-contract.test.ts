import { describe, expect, test } from "vitest";
import { createCaller } from "../../../lib/app/cloud/call.ts";
import { readTags, type Reading } from "../../../lib/app/cloud/read-tags.ts";
import { createRegistry, createRouter } from "../../../lib/app/cloud/route.ts";
import { changeTags } from "../../../lib/app/change/change-tags.ts";
import { enforceTags } from "../../../lib/app/enforce/enforce-tags.ts";
import type { TagPage, TagProvider, TagQuery } from "../../../lib/app/ports/provider.ts";
import { findContract } from "../../../lib/core/contract.ts";
import { FINAL, type ErrorKind } from "../../../lib/core/errors.ts";
import { resourceKey } from "../../../lib/core/resource.ts";
import { allContracts } from "../../../lib/providers/index.ts";
import type { MemoryResource } from "../../../lib/providers/memory.ts";
import { array, assert, asyncProperty, integer } from "../../properties.ts";
import { created, createWorld, group, instance, messagesOf, providerError, user } from "../enforce-world.ts";

const pool = (id: string, tags: Record<string, string> = {}): MemoryResource => ({
  ...group(id, tags),
  type: "alibaba:vpcipam:IPAMPOOL",
});
const gateway = (id: string, tags: Record<string, string> = {}): MemoryResource => ({
  ...user(id, tags),
  type: "huawei:apig:instance",
  region: "cn-north-4",
});

/** One type of each tagging API; a read of several ids is what all but Huawei's can do. */
const APIS = [
  ["alibaba:apigateway", group],
  ["alibaba:vpcipam", pool],
  ["aws", instance],
  ["huawei:iam", user],
  ["huawei:apig", gateway],
] as const;
const OF_SEVERAL = APIS.filter(([, make]) => contractOf(make("x")).list.idsPerCall > 1);

function contractOf({ type }: MemoryResource) {
  return findContract(allContracts, type) ?? expect.fail(type);
}

type Answer = (query: TagQuery, token: string | undefined, honest: TagProvider) => Promise<TagPage>;

/** A world in which every provider answers reads by ids like this. */
function answering(resources: readonly MemoryResource[], answer: Answer) {
  const world = createWorld({ resources });
  const reads: (readonly string[])[] = [];
  const clouds = [world.alibaba, world.huawei, world.aws].map((honest): TagProvider => ({
    ...honest,
    listTagResources(query, token) {
      reads.push(query.ids ?? []);
      return answer(query, token, honest);
    },
  }));
  return { ...world, reads, deps: { ...world.deps, registry: createRegistry(clouds) } };
}

async function readAll({ deps, deadline, clock }: ReturnType<typeof answering>, wanted: readonly MemoryResource[]) {
  const caller = createCaller({ ...deps, deadline });
  const routeTo = createRouter(deps.registry, deps.accounts);
  const resources = wanted.map((one) => {
    const ref = created(one);
    const route = routeTo(ref);
    return "problem" in route ? expect.fail(route.problem) : { ref, route };
  });
  const readings = await readTags(resources, { caller, clock });
  return (one: MemoryResource): Reading => readings.get(resourceKey(created(one))) ?? expect.fail("no reading");
}

const several = (make: (typeof APIS)[number][1], count: number, tags: Record<string, string> = {}) =>
  Array.from({ length: count }, (_, n) => make(`r-${n}`, tags));

/** Calls the resource `odd` by another name, as a service does that normalises names. */
const shouting =
  (odd: MemoryResource): Answer =>
  async (query, token, honest) => {
    const page = await honest.listTagResources(query, token);
    const rows = page.rows.map((row) => (row.id === odd.id ? { ...row, id: row.id.toUpperCase() } : row));
    return { ...page, rows };
  };

describe.each(APIS)("a row of an id that nobody asked for, in a read of %s", (_, make) => {
  test("leaves what has no row unknown, and names the odd id", async () => {
    const odd = make("odd", { env: "prod" });
    const of = await readAll(answering([odd], shouting(odd)), [odd]);
    expect(of(odd)).toMatchObject({
      kind: "unknown",
      error: { code: "UnaskedRow", message: expect.stringContaining(odd.id.toUpperCase()) as string },
    });
  });

  test("so that enforcement never writes over what it carries: it comes back", async () => {
    const odd = make("odd", { env: "prod", owner: "bob" });
    const world = answering([odd], shouting(odd));
    const { resources, actions } = await enforceTags(messagesOf([created(odd)]), world.deps, world.deadline);
    expect(resources).toMatchObject([{ outcome: "redelivered", code: "UnaskedRow" }]);
    expect(actions.some(({ action }) => action === "acknowledge")).toBe(false);
    expect(world.tagsOf(odd.id)).toEqual({ env: "prod", owner: "bob" });
  });

  test("nor do people's own changes and undo", async () => {
    const odd = make("odd", { env: "prod" });
    const world = answering([odd], shouting(odd));
    const { deps, clock } = world;
    const endsAt = clock.now() + 20_000;
    const change = { ref: created(odd), key: "env", to: "dev" };
    const route = createRouter(deps.registry, deps.accounts);
    const deadline = { remainingMs: () => endsAt - clock.now() };
    const { endings } = await changeTags([change], { ...deps, route }, { apply: true, deadline });
    expect(endings).toMatchObject([{ outcome: "failed", code: "UnaskedRow" }]);
    expect(world.tagsOf(odd.id)).toEqual({ env: "prod" });
  });
});

describe.each(OF_SEVERAL)("a read of several ids of %s", (_, make) => {
  const { idsPerCall } = contractOf(make("x")).list;

  test("that shows an odd id leaves only that resource unknown, in a few reads more", async () => {
    const odd = make("odd", { env: "prod" });
    const [tagged, bare] = [make("tagged", { env: "dev" }), several(make, idsPerCall - 2)];
    const world = answering([odd, tagged, ...bare], shouting(odd));
    const of = await readAll(world, [odd, tagged, ...bare]);
    expect(of(odd)).toMatchObject({ kind: "unknown", error: { code: "UnaskedRow" } });
    expect(of(tagged)).toMatchObject({ kind: "known", tags: new Map([["env", "dev"]]) });
    for (const one of bare) expect(of(one)).toMatchObject({ kind: "known", tags: new Map() });
    expect(world.reads.length).toBeLessThanOrEqual(16);
  });

  test("that shows an odd id beside rows of all of them knows none whose tags are a row each", async () => {
    const all = several(make, 3, { env: "dev", owner: "bob" });
    const [first] = all;
    if (first === undefined) expect.fail();
    const isWhole = contractOf(first).list.rows === "resource";
    const world = answering(all, async (query, token, honest) => {
      const page = await honest.listTagResources(query, token);
      // One tag of one of them comes under its name in another spelling.
      const rows = page.rows.flatMap(({ id, type, tags }) =>
        [...tags].map(([key, value]) => {
          const isOdd = !isWhole && id === first.id && key === "owner";
          return { id: isOdd ? id.toUpperCase() : id, type, tags: new Map([[key, value]]) };
        }),
      );
      return { ...page, rows };
    });
    const of = await readAll(world, all);
    if (isWhole) expect(of(first).kind).toBe("known");
    else expect(of(first)).toMatchObject({ kind: "unknown", error: { code: "UnaskedRow" } });
    for (const other of all.slice(1)) expect(of(other).kind).toBe("known");
  });

  test.each([...FINAL, "request", "unknown", "conflict"] as const)(
    "that is refused for one of them (%s) leaves the others known",
    async (kind) => {
      const all = several(make, idsPerCall, { env: "dev" });
      const bad = all[idsPerCall >> 1] ?? expect.fail();
      const of = await readAll(
        answering(all, async (query, token, honest) => {
          if (query.ids?.includes(bad.id) === true) throw providerError(kind);
          return honest.listTagResources(query, token);
        }),
        all,
      );
      for (const one of all) expect([one.id, of(one).kind]).toEqual([one.id, one === bad ? "unknown" : "known"]);
      expect(of(bad)).toMatchObject({ error: { kind } });
    },
  );

  test.each(["access", "throttled", "transient"] as const satisfies readonly ErrorKind[])(
    "that didn't get through (%s) is not searched",
    async (kind) => {
      const all = several(make, idsPerCall);
      const world = answering(all, async () => {
        throw providerError(kind);
      });
      await readAll(world, all);
      for (const ids of world.reads) expect(ids).toHaveLength(idsPerCall);
    },
  );
});

describe.each(APIS)("a read of %s by ids", (_, make) => {
  const { list, tagsPerResource } = contractOf(make("x"));
  const wanted = several(make, Math.min(list.idsPerCall, 5));

  test.each<[string, number, (query: TagQuery, n: number) => TagPage]>([
    ["the same rows with a new token each time", 2, (query, n) => ({ ...rowsOf(query, 1), nextToken: `t${n}` })],
    ["the same token with new rows", 3, (query, n) => ({ ...rowsOf(query, n + 1), nextToken: "t" })],
    ["empty pages without end", 11, (_query, n) => ({ rows: [], rowCount: 0, nextToken: `t${n}` })],
    [
      "a new tag on each page without end",
      Math.ceil((wanted.length * tagsPerResource) / list.rowsPerPage) * 2 + 10,
      (query, n) => ({ ...rowsOf(query, n + 1), nextToken: `t${n}` }),
    ],
  ])("that is answered with %s is an error after at most %d calls", async (_name, most, pageOf) => {
    let calls = 0;
    const world = answering(wanted, async (query) => {
      calls += 1;
      return pageOf(query, calls);
    });
    const of = await readAll(world, wanted);
    for (const one of wanted) {
      expect(of(one)).toMatchObject({
        error: { code: expect.stringMatching(/^EndlessRead$|^RepeatedToken$/) as string },
      });
    }
    expect(calls).toBeLessThanOrEqual(most * (list.idsPerCall === 1 ? wanted.length : 1));
  });

  test("comes back where it can't end, and nothing is written", async () => {
    let calls = 0;
    const world = answering(wanted, async (query) => ({ ...rowsOf(query, 1), nextToken: `t${(calls += 1)}` }));
    const messages = messagesOf(wanted.map((one) => created(one)));
    const { resources, actions } = await enforceTags(messages, world.deps, world.deadline);
    for (const one of resources) expect(one).toMatchObject({ outcome: "redelivered", code: "EndlessRead" });
    expect(actions.every(({ action }) => action !== "acknowledge")).toBe(true);
    expect(Object.values(world.calls())).toEqual([]);
  });
});

/** One tag of each id that is asked for, the nth. */
function rowsOf({ ids = [], type }: TagQuery, n: number): Pick<TagPage, "rows" | "rowCount"> {
  return { rows: ids.map((id) => ({ id, type, tags: new Map([[`k${n}`, "v"]]) })), rowCount: ids.length };
}

test("pages of any length, empty ones among them, are read to the end as long as they bring something", async () => {
  await assert(
    asyncProperty(array(integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 30 }), async (lengths) => {
      const tags = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`k${n}`, "v"]));
      const all = several(group, 50, tags);
      const rows = all.flatMap(({ id, type }) =>
        Object.entries(tags).map((tag) => ({ id, type, tags: new Map([tag]) })),
      );
      const pages: TagPage[] = [];
      let at = 0;
      const add = (length: number) => {
        const page = rows.slice(at, (at += length));
        pages.push({ rows: page, rowCount: page.length });
      };
      // As empty as an honest listing may be, at least.
      for (const length of lengths.slice(0, 9)) add(length);
      while (at < rows.length) add(50);
      const world = answering(all, async (_query, token) => {
        const n = Number(token ?? 0);
        const page = pages[n] ?? expect.fail();
        return n + 1 < pages.length ? { ...page, nextToken: String(n + 1) } : page;
      });
      const of = await readAll(world, all);
      for (const one of all) expect(of(one)).toMatchObject({ kind: "known", tags: new Map(Object.entries(tags)) });
    }),
  );
});
