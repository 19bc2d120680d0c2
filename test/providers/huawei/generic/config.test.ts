import { afterEach, describe, expect, test } from "vitest";
import { pages } from "../../../../lib/app/cloud/pages.ts";
import type { InventoryResource, TagProvider } from "../../../../lib/app/ports/provider.ts";
import type { Config, HuaweiAccountConfig } from "../../../../lib/core/config/config.ts";
import type { ResourceRef } from "../../../../lib/core/resource.ts";
import { createProvider } from "../../../../lib/providers/index.ts";
import { startEmulator, type Emulator, type EmulatorOptions } from "../../../../local/emulator/start.ts";
import { deps, huaweiAccount } from "../../accounts.ts";
import { recordingServer, type Answer } from "../../recording-server.ts";

const account = "d0001";
const ANY = "huawei:*:*";
const server = { type: "huawei:ecs:cloudservers", account, region: "cn-north-4", id: "s-1", tags: { env: "prod" } };
const disk = { ...server, type: "huawei:evs:volumes", id: "d-1", tags: {} };
const zone = { ...server, type: "huawei:dns:zones", region: "global", id: "z-1" };
const node = { ...server, type: "huawei:cce:nodes", id: "n-1", tags: {} };
const user = { ...server, type: "huawei:iam:user", region: "global", id: "u-1" };
const gateway = { ...server, type: "huawei:apig:instance", id: "g-1" };

let emulator: Emulator | undefined;
afterEach(async () => {
  await emulator?.close();
  emulator = undefined;
});

async function providerOf(
  options: EmulatorOptions,
  regions?: readonly string[],
  more: Partial<HuaweiAccountConfig> = {},
): Promise<TagProvider> {
  emulator = await startEmulator({ inventoryDelayMs: 0, ...options });
  const { accounts } = emulator.config() as Config;
  const own = accounts.find((one) => one.provider === "huawei");
  if (own === undefined) throw new Error("the emulator serves no account of Huawei Cloud");
  return createProvider({ ...own, types: ["huawei:*"], ...(regions !== undefined && { regions }), ...more }, deps);
}

async function listed(provider: TagProvider) {
  const resources: InventoryResource[] = [];
  let [rows, elsewhere] = [0, 0];
  for await (const page of pages((token) => provider.listInventory("all", ANY, token))) {
    resources.push(...page.resources);
    rows += page.rowCount ?? page.resources.length;
    elsewhere += page.elsewhere ?? 0;
  }
  return { resources, rows, elsewhere };
}

const idsOf = (resources: readonly Pick<ResourceRef, "id">[]) => resources.map(({ id }) => id);

