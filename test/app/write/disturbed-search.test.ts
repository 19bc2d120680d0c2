import { describe, expect, test } from "vitest";
import { createCaller } from "../../../lib/app/cloud/call.ts";
import { createRouter } from "../../../lib/app/cloud/route.ts";
import { applyBatches } from "../../../lib/app/write/apply-batches.ts";
import type { PlannedWrite } from "../../../lib/app/write/pairs.ts";
import { resourceKey } from "../../../lib/core/resource.ts";
import { ALIBABA, AWS, created, createWorld, group, instance, providerError, tags } from "../enforce-world.ts";
import { names, naming, ready, refusedFor, TYPE, type Sent } from "./apply-world.ts";

describe("a request that looks wrong in itself", () => {
  const ids = names(50);

  test("is searched on where those that are tried elsewhere are refused for something else", async () => {
    const codeOf = (id: string) => (id < "g06" ? "Bad" : "Other");
    const world = ready({ ids, refuse: naming(new Set(ids), "request", codeOf) });
    const resultOf = await world.apply();
    for (const id of ids) expect(resultOf(id)).toMatchObject({ kind: "unfinished", error: { code: codeOf(id) } });
  });

  test("is not doubted where a resource was taken already", async () => {
    const bad = new Set(ids.slice(20).filter((id) => id !== "g30"));
    const world = ready({ ids, refuse: refusedFor(bad, "request") });
    const resultOf = await world.apply();
    for (const id of ids) expect(resultOf(id)?.kind).toBe(bad.has(id) ? "unfinished" : "written");
  });

  test.each(["access", "transient"] as const)(
    "is given up where trying it elsewhere ends with an error of kind %s",
    async (kind) => {
      const refuse = (sent: Sent, call: number) => {
        if (call > 5) throw providerError(kind);
        naming(new Set(ids), "request")(sent);
      };
      const world = ready({ ids, refuse });
      const resultOf = await world.apply();
      for (const id of ids) expect(resultOf(id)?.kind).toBe("unfinished");
      for (const id of ids.slice(0, 5)) expect(resultOf(id)).toMatchObject({ error: { code: "Bad" } });
      for (const id of ids.slice(5)) expect(resultOf(id)).toMatchObject({ error: { kind } });
      expect(new Set(world.sent.slice(5).map((one) => one.ids.join()))).toEqual(new Set(["g49"]));
    },
  );
});

test.each(names(8).map((id) => [id] as const))(
  "what becomes visible while it is searched for, as %s does, makes nobody else gone",
  async (late) => {
    for (let visibleAfter = 1; visibleAfter <= 5; visibleAfter += 1) {
      const world = ready({
        ids: names(8),
        refuse({ ids }, call) {
          if (call <= visibleAfter && ids.includes(late)) throw providerError("not-found");
        },
      });
      const resultOf = await world.apply();
      const refused = names(8).filter((id) => resultOf(id)?.kind !== "written");
      expect(refused.filter((id) => id !== late)).toEqual([]);
    }
  },
);

describe("a fault of ours", () => {
  test("after a lost answer is logged, and its resources come back", async () => {
    const world = ready({
      ids: names(2),
      refuse(_, call) {
        if (call === 1) throw providerError("transient", { ambiguous: true });
        throw new TypeError("a bug");
      },
    });
    const resultOf = await world.apply();
    expect(resultOf("g01")).toMatchObject({ kind: "unfinished", error: { code: "ClientFault" } });
    expect(world.log.filter(({ level }) => level === "error")).not.toEqual([]);
  });

  test("in a search is logged, and is searched for like a refusal", async () => {
    const world = ready({
      ids: names(8),
      refuse(sent) {
        if (sent.ids.includes("g03")) throw new TypeError("a bug");
        refusedFor(new Set(["g07"]), "resource-permanent")(sent);
      },
    });
    const resultOf = await world.apply();
    expect(resultOf("g03")).toMatchObject({ kind: "unfinished", error: { code: "ClientFault" } });
    expect(resultOf("g07")).toMatchObject({ kind: "refused" });
    const others = names(8).filter((id) => id !== "g03" && id !== "g07");
    for (const id of others) expect(resultOf(id)).toMatchObject({ kind: "written" });
    expect(world.log.filter(({ level }) => level === "error")).not.toEqual([]);
  });

  test.each([1, 2])(
    "in the wait after a lost answer, that of call %i, is logged, and the resources come back",
    async (lost) => {
      const world = ready({
        ids: names(4),
        random() {
          throw new TypeError("a bug");
        },
        refuse(sent, call) {
          if (call === lost) throw providerError("transient", { ambiguous: true });
          refusedFor(new Set(["g00"]), "resource-permanent")(sent);
        },
      });
      const resultOf = await world.apply();
      expect(resultOf("g03")).toMatchObject({ kind: "unfinished", error: { message: "a bug" } });
      expect(world.log.filter(({ level }) => level === "error")).toHaveLength(1);
    },
  );

  test("is not what the end of the time is", async () => {
    const world = ready({
      ids: names(2),
      seconds: 10,
      refuse() {
        throw providerError("transient", { ambiguous: true, retryAfterMs: 60_000 });
      },
    });
    await world.apply();
    expect(world.log.filter(({ level }) => level === "error")).toEqual([]);
  });
});

