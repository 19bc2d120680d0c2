import { describe, expect, it } from "vitest";
import { knownIn } from "../../../lib/app/audit/known-findings.ts";
import { planReads } from "../../../lib/app/folder-audit/plan-reads.ts";
import { runAudit } from "../../../lib/app/folder-audit/run-audit.ts";
import type { InventoryResource, TagProvider } from "../../../lib/app/ports/provider.ts";
import type { TypeContract } from "../../../lib/core/contract.ts";
import { ProviderError } from "../../../lib/core/errors.ts";
import { preparePolicies } from "../../../lib/core/policy/prepare.ts";
import type { KnownFinding } from "../../../lib/core/report/known-finding.ts";
import type { MemoryResource } from "../../../lib/providers/memory.ts";
import { memorySeen } from "../../../lib/sinks/dynamo/memory-seen.ts";
import { memoryObjects } from "../../../lib/sinks/objects/memory.ts";
import { objectRunStore } from "../../../lib/sinks/objects/run-store.ts";
import * as fc from "../../properties.ts";
import { AT, compile, keyOf, policies } from "../audit-world.ts";
import { genericContract } from "../generic-contract.ts";
import { account, ACCOUNT, audit, DISK, disk, disks, expected, found, of, PROD, REGIONS } from "./whole-account.ts";

const prepared = preparePolicies(
  compile(`
version: 1
requiredTags: { env: {} }
policies: [{ name: everything, match: { not: { tags: { sandbox: "*" } } }, require: [env] }]
`),
);

/** Of ten types in all regions, ids shared by all of them; some of a type are compliant, some lack a tag, some have none. */
function mixed(count: number): MemoryResource[] {
  const kinds = ["ecs:disk", "ecs:instance", "oss:bucket", "log:project", "slb:instance", "rds:instance", "vpc:eip"];
  const regional = Array.from({ length: count }, (_, n): MemoryResource => {
    const tags = [PROD, { env: "wrong" }, { owner: "o" }, {}, PROD, { ...PROD, owner: "o" }, PROD, PROD, PROD, PROD][
      n % 10
    ];
    return of(
      `alibaba:${kinds[n % kinds.length]}`,
      REGIONS[n % 2] ?? "",
      `r/${n % 97}:${Math.floor(n / 679)}-${n % 7}`,
      tags,
    );
  });
  return [
    ...regional,
    ...Array.from({ length: 30 }, (_, n) => of("alibaba:cdn:domain", "global", `r/${n}`, n % 2 === 0 ? PROD : {})),
    ...Array.from({ length: 30 }, (_, n) => of("alibaba:apigateway:apiGroup", "cn-hangzhou", `r/${n}`, PROD)),
  ];
}

describe("an audit of all that an account can tag", () => {
  it("judges each resource exactly once, as its tags say, whatever ids its types share", async () => {
    const world = account(mixed(3_000));
    const { evaluations, gaps } = await audit(world);
    expect(found(evaluations)).toEqual(expected(world.memory));
    expect(gaps).toEqual([]);
  });

  it.each([1, 2, 3])("comes to the same where it is handed on after every %d calls", async (calls) => {
    const world = account(mixed(3_000));
    const { evaluations, gaps, invocations } = await audit(world, "r1", calls);
    expect(invocations).toBeGreaterThan(5);
    expect(found(evaluations)).toEqual(expected(world.memory));
    expect(gaps).toEqual([]);
  });

  it("takes a call for each 500 that are compliant, and one that counts them", async () => {
    const { calls } = await audit(account(disks(1_200, PROD)));
    expect(calls).toMatchObject({ SearchResources: 3, GetResourceCounts: 1 });
    expect(calls).not.toHaveProperty("ListTagResources");
  });

  it("is no audit of what the account leaves out", async () => {
    const { evaluations, calls } = await audit(
      account([disk("d"), of("alibaba:oss:bucket", "cn-hangzhou", "b")], { types: ["alibaba:oss:*"] }),
    );
    expect(evaluations.map(({ id }) => id)).toEqual(["b"]);
    expect(calls["SearchResources"]).toBe(1);
    expect((await audit(account([disk("d")], { types: ["alibaba:apigateway:*"] }))).calls).not.toHaveProperty(
      "SearchResources",
    );
  });

  it("leaves resources of other regions alone, and says how many there are", async () => {
    const { evaluations, notes, gaps } = await audit(account([disk("d", PROD), of(DISK, "us-west-1", "far")]));
    expect(evaluations.map(({ id }) => id)).toEqual(["d"]);
    expect(notes).toContainEqual(expect.stringContaining("not configured are not audited: us-west-1 1"));
    expect(gaps).toEqual([]);
  });
});

