import { describe, expect, test } from "vitest";
import { createCaller } from "../../../lib/app/cloud/call.ts";
import { createRouter } from "../../../lib/app/cloud/route.ts";
import { applyBatches } from "../../../lib/app/write/apply-batches.ts";
import type { PlannedWrite } from "../../../lib/app/write/pairs.ts";
import type { ProviderErrorDetails } from "../../../lib/core/errors.ts";
import { resourceKey } from "../../../lib/core/resource.ts";
import { ALIBABA, AWS, created, createWorld, group, instance, providerError, tags } from "../enforce-world.ts";
import { names, naming, ready, refusedFor, type Sent } from "./apply-world.ts";

const first = new Set(["g00"]);

describe("an offender in two batches that are under way together", () => {
  test("is searched for once, and tried alone in the other one", async () => {
    const ids = names(50);
    const two = ready({
      ids,
      batches: [{ env: "dev" }, { owner: "alice" }],
      refuse: refusedFor(first, "resource-permanent"),
    });
    const resultOf = await two.apply();
    const rest = ids.slice(1);
    expect(two.sentWith("owner")).toEqual([ids, ["g00"], rest]);
    for (const key of ["env", "owner"]) {
      expect(resultOf("g00", key)).toMatchObject({ kind: "refused", error: { code: "Test.resource-permanent" } });
      for (const id of rest) expect(resultOf(id, key)).toMatchObject({ kind: "written" });
    }
  });

  test.each(["not-found", "not-taggable"] as const)("isn't tried again where it is %s", async (kind) => {
    const ids = names(50);
    const two = ready({ ids, batches: [{ env: "dev" }, { owner: "alice" }], refuse: refusedFor(first, kind) });
    const resultOf = await two.apply();
    expect(two.sentWith("owner")).toEqual([ids, ids.slice(1)]);
    expect(resultOf("g00", "owner")).toMatchObject({ kind: "refused", error: { kind } });
  });
});

describe("offenders of earlier invocations", () => {
  test("are sent together and apart from the rest", async () => {
    const two = ready({ ids: names(5), remembered: ["g01", "g03"] });
    await two.apply();
    expect(two.sent.map(({ ids }) => ids)).toEqual([
      ["g01", "g03"],
      ["g00", "g02", "g04"],
    ]);
  });

  test("make no call of their own where there are none, or nobody else", async () => {
    for (const remembered of [[], names(3)]) {
      const one = ready({ ids: names(3), remembered });
      await one.apply();
      expect(one.sent.map(({ ids }) => ids)).toEqual([names(3)]);
    }
  });

  test("are forgotten when all of their tags were written, and not before", async () => {
    const refuse = ({ ids, keys }: Sent) => {
      if (ids.includes("g00") && keys.includes("owner")) throw providerError("transient");
    };
    const world = ready({
      ids: names(2),
      batches: [{ env: "dev" }, { owner: "alice" }],
      remembered: names(2),
      refuse,
    });
    await world.apply();
    expect(world.offenders.has(created(group("g00")))).toBe(true);
    const calm = ready({ ids: names(2), remembered: names(2) });
    await calm.apply();
    expect(calm.offenders.has(created(group("g00")))).toBe(false);
  });

  test("those who are refused are remembered, the others aren't", async () => {
    const world = ready({ ids: names(3), refuse: refusedFor(first, "resource-permanent") });
    await world.apply();
    expect(names(3).map((id) => world.offenders.has(created(group(id))))).toEqual([true, false, false]);
  });
});