test("what an API answers resource by resource in the middle of a search is sent again as elsewhere", async () => {
  const world = createWorld({ resources: ["i-1", "i-2", "i-3"].map((name) => instance(name)) });
  const aws = world.deps.registry.find("aws", AWS) ?? expect.fail("no provider");
  let failures = 0;
  const provider: typeof aws = {
    ...aws,
    async tagResources({ resourceIds }) {
      if (resourceIds.some((id) => id.endsWith("i-1"))) throw providerError("resource-permanent");
      const failed = resourceIds.filter((id) => id.endsWith("i-3") && (failures += 1) <= 2);
      const succeeded = resourceIds.filter((id) => !failed.includes(id));
      return { requestId: "r", succeeded, failed: new Map(failed.map((id) => [id, providerError("transient")])) };
    },
  };
  const routeTo = createRouter({ all: [provider], find: () => provider }, world.deps.accounts);
  const refs = ["i-1", "i-2", "i-3"].map((name) => created(instance(name)));
  const written = tags({ env: "dev" });
  const writes = refs.map((ref): PlannedWrite => {
    const route = routeTo(ref);
    if ("problem" in route) return expect.fail(route.problem);
    return { ref, route, reading: { kind: "known", tags: tags({}), readAt: world.clock.now() }, tags: written };
  });
  const caller = createCaller({ ...world.deps, random: () => 0, deadline: world.deadline });
  const scope = { type: "aws:*:*", account: AWS, region: "us-east-1" };
  const batch = { ...scope, resourceIds: refs.map(({ id }) => id), tags: written };
  const entries = await applyBatches([batch], writes, { ...world.deps, caller });
  const results = refs.map((ref) => entries.get(resourceKey(ref))?.pairs.get("env")?.result?.kind);
  expect(results).toEqual(["refused", "written", "written"]);
  expect(failures).toBe(3);
});

test("what a read shows while a call is under way is left for the answer to that call to say", async () => {
  const resources = [group("g1"), group("g2")];
  const world = createWorld({ resources });
  const { clock, deps } = world;
  let owners = 0;
  const provider: typeof world.alibaba = {
    ...world.alibaba,
    async tagResources(batch) {
      if (batch.tags.has("owner") && (owners += 1) === 1) throw providerError("throttled", { retryAfterMs: 11_000 });
      const result = await world.alibaba.tagResources(batch);
      // Its answer takes so long that the read of the other batch is too old by then.
      if (batch.tags.has("env")) await clock.sleep(20_000);
      return result;
    },
  };
  const routeTo = createRouter({ all: [provider], find: () => provider }, deps.accounts);
  const writes = resources.map((one): PlannedWrite => {
    const ref = created(one);
    const route = routeTo(ref);
    if ("problem" in route) return expect.fail(route.problem);
    const reading = { kind: "known", tags: tags({}), readAt: clock.now() } as const;
    return { ref, route, reading, tags: tags({ env: "dev", owner: "alice" }) };
  });
  const caller = createCaller({ ...deps, random: () => 0, deadline: world.deadline });
  const scope = { type: TYPE, account: ALIBABA, region: "cn-hangzhou", resourceIds: ["g1", "g2"] };
  const batches = [{ env: "dev" }, { owner: "alice" }].map((written) => ({ ...scope, tags: tags(written) }));
  const entries = await applyBatches(batches, writes, { ...deps, caller });
  expect(world.alibaba.calls()["alibaba:apigateway:ListTagResources"]).toBe(1);
  for (const { pairs } of entries.values()) {
    expect([...pairs.values()].map(({ result }) => result)).toMatchObject([{ kind: "written" }, { kind: "written" }]);
  }
});