describe("the plan of such an audit's reads", () => {
  it("names all that it calls, at the rate of the account, and expects what the run before took", async () => {
    const { deps } = account(mixed(1_000));
    const { result } = await runAudit({ ...deps, policies: prepared, out: "DIR" });
    const { reads } = await planReads(result.run, deps);
    const own = reads.filter(({ shard }) => shard.endsWith(".all.all"));
    expect(own.map(({ region, action, callsPerSecond }) => [region, action.split(":")[2], callsPerSecond])).toEqual([
      ["all", "SearchResources", 5],
      ["all", "GetResourceCounts", 5],
      ["all", "ListTagResources", 10],
    ]);
    const expectedCalls = Object.fromEntries(
      reads.filter(({ calls }) => calls !== 0).map((one) => [one.action, one.calls]),
    );
    expect(expectedCalls).toMatchObject({
      "alibaba:resourcecenter:SearchResources": result.calls["alibaba:resourcecenter:SearchResources"],
      "alibaba:resourcecenter:GetResourceCounts": 1,
      "alibaba:tag:ListTagResources": result.calls["alibaba:tag:ListTagResources"],
    });
  });
});

describe("an inventory's row", () => {
  const saying =
    (tags: Record<string, string> | undefined) =>
    (one: InventoryResource): InventoryResource => {
      const { tags: _, ...rest } = one;
      return tags === undefined ? rest : { ...rest, tags: new Map(Object.entries(tags)) };
    };

  it.each([
    ["calls noncompliant", {}],
    ["carries wrong tags of", { env: "wrong" }],
    ["carries no tags field for", undefined],
  ])("that %s what is compliant by now makes no finding: it is read", async (_, stale) => {
    const { compliance, calls } = await audit(account([disk("d", PROD)], { row: saying(stale) }));
    expect(compliance("d")).toEqual(["compliant"]);
    expect(calls["ListTagResources"]).toBe(1);
  });

  it("that calls compliant what has lost its tags counts, as of its time", async () => {
    const { compliance, calls } = await audit(account([disk("d")], { row: saying(PROD) }));
    expect(compliance("d")).toEqual(["compliant"]);
    expect(calls).not.toHaveProperty("ListTagResources");
  });

  it("of what is exempt from policies by its tags needs no read either", async () => {
    const { compliance, calls } = await audit(account([disk("d", { sandbox: "yes" })]));
    expect(compliance("d")).toEqual(["not-applicable"]);
    expect(calls).not.toHaveProperty("ListTagResources");
  });

  it("that differs between two pages which both show the resource proves nothing", async () => {
    const rows = [{ env: "wrong" }, PROD].map((tags): InventoryResource => ({
      type: DISK,
      id: "d",
      region: "cn-hangzhou",
      tags: new Map(Object.entries(tags)),
    }));
    const wrap = (provider: TagProvider): TagProvider => ({
      ...provider,
      listInventory: async (region, type, token) =>
        type.includes("*") ? { resources: rows } : provider.listInventory(region, type, token),
    });
    const { compliance, calls } = await audit(account([disk("d")], { wrap }));
    expect(compliance("d")).toEqual(["noncompliant"]);
    expect(calls["ListTagResources"]).toBe(1);
  });

  it("is not read where it says that its resource can't be tagged", async () => {
    const { compliance, calls } = await audit(account([{ ...disk("d"), notTaggable: "NoTagCode" }]));
    expect(compliance("d")).toEqual(["not-applicable"]);
    expect(calls).not.toHaveProperty("ListTagResources");
  });
});