describe("a request that is wrong in itself", () => {
  const ids = names(50);

  test.each(["request", "unknown"] as const)(
    "is given up after five refused one by one and two that were tried elsewhere (%s)",
    async (kind) => {
      const world = ready({ ids, refuse: naming(new Set(ids), kind) });
      const resultOf = await world.apply();
      expect(world.sent.map((one) => one.ids.length)).toEqual([50, 49, 48, 47, 46, 1, 1]);
      expect(world.sent.slice(5).map((one) => one.ids)).toEqual([["g49"], ["g27"]]);
      for (const id of ids) expect(resultOf(id)).toMatchObject({ kind: "unfinished", error: { code: "Bad" } });
      // Nothing is known of those that were never sent alone.
      expect(world.offenders.has(created(group("g20")))).toBe(false);
    },
  );

  test.each([
    ["one that is tried elsewhere is taken", new Set(names(6)), "request", () => "Bad"],
    ["the refusals have several codes", new Set(ids), "request", (id: string) => `Bad${Number(id.slice(1)) % 2}`],
    ["they are about resources", new Set(ids), "resource-permanent", () => "Bad"],
  ] as const)("is searched to its end where %s", async (_name, bad, kind, codeOf) => {
    const world = ready({ ids, refuse: naming(bad, kind, codeOf) });
    const resultOf = await world.apply();
    const result = kind === "request" ? "unfinished" : "refused";
    for (const id of ids) expect(resultOf(id)?.kind).toBe(bad.has(id) ? result : "written");
    const alone = world.sent.filter((one) => one.ids.length === 1).length;
    expect(world.sent.length - alone).toBeGreaterThan(5);
  });
});

describe("a search that is disturbed", () => {
  const ids = names(8);
  const lostAt =
    (calls: readonly number[], details: Partial<ProviderErrorDetails> = {}) =>
    (sent: Sent, call: number) => {
      if (calls.includes(call)) throw providerError("transient", { ambiguous: true, ...details });
      refusedFor(first, "resource-permanent")(sent);
    };

  test("by three lost answers goes on", async () => {
    const world = ready({ ids, refuse: lostAt([2, 3, 4]) });
    const resultOf = await world.apply();
    expect(resultOf("g00")?.kind).toBe("refused");
    for (const id of ids.slice(1)) expect(resultOf(id)?.kind).toBe("written");
    expect(world.sent[1]?.ids).toEqual(world.sent[4]?.ids);
  });

  test("by a fourth ends, and nobody is blamed", async () => {
    const world = ready({ ids, refuse: lostAt([2, 3, 4, 5]) });
    const resultOf = await world.apply();
    expect(world.sent).toHaveLength(5);
    for (const id of ids) expect(resultOf(id)).toMatchObject({ kind: "unfinished", error: { ambiguous: true } });
  });

  test("by the end of its time ends, and nobody is blamed", async () => {
    const world = ready({ ids, seconds: 30, refuse: lostAt([2], { retryAfterMs: 60_000 }) });
    const resultOf = await world.apply();
    expect(world.sent).toHaveLength(2);
    for (const id of ids) expect(resultOf(id)).toMatchObject({ kind: "unfinished", error: { ambiguous: true } });
  });

  test.each(["access", "transient"] as const)("by an error of kind %s ends, and everybody comes back", async (kind) => {
    const refuse = (sent: Sent, call: number) => {
      if (call > 1) throw providerError(kind);
      refusedFor(first, "resource-permanent")(sent);
    };
    const resultOf = await ready({ ids, refuse }).apply();
    for (const id of ids) expect(resultOf(id)).toMatchObject({ kind: "unfinished", error: { kind } });
  });

  test("by somebody who tags one of them goes on without that tag", async () => {
    const world = ready({
      ids,
      batches: [{ env: "dev", owner: "alice" }],
      refuse(sent, call) {
        if (call === 1) {
          world.alibaba.create(group("g05", { env: "prod" }));
          world.clock.advance(11_000);
        }
        refusedFor(first, "resource-permanent")(sent);
      },
    });
    const resultOf = await world.apply();
    expect(resultOf("g05")).toMatchObject({ kind: "dropped" });
    expect(resultOf("g05", "owner")).toMatchObject({ kind: "written" });
    expect(world.tagsOf("g05")).toEqual({ env: "prod", owner: "alice" });
    expect(resultOf("g00")).toMatchObject({ kind: "refused" });
    for (const id of ["g01", "g04", "g06", "g07"]) expect(world.tagsOf(id)).toEqual({ env: "dev", owner: "alice" });
  });
});