describe("Config's inventory", () => {
  test("shows all regions in one listing, with tags and projects, and what has no region without", async () => {
    const provider = await providerOf({ resources: [server, disk, zone] });
    const project = emulator?.description.huawei.projectId;
    expect((await listed(provider)).resources).toEqual([
      { type: server.type, id: "s-1", region: "cn-north-4", project, tags: new Map([["env", "prod"]]) },
      { type: disk.type, id: "d-1", region: "cn-north-4", project, tags: new Map() },
      { type: zone.type, id: "z-1", region: "global", tags: new Map([["env", "prod"]]) },
    ]);
  });

  test("takes a type for one that can be tagged where the account says its name in TMS, and for none where it gives the name away", async () => {
    const typeNames = { [node.type]: "cce-node", "huawei:volumes:of-another-name": "disk" };
    const provider = await providerOf({ resources: [node, disk] }, undefined, { tms: { typeNames } });
    const { resources } = await listed(provider);
    expect(resources.map(({ id, notTaggable }) => [id, notTaggable])).toEqual([
      ["n-1", undefined],
      ["d-1", "UnsupportedType"],
    ]);
  });

  test("asks for 200 a page, though 100 are usual, and goes on until the marker is null", async () => {
    const many = Array.from({ length: 401 }, (_, n) => ({ ...disk, id: `d-${n}` }));
    const provider = await providerOf({ resources: many });
    expect(idsOf((await listed(provider)).resources)).toEqual(idsOf(many));
    expect(emulator?.calls()).toEqual({ "huawei:rms:ListAllResources": 3 });
  });

  test("leaves users and gateways to their own listings, and counts their rows", async () => {
    const provider = await providerOf({ resources: [server, user, gateway] });
    const { resources, rows } = await listed(provider);
    expect([idsOf(resources), rows]).toEqual([["s-1"], 3]);
  });

  test("leaves out what lies in regions that are not configured, and says how much that is", async () => {
    const far = { ...server, region: "cn-east-3", id: "s-2" };
    const provider = await providerOf({ resources: [server, far, zone] }, ["cn-north-4"]);
    const { resources, rows, elsewhere } = await listed(provider);
    expect([idsOf(resources), rows, elsewhere]).toEqual([["s-1", "z-1"], 3, 1]);
  });

  test("says that what nobody can tag can't be tagged, unless it carries tags", async () => {
    const tagged = { ...node, id: "n-2", tags: { env: "prod" } };
    const { resources } = await listed(await providerOf({ resources: [node, tagged] }));
    expect(resources.map(({ id, notTaggable }) => [id, notTaggable])).toEqual([
      ["n-1", "UnsupportedType"],
      ["n-2", undefined],
    ]);
  });

  test("serves no single type", async () => {
    const provider = await providerOf({ resources: [server] });
    await expect(provider.listInventory("all", server.type, undefined)).rejects.toMatchObject({
      code: "UnsupportedType",
    });
  });
});

describe("what Config answers", () => {
  const row = {
    id: "s-1",
    provider: "ECS",
    type: "CloudServers",
    region_id: "cn-north-4",
    project_id: "p0001",
    tags: { env: "prod" },
    state: "normal",
  };
  const page = (...resources: readonly object[]) => ({
    resources,
    page_info: { current_count: resources.length, next_marker: null },
  });

  async function read<Result>(body: unknown, call: (provider: TagProvider) => Promise<Result>): Promise<Result> {
    const answer: Answer = { headers: { "x-request-id": "R" }, body: JSON.stringify(body) };
    await using recorder = await recordingServer(answer);
    const one = createProvider({ ...huaweiAccount, types: ["huawei:*"], endpoints: { "*": recorder.origin } }, deps);
    const result = await call(one);
    expect(recorder.requests.map(({ headers }) => headers["x-domain-id"])).toEqual([account]);
    return result;
  }
  const inventory = (...rows: readonly object[]) =>
    read(page(...rows), (provider) => provider.listInventory("all", ANY, undefined));

  test("names types in any case, and is compared in lower case", async () => {
    expect((await inventory(row)).resources).toEqual([
      { type: server.type, id: "s-1", region: "cn-north-4", project: "p0001", tags: new Map([["env", "prod"]]) },
    ]);
  });

  test("is about the account's domain, 200 rows a page", async () => {
    await using recorder = await recordingServer({ headers: { "x-request-id": "R" }, body: JSON.stringify(page()) });
    const endpoints = { "*": recorder.origin };
    const one = createProvider({ ...huaweiAccount, types: ["huawei:*"], endpoints }, deps);
    await one.listInventory("all", ANY, "MARK");
    const [sent] = recorder.requests;
    expect(sent?.path).toBe("/v1/resource-manager/domains/d0001/all-resources");
    expect(Object.fromEntries(sent?.query ?? [])).toEqual({ limit: "200", marker: "MARK" });
  });

  test("has rows of what was deleted, which are none", async () => {
    const { resources, rowCount } = await inventory({ ...row, state: "deleted" }, row);
    expect([idsOf(resources), rowCount]).toEqual([["s-1"], 2]);
  });

  test("says nothing of tags where they can't be read", async () => {
    for (const tags of [undefined, null, ["env"], { env: 1 }]) {
      const { resources } = await inventory({ ...row, tags });
      expect(resources.map((one) => one.tags)).toEqual([undefined]);
    }
  });

  test("goes on where a marker says so", async () => {
    const more = { resources: [row], page_info: { current_count: 1, next_marker: "NEXT" } };
    const shown = await read(more, (provider) => provider.listInventory("all", ANY, undefined));
    expect(shown.nextToken).toBe("NEXT");
  });

  test.each([
    ["without rows", { page_info: {} }],
    ["without the information on its page", { resources: [] }],
    ["with a row that has no type", page({ id: "s-1", provider: "ecs" })],
    ["with a list", [row]],
  ])("is an error %s", async (_, body) => {
    await expect(read(body, (provider) => provider.listInventory("all", ANY, undefined))).rejects.toMatchObject({
      code: "UnexpectedResponse",
    });
  });

  test("is an error where a summary has another shape", async () => {
    const summary = [{ provider: "ecs", types: [{ type: "cloudServers", regions: [{ region_id: "cn-north-4" }] }] }];
    await expect(
      read(summary, async (provider) => provider.countInventory?.("all", ANY, "region")),
    ).rejects.toMatchObject({ code: "UnexpectedResponse" });
  });
});