describe("the second look", () => {
  const manyBad = [
    ...disks(1_500, {}, "bare"),
    ...disks(700, { owner: "o" }, "lacking"),
    ...disks(2_000, PROD, "good"),
  ];
  const scans =
    (change: (query: Parameters<TagProvider["listTagResources"]>[0], token: string | undefined) => unknown) =>
    (provider: TagProvider): TagProvider => ({
      ...provider,
      async listTagResources(query, token) {
        const page = await provider.listTagResources(query, token);
        return query.ids === undefined ? { ...page, ...(change(query, token) as object) } : page;
      },
    });
  const byName = Math.ceil(2_200 / 50);

  it("lists a type by its tags where that is fewer calls than by names", async () => {
    const world = account(manyBad);
    const { evaluations, calls } = await audit(world);
    expect(calls["ListTagResources"]).toBe(3);
    expect(found(evaluations)).toEqual(expected(world.memory));
  });

  it("reads by names where that is fewer, 50 of all types of a region to a call", async () => {
    const few = ["ecs:disk", "oss:bucket", "log:project", "slb:instance"].flatMap((kind) =>
      Array.from({ length: 10 }, (_, n) => of(`alibaba:${kind}`, "cn-hangzhou", `${n}`)),
    );
    const world = account([...few, ...disks(2_000, PROD, "good")]);
    const { evaluations, calls } = await audit(world);
    expect(calls["ListTagResources"]).toBe(1);
    expect(found(evaluations)).toEqual(expected(world.memory));
  });

  it.each<[string, (query: unknown, token: string | undefined) => unknown]>([
    [
      "is refused",
      () => {
        throw new ProviderError({ code: "No", kind: "request", message: "no", httpStatus: 400, requestId: "" });
      },
    ],
    [
      "is refused after its first page",
      (_, token) => {
        if (token === undefined) return {};
        throw new ProviderError({
          code: "Invalid.NextToken",
          kind: "request",
          message: "no",
          httpStatus: 403,
          requestId: "",
        });
      },
    ],
    ["comes back to its first page", () => ({ nextToken: "again" })],
  ])("reads by names what such a listing would have shown where it %s", async (_, change) => {
    const world = account(manyBad, { wrap: scans(change) });
    const { evaluations, calls, gaps } = await audit(world);
    expect(found(evaluations)).toEqual(expected(world.memory));
    expect(gaps).toEqual([]);
    expect(calls["ListTagResources"]).toBeGreaterThanOrEqual(byName);
  });

  it("doesn't take a resource for untagged whose row carries tags that such a listing leaves out", async () => {
    // As if the listing spelled it otherwise.
    const wrap = (provider: TagProvider): TagProvider => ({
      ...provider,
      async listTagResources(query, token) {
        const page = await provider.listTagResources(query, token);
        return query.ids === undefined
          ? { ...page, rows: page.rows.filter(({ id }) => !id.endsWith("lacking-7")) }
          : page;
      },
    });
    const { compliance, evaluations } = await audit(account(manyBad, { wrap }));
    const [one] = evaluations.filter(({ id }) => id === "lacking-7");
    expect(one).toMatchObject({ compliance: "noncompliant", missing: ["env"] });
    expect(compliance("lacking-7")).toHaveLength(1);
  });

  it("takes what a listing by type shows for newer than the inventory's row", async () => {
    const row = (one: InventoryResource): InventoryResource =>
      one.id.startsWith("good-1") ? { ...one, tags: new Map() } : one;
    const { compliance } = await audit(account(manyBad, { row }));
    expect(compliance("good-1")).toEqual(["compliant"]);
  });

  it("lists nothing by type where a call in a region might show what has none as well", async () => {
    const everywhere = Array.from({ length: 200 }, (_, n) => of("alibaba:odd:thing", "global", `${n}`));
    const { calls } = await audit(account(everywhere));
    expect(calls["ListTagResources"]).toBe(4);
    const central = Array.from({ length: 200 }, (_, n) => of("alibaba:cdn:domain", "global", `${n}`));
    expect((await audit(account(central))).calls["ListTagResources"]).toBe(1);
  });
});

