import * as fc from "../properties.ts";
import { describe, expect, it } from "vitest";
import { matchesGlob } from "../../local/emulator/glob.ts";
import { createNonceMemory } from "../../local/emulator/nonce-memory.ts";
import { createPageTokens } from "../../local/emulator/page-tokens.ts";
import { createQuotaMeter } from "../../local/emulator/quota.ts";
import { createWorld } from "../../local/emulator/world.ts";
import { apiGroup, emulate, ids, instance } from "./emulate.ts";
import { rpc } from "./raw-rpc.ts";

const LIST = { Action: "DescribeApiGroups" };

describe("a resource that becomes visible later", () => {
  it("is missing to the APIs until then, but known in process", async () => {
    let time = Date.now();
    const emulator = await emulate([{ ...apiGroup("g1"), visibleAfterMs: 5000 }], { now: () => time });
    expect((await rpc(emulator.description, LIST)).json()).toMatchObject({ TotalCount: 0 });
    expect(emulator.world.get(apiGroup("g1"))).toMatchObject({ visibleAfterMs: 5000 });
    time += 4999;
    expect((await rpc(emulator.description, LIST)).json()).toMatchObject({ TotalCount: 0 });
    time += 1;
    expect((await rpc(emulator.description, LIST)).json()).toMatchObject({ TotalCount: 1 });
    expect(emulator.world.get(apiGroup("g1"))).toEqual(apiGroup("g1"));
  });

  it("can be removed before anybody saw it", () => {
    const world = createWorld(() => 0);
    world.create({ ...apiGroup("g1"), visibleAfterMs: 1 });
    expect(world.remove(apiGroup("g1"))).toBe(true);
    expect(world.remove(apiGroup("g1"))).toBe(false);
  });
});

describe("the world", () => {
  it("replaces a resource of the same type, account, region and id", () => {
    const world = createWorld(() => 0);
    world.create(apiGroup("g1", { a: "1" }));
    world.create(apiGroup("g1", { b: "2" }));
    expect([...world.all()]).toEqual([apiGroup("g1", { b: "2" })]);
  });

  it("keeps Huawei principals in no region, whatever region their event named", () => {
    const world = createWorld(() => 0);
    world.create({ type: "huawei:iam:user", account: "d0001", region: "cn-north-4", id: "u1" });
    expect(world.get({ type: "huawei:iam:user", account: "d0001", region: "global", id: "u1" })).toBeDefined();
  });

  it("refuses in process what no endpoint would serve", async () => {
    const emulator = await emulate([]);
    const elsewhere = { ...apiGroup("g1"), region: "cn-beijing" };
    expect(() => emulator.world.create(elsewhere)).toThrow('doesn\'t serve alibaba region "cn-beijing"');
    await emulator.openRegion("alibaba", "cn-beijing");
    emulator.world.create(elsewhere);
    expect(emulator.world.get(elsewhere)).toBeDefined();
  });

  it("pages by offset over exactly what is left, whatever was removed", () => {
    const removals = fc.uniqueArray(fc.nat(30), { maxLength: 20 });
    fc.assert(
      fc.property(removals, fc.integer({ min: 1, max: 7 }), fc.boolean(), (removed, size, newestFirst) => {
        const world = createWorld(() => 0);
        for (const id of ids("g", 31)) world.create(apiGroup(id));
        for (const index of removed) world.remove(apiGroup(`g${index}`));
        const shelf = world.shelf("111122223333", "cn-hangzhou", "alibaba:apigateway:apiGroup");
        const seen: string[] = [];
        for (let offset = 0; offset < shelf.size; offset += size) {
          seen.push(...shelf.slice(offset, size, newestFirst).map(({ id }) => id));
        }
        const left = ids("g", 31).filter((_, index) => !removed.includes(index));
        expect(seen).toEqual(newestFirst ? left.reverse() : left);
      }),
    );
  });

  it("holds 200,000 resources and pages through them in order", () => {
    const world = createWorld(() => 0);
    for (let index = 0; index < 200_000; index += 1) world.create(instance(`i-${index}`, { a: "1" }));
    const shelf = world.shelf("444455556666", "us-east-1", "aws:*:*");
    let place = 0;
    let pages = 0;
    let rows = 0;
    for (let more = true; more; pages += 1) {
      more = false;
      let onPage = 0;
      shelf.scan(place, (resource) => {
        if (onPage === 100) {
          more = true;
          return false;
        }
        onPage += 1;
        place = resource.sequence;
        return true;
      });
      rows += onPage;
    }
    expect([pages, rows]).toEqual([2000, 200_000]);
  });
});

describe("a page token", () => {
  it("opens for its own query only, with the position it was issued for", () => {
    const tokens = createPageTokens(() => 1_700_000_000_000);
    fc.assert(
      fc.property(fc.nat(4_000_000_000), fc.nat(65_535), fc.string(), fc.string(), (place, offset, query, other) => {
        const token = tokens.issue(query, { place, offset });
        expect(token).toMatch(/^[0-9a-f]{32}$/);
        expect(tokens.open(query, token)).toEqual({ place, offset, issuedAt: 1_700_000_000_000 });
        if (other !== query) expect(tokens.open(other, token)).toBeUndefined();
      }),
    );
  });
});

describe("a glob", () => {
  it("with * for any run of characters matches what a regular expression would", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 8 });
    const glob = fc.string({ unit: fc.constantFrom("a", "b", ".", "*"), maxLength: 6 });
    fc.assert(
      fc.property(glob, text, (pattern, subject) => {
        const source = pattern.replaceAll(".", "\\.").replace(/\*+/g, ".*");
        expect(matchesGlob(pattern, subject)).toBe(new RegExp(`^${source}$`).test(subject));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("nonces and quotas", () => {
  it("a nonce is remembered for its lifetime", () => {
    let time = 0;
    const nonces = createNonceMemory(1000, () => time);
    expect(nonces.use("k", "n")).toBe(true);
    time = 999;
    expect(nonces.use("k", "n")).toBe(false);
    time = 1500;
    expect(nonces.use("k", "n")).toBe(false);
    time = 5000;
    expect(nonces.use("k", "n")).toBe(true);
  });

  it.each([
    ["alibaba:apigateway:TagResources", 50, 1000],
    ["aws:tagging:TagResources", 5, 1000],
    ["aws:tagging:GetResources", 15, 1000],
    ["huawei:iam:TagResourceV5", 10, 60_000],
    ["huawei:iam:ListUsersV5", 200, 1000],
  ])("%s lets %i calls through in %i ms", (action, calls, period) => {
    let time = 0;
    const meter = createQuotaMeter(() => time);
    const take = () => meter.take("1", "r", action);
    const taken = () => Array.from({ length: calls + 1 }, take).filter(Boolean).length;
    expect(taken()).toBe(calls);
    time = period / 2;
    expect(taken()).toBe(Math.floor(calls / 2));
    expect(meter.take("2", "r", action)).toBe(true);
  });

  it("throttle only where they are switched on", async () => {
    const documented = await emulate([apiGroup("g1")], { quota: "documented", now: () => Date.parse("2026-01-01") });
    const off = await emulate([apiGroup("g1")]);
    const at = { timestamp: "2026-01-01T00:00:00Z" };
    const codes = async (run: () => ReturnType<typeof rpc>) =>
      (await Promise.all(Array.from({ length: 60 }, run))).filter(({ status }) => status !== 200).length;
    expect(await codes(() => rpc(documented.description, LIST, at))).toBe(10);
    expect(await codes(() => rpc(off.description, LIST))).toBe(0);
  });
});