describe("Config's summary", () => {
  test("counts what there is by region and by type, in one call each", async () => {
    const provider = await providerOf({ resources: [server, disk, zone, user] });
    const byRegion = await provider.countInventory?.("all", ANY, "region");
    expect(Object.fromEntries(byRegion ?? [])).toEqual({ "cn-north-4": 2, global: 2 });
    const byType = await provider.countInventory?.("all", ANY, "type");
    expect(Object.fromEntries(byType ?? [])).toEqual({
      [server.type]: 1,
      [disk.type]: 1,
      [zone.type]: 1,
      [user.type]: 1,
    });
    expect(emulator?.calls()).toEqual({ "huawei:rms:CollectAllResourcesSummary": 2 });
  });
});

describe("Config's recorder", () => {
  const recorded = async (options: EmulatorOptions) =>
    (await providerOf({ resources: [server], ...options })).readRecorded?.("all", ANY);

  test("records everything, or some types, by our names of them", async () => {
    expect(await recorded({})).toBe("everything");
    await emulator?.close();
    const covers = { [account]: ["ecs.cloudServers", "iam.users"] };
    expect(await recorded({ recorder: { covers } })).toEqual([server.type, user.type]);
  });

  test.each(["offIn", "neverOnIn"] as const)("records nothing where it is off (%s)", async (state) => {
    expect(await recorded({ recorder: { [state]: [account] } })).toBe("nothing");
  });

  test("is an error where it may not be read, or answers in another shape", async () => {
    const provider = await providerOf({ resources: [server] });
    emulator?.setFaults([
      { match: { action: "huawei:rms:ShowTrackerConfig" }, effect: "error", code: "RMS.00010006", httpStatus: 403 },
    ]);
    await expect(provider.readRecorded?.("all", ANY)).rejects.toMatchObject({ kind: "access" });
  });
});

describe("a search of several types", () => {
  const bucket = { ...server, type: "huawei:obs:buckets", id: "logs", tags: {} };
  const topic = { ...server, type: "huawei:smn:topic", id: "logs", tags: { env: "dev" } };
  const types = [server.type, bucket.type, topic.type, disk.type];
  const searched = async (provider: TagProvider, untagged?: true) => {
    const query = { region: "cn-north-4", type: ANY, types, ...(untagged && { untagged }) };
    const page = await provider.listTagResources(query, undefined);
    return page.rows.map(({ type, id, tags }) => [type, id.split("/").at(-1), Object.fromEntries(tags)]);
  };

  test("shows what carries tags, or what carries none, each by its type", async () => {
    const provider = await providerOf({ resources: [server, bucket, topic, disk, zone] });
    expect(await searched(provider)).toEqual([
      [server.type, "s-1", { env: "prod" }],
      [topic.type, "logs", { env: "dev" }],
    ]);
    expect(await searched(provider, true)).toEqual([
      [bucket.type, "logs", {}],
      [disk.type, "d-1", {}],
    ]);
    expect(emulator?.calls()).toEqual({ "huawei:tms:ListResource": 2 });
  });
});