describe("an inventory that shows less than the cloud counts", () => {
  const narrow = (one: InventoryResource) => (Number(one.id.split("-")[1]) < 10 ? undefined : one);
  const hiding = (provider: TagProvider): TagProvider => ({
    ...provider,
    async listInventory(region, type, token) {
      const page = await provider.listInventory(region, type, token);
      return { ...page, rowCount: page.resources.length };
    },
  });

  it("is a gap that says so, and ends nothing that is not seen any more", async () => {
    const world = account(disks(60));
    await audit(world, "r1");
    const hidden = account(disks(60), { row: narrow, wrap: hiding });
    const deps = { ...hidden.deps, objects: world.deps.objects };
    const { gaps, calls } = await audit({ ...hidden, deps }, "r2");
    expect(gaps).toEqual([
      {
        shard: `alibaba.${ACCOUNT}.all.all`,
        type: "alibaba:*:*",
        reason: expect.stringContaining("the cloud counts 60 resources and its listing showed 50") as string,
      },
    ]);
    expect(calls["SearchResources"]).toBe(1);
  });

  it("is none where the difference is what comes and goes meanwhile", async () => {
    const few = (one: InventoryResource) => (Number(one.id.split("-")[1]) < 5 ? undefined : one);
    expect((await audit(account(disks(60), { row: few, wrap: hiding }))).gaps).toEqual([]);
  });

  it("is not called complete where nobody may count", async () => {
    const wrap = (provider: TagProvider): TagProvider => ({
      ...provider,
      async countInventory() {
        throw new ProviderError({
          code: "NoPermission",
          kind: "access",
          message: "no",
          httpStatus: 403,
          requestId: "",
        });
      },
    });
    const { gaps, evaluations } = await audit(account(disks(3, PROD), { wrap }));
    expect(gaps).toEqual([expect.objectContaining({ unproven: true })]);
    expect(evaluations).toHaveLength(3);
  });

  it("doesn't count against it what is listed elsewhere, or belongs to another account", async () => {
    const foreign = (one: InventoryResource) => (one.id.startsWith("foreign") ? undefined : one);
    const { gaps } = await audit(account([...disks(50, PROD), ...disks(50, PROD, "foreign")], { row: foreign }));
    expect(gaps).toEqual([]);
  });
});

describe("the nights of resources that share an id", () => {
  const LOGS = ["alibaba:oss:bucket", "alibaba:log:project"] as const;
  const DAY_MS = 86_400_000;

  /** Audits them on two nights into one folder, and answers what the second one says and leaves. */
  async function nights(...all: readonly (readonly Record<string, string>[])[]) {
    const objects = memoryObjects();
    let changes: object | undefined;
    for (const [index, tagsOf] of all.entries()) {
      const { deps } = account(LOGS.map((type, at) => of(type, "cn-hangzhou", "logs", tagsOf[at])));
      await deps.clock.sleep(index * DAY_MS);
      const runs = objectRunStore(objects);
      const { report } = await runAudit({ ...deps, objects, runs, policies: prepared, out: "DIR" });
      changes = report.survey?.changes;
    }
    const known = (await objects.list("history/")).filter((name) => name.endsWith(".ndjson.gz"));
    const left: KnownFinding[] = [];
    for await (const some of knownIn(known, objects)) left.push(...some);
    return { changes, left };
  }

  it("are each one's own: what was mended is fixed, and the other stays open", async () => {
    const { changes } = await nights([{}, {}], [PROD, {}]);
    expect(changes).toMatchObject({ fixed: 1, open: 1, new: 0, gone: 0 });
  });

  it("are told apart where one of them is judged no more: its known finding says which one it is", async () => {
    const { changes, left } = await nights([{}, {}], [{ sandbox: "yes" }, {}]);
    expect(changes).toMatchObject({ unjudged: 1, open: 1, fixed: 0 });
    expect(left.filter(({ absence }) => absence !== undefined)).toMatchObject([
      { named: { type: "alibaba:oss:bucket", region: "cn-hangzhou", id: "logs" } },
    ]);
  });
});