describe("what is repeated", () => {
  test("a batch whose answers are lost without end is sent four times, and then unfinished", async () => {
    const world = ready({
      ids: names(2),
      refuse() {
        throw providerError("transient", { ambiguous: true });
      },
    });
    const resultOf = await world.apply();
    expect(world.sent).toHaveLength(4);
    expect(resultOf("g00")).toMatchObject({ kind: "unfinished", error: { ambiguous: true } });
  });

  test("a batch whose answer is lost when the time is over is unfinished", async () => {
    const world = ready({
      ids: names(2),
      seconds: 10,
      refuse() {
        throw providerError("transient", { ambiguous: true, retryAfterMs: 60_000 });
      },
    });
    const resultOf = await world.apply();
    expect(world.sent).toHaveLength(1);
    expect(resultOf("g01")).toMatchObject({ kind: "unfinished", error: { name: "OutOfTimeError" } });
  });

  test("single resources that fail without end are sent four times, the others once", async () => {
    const world = createWorld({ resources: [instance("i-1"), instance("i-2")] });
    const { clock, deps } = world;
    const sent: (readonly string[])[] = [];
    const aws = deps.registry.find("aws", AWS) ?? expect.fail("no provider");
    const error = providerError("transient");
    const provider: typeof aws = {
      ...aws,
      async tagResources({ resourceIds }) {
        sent.push(resourceIds.map((id) => id.slice(-3)));
        const failed = resourceIds.filter((id) => id.endsWith("i-2"));
        const succeeded = resourceIds.filter((id) => !failed.includes(id));
        return { requestId: "r", succeeded, failed: new Map(failed.map((id) => [id, error])) };
      },
    };
    const routeTo = createRouter({ all: [provider], find: () => provider }, deps.accounts);
    const refs = ["i-1", "i-2"].map((name) => created(instance(name)));
    const written = tags({ env: "dev" });
    const writes = refs.map((ref): PlannedWrite => {
      const route = routeTo(ref);
      if ("problem" in route) return expect.fail(route.problem);
      return { ref, route, reading: { kind: "known", tags: tags({}), readAt: clock.now() }, tags: written };
    });
    const caller = createCaller({ ...deps, random: () => 0, deadline: world.deadline });
    const scope = { type: "aws:*:*", account: AWS, region: "us-east-1" };
    const batch = { ...scope, resourceIds: refs.map(({ id }) => id), tags: written };
    const entries = await applyBatches([batch], writes, { ...deps, caller });
    expect(sent).toEqual([["i-1", "i-2"], ["i-2"], ["i-2"], ["i-2"]]);
    const results = refs.map((ref) => entries.get(resourceKey(ref))?.pairs.get("env")?.result);
    expect(results).toMatchObject([{ kind: "written" }, { kind: "unfinished", error: { kind: "transient" } }]);
  });

  test("a fault of ours is logged with its call and stack, and its resources come back", async () => {
    const world = ready({
      ids: names(2),
      refuse() {
        throw new TypeError("a bug");
      },
    });
    const resultOf = await world.apply();
    expect(resultOf("g01")).toMatchObject({ kind: "unfinished", error: { code: "ClientFault" } });
    const action = "alibaba:apigateway:TagResources";
    expect(world.log).toContainEqual({
      level: "error",
      message: "a call failed in our own code",
      fields: {
        action,
        account: ALIBABA,
        region: "cn-hangzhou",
        reason: `${action} failed in our own code: a bug`,
        stack: expect.stringContaining("apply-batches.test.ts") as string,
      },
    });
  });
});