describe("what events told of", () => {
  it("is read and judged beside what the inventory shows, and forgotten where it is gone", async () => {
    const seen = memorySeen();
    const told = [
      of("alibaba:oss:bucket", "cn-hangzhou", "logs", { owner: "o" }),
      of("alibaba:log:project", "cn-hangzhou", "logs"),
    ];
    await seen.note(
      [...told, disk("gone")].map(({ type, region, id }) => ({ type, region, id, account: ACCOUNT })),
      AT - 3_600_000,
    );
    const world = account(told, { row: () => undefined });
    const { evaluations } = await audit({ ...world, deps: { ...world.deps, seen } as typeof world.deps });
    expect(evaluations.map(({ type, id, compliance }) => ({ type, id, compliance }))).toEqual([
      { type: "alibaba:oss:bucket", id: "logs", compliance: "noncompliant" },
    ]);
    const left = await seen.list({ type: "alibaba:*:*", account: ACCOUNT, region: "cn-hangzhou" }, undefined);
    expect(left.resources.map(({ type }) => type)).toEqual(["alibaba:oss:bucket"]);
  });
});

describe("whatever an inventory says of what there is", () => {
  const small: TypeContract = {
    ...genericContract,
    list: { ...genericContract.list, idsPerCall: 3, rowsPerPage: 4 },
    inventory: Object.fromEntries(
      Object.entries(genericContract.inventory).map(([type, one]) => [type, { ...one, pageSize: 5 }]),
    ),
  };
  const someTags = fc.constantFrom<Record<string, string>>(
    {},
    PROD,
    { env: "wrong" },
    { owner: "o" },
    { sandbox: "yes" },
  );
  const estates = fc.uniqueArray(
    fc.record({
      type: fc.constantFrom(DISK, "alibaba:oss:bucket", "alibaba:log:project", "alibaba:cdn:domain"),
      place: fc.constantFrom(...REGIONS),
      id: fc.integer({ min: 0, max: 12 }),
      tags: someTags,
      row: fc.oneof({ weight: 2, arbitrary: fc.constant("as it is" as const) }, someTags, fc.constant(undefined)),
    }),
    { selector: ({ type, place, id }) => `${type} ${type.includes("cdn") ? "" : place} ${id}`, maxLength: 80 },
  );

  it("each resource is judged once, as it is, but that a row may prove it fine", async () => {
    await fc.assert(
      fc.asyncProperty(estates, fc.integer({ min: 1, max: 12 }), async (estate, callsAnInvocation) => {
        const resources = estate.map(({ type, place, id, tags }) =>
          of(type, type.includes("cdn") ? "global" : place, `r-${id}`, tags),
        );
        const key = ({ type, region = "", id }: Pick<InventoryResource, "type" | "region" | "id">) =>
          JSON.stringify([type, ACCOUNT, region, id]);
        const rows = new Map(resources.map((one, index) => [key(one), estate[index]?.row]));
        const row = (one: InventoryResource): InventoryResource => {
          const { tags, ...rest } = one;
          const said = rows.get(key(one));
          if (said === "as it is") return { ...rest, ...(tags !== undefined && { tags }) };
          return said === undefined ? rest : { ...rest, tags: new Map(Object.entries(said)) };
        };
        const world = account(resources, { contract: small, row });
        const { evaluations } = await audit(world, "r1", callsAnInvocation);
        const really = new Map(expected(world.memory));
        expect(evaluations.map(keyOf).toSorted()).toEqual([...really.keys()]);
        for (const one of evaluations) {
          const said = rows.get(keyOf(one));
          const { type, region, id } = one;
          const tags = typeof said === "object" ? new Map(Object.entries(said)) : undefined;
          const proven = policies.evaluate({ type, region, id, account: ACCOUNT, tags }, AT).compliance;
          const isProven = tags !== undefined && proven !== "noncompliant";
          expect(one.compliance).toBe(isProven ? proven : really.get(keyOf(one)));
        }
      }),
      { numRuns: 60 },
    );
  });
});
