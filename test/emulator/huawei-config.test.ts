import { describe, expect, it } from "vitest";
import type { EmulatedResource } from "../../local/emulator/emulated-resource.ts";
import type { EmulatorOptions } from "../../local/emulator/start.ts";
import { emulate, gateway, HUAWEI_ACCOUNT, ids, user } from "./emulate.ts";
import { globalCaller, type Answer } from "./huawei-clients.ts";

const OTHER = "d0002";
const HOUR = 3_600_000;

const resource = (type: string, id: string, more: Partial<EmulatedResource> = {}): EmulatedResource => ({
  type: `huawei:${type}`,
  account: HUAWEI_ACCOUNT,
  region: "cn-north-4",
  id,
  ...more,
});
const server = resource("ecs:cloudservers", "s1", { tags: { env: "prod", owner: "a" } });
const disk = resource("evs:volumes", "d1");
const zone = resource("dns:zones", "z1", { region: "global", tags: { env: "dev" } });
const node = resource("cce:nodes", "n1", { region: "cn-east-3" });

async function config(
  resources: readonly EmulatedResource[],
  options: Omit<EmulatorOptions, "resources" | "now"> = {},
) {
  const clock = { now: Date.now() };
  const emulator = await emulate(resources, { ...options, now: () => clock.now });
  const { token, endpoint } = emulator.description.huawei;
  /** With a token, which is good whatever the clock says. */
  async function get(path: string, query: readonly (readonly [string, string])[] = [], account = HUAWEI_ACCOUNT) {
    const url = `${endpoint}/v1/resource-manager/domains/${account}/${path}?${new URLSearchParams(query.map(([k, v]) => [k, v]))}`;
    const own = emulator.description.huawei.accounts[account]?.token ?? token;
    const answer = await fetch(url, { headers: { "x-auth-token": own } });
    return { status: answer.status, body: (await answer.json()) as Answer };
  }
  async function listed(query: readonly (readonly [string, string])[] = [], account = HUAWEI_ACCOUNT) {
    const { body } = await get("all-resources", query, account);
    return (body["resources"] as { id: string; tags: object }[]).map(({ id, tags }) => [id, tags]);
  }
  return { emulator, clock, get, listed };
}

describe("all-resources", () => {
  it("lists all regions and types with tags and projects, tagged or not, by Config's own names", async () => {
    const { emulator, get } = await config([server, disk, zone, node, gateway("g1"), user("u1")]);
    const projects = emulator.description.huawei.projects;
    const { status, body } = await get("all-resources");
    const shown = (body["resources"] as Record<string, unknown>[]).map(
      ({ provider, type, id, region_id, project_id, tags }) => [
        `${String(provider)}.${String(type)}`,
        id,
        region_id,
        project_id,
        tags,
      ],
    );
    const north = projects["cn-north-4"];
    expect([status, shown]).toEqual([
      200,
      [
        ["ecs.cloudServers", "s1", "cn-north-4", north, { env: "prod", owner: "a" }],
        ["evs.volumes", "d1", "cn-north-4", north, {}],
        ["dns.zones", "z1", "global", "", { env: "dev" }],
        ["cce.nodes", "n1", "cn-east-3", projects["cn-east-3"], {}],
        ["apig.instances", "g1", "cn-north-4", north, {}],
        ["iam.users", "u1", "global", "", {}],
      ],
    ]);
    expect(body["page_info"]).toEqual({ current_count: 6, next_marker: null });
  });

  it("lists its own account alone", async () => {
    const { get, listed } = await config([server, { ...disk, account: OTHER }]);
    expect(await listed([], OTHER)).toEqual([["d1", {}]]);
    expect(await get("all-resources", [], "d0003")).toMatchObject({
      status: 403,
      body: { error_code: "RMS.00010006" },
    });
  });

  it("pages by marker, 100 rows unless up to 200 are asked for", async () => {
    const { get } = await config(ids("d", 250).map((id) => ({ ...disk, id })));
    const seen: string[] = [];
    const sizes: number[] = [];
    let marker: string | null = "";
    while (marker !== null) {
      const limit = sizes.length === 0 ? "" : "200";
      const { body } = await get("all-resources", [
        ["limit", limit],
        ...(marker === "" ? [] : [["marker", marker] as const]),
      ]);
      const rows = body["resources"] as { id: string }[];
      seen.push(...rows.map(({ id }) => id));
      sizes.push(rows.length);
      marker = (body["page_info"] as { next_marker: string | null }).next_marker;
    }
    expect([sizes, seen]).toEqual([[100, 150], ids("d", 250)]);
  });

  it.each<[string, readonly (readonly [string, string])[], readonly string[]]>([
    ["a type, in any case", [["type", "ecs.cloudservers"]], ["s1"]],
    ["a region", [["region_id", "cn-east-3"]], ["n1"]],
    ["what has no region", [["region_id", "global"]], ["z1"]],
    ["an id", [["id", "d1"]], ["d1"]],
    ["a key", [["tags", "env"]], ["s1", "z1"]],
    [
      "a key's value and another key",
      [
        ["tags", "env=prod"],
        ["tags", "owner"],
      ],
      ["s1"],
    ],
    ["another enterprise project", [["ep_id", "1"]], []],
  ])("finds %s", async (_, query, found) => {
    const { listed, get } = await config([server, disk, zone, node]);
    expect((await listed(query)).map(([id]) => id)).toEqual(found);
    expect(await get("all-resources/count", query)).toMatchObject({ body: { total_count: found.length } });
  });

  it.each([
    ["201 rows", [["limit", "201"]], "RMS.00010024"],
    ["no rows", [["limit", "0"]], "RMS.00010024"],
    ["a marker of three characters", [["marker", "abc"]], "RMS.00010034"],
    ["a marker that it hasn't issued", [["marker", "0".repeat(32)]], "RMS.00010035"],
    ["a type that doesn't exist", [["type", "ecs.toasters"]], "RMS.00010002"],
    ["six tags", ids("k", 6).map((key) => ["tags", key]), "RMS.00010028"],
    ["what was deleted", [["resource_deleted", "true"]], "RMS.00010001"],
  ] as [string, [string, string][], string][])("refuses %s", async (_, query, error_code) => {
    const { get } = await config([server]);
    expect(await get("all-resources", query)).toMatchObject({ status: 400, body: { error_code } });
  });

  it("takes a marker for the same query alone", async () => {
    const { get } = await config(ids("d", 3).map((id) => ({ ...disk, id })));
    const { body } = await get("all-resources", [["limit", "1"]]);
    const { next_marker: marker } = body["page_info"] as { next_marker: string };
    expect(await get("all-resources", [["marker", marker]])).toMatchObject({ status: 200 });
    const other = await get("all-resources", [
      ["marker", marker],
      ["type", "evs.volumes"],
    ]);
    expect(other).toMatchObject({ status: 400, body: { error_code: "RMS.00010035" } });
  });

  it("leaves out what a fault hides", async () => {
    const { emulator, listed } = await config([server, disk]);
    emulator.setFaults([{ match: { action: "huawei:rms:*" }, effect: "not-found", times: 1 }]);
    expect(await listed()).toEqual([]);
    expect(await listed()).toHaveLength(2);
  });
});

describe("how old it is", () => {
  it("a day, for what is new, changed or gone, and nothing for what was there at the start", async () => {
    const { emulator, clock, listed } = await config([server, disk]);
    emulator.world.create({ ...disk, id: "d2" });
    emulator.world.create({ ...server, tags: { env: "dev" } });
    emulator.world.remove(disk);
    const before = [
      ["s1", { env: "prod", owner: "a" }],
      ["d1", {}],
    ];
    expect(await listed()).toEqual(before);
    clock.now += 24 * HOUR - 1;
    expect(await listed()).toEqual(before);
    clock.now += 1;
    expect(await listed()).toEqual([
      ["s1", { env: "dev" }],
      ["d2", {}],
    ]);
  });

  it("is set by the same option as Resource Center's, whose own is two minutes", async () => {
    const { emulator, clock, listed } = await config([server], { inventoryDelayMs: 5000 });
    emulator.world.create(disk);
    clock.now += 5000;
    expect(await listed()).toHaveLength(2);
  });

  it("shows asynchronous tags a day after they are there", async () => {
    const cluster = resource("mrs:mrs", "c1");
    const { emulator, clock, listed } = await config([cluster]);
    const { endpoint, token, projectId } = emulator.description.huawei;
    const body = {
      project_id: projectId,
      resources: [{ resource_id: "c1", resource_type: "clusters" }],
      tags: [{ key: "a", value: "b" }],
    };
    const headers = { "x-auth-token": token };
    const url = `${endpoint}/v1.0/resource-tags/batch-create`;
    await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    clock.now += 10_000;
    expect(await listed()).toEqual([["c1", {}]]);
    clock.now += 24 * HOUR;
    expect(await listed()).toEqual([["c1", { a: "b" }]]);
  });
});

describe("the recorder", () => {
  it("covers all types unless it is said otherwise", async () => {
    const { get } = await config([server]);
    expect(await get("tracker-config")).toMatchObject({
      status: 200,
      body: { selector: { all_supported: true, resource_types: [] } },
    });
  });

  it("that is off has no configuration, and what it listed stays as it was", async () => {
    const { emulator, clock, get, listed } = await config([server, disk, { ...disk, account: OTHER }], {
      recorder: { offIn: [HUAWEI_ACCOUNT] },
    });
    expect(await get("tracker-config")).toMatchObject({ status: 400, body: { error_code: "RMS.00010091" } });
    emulator.world.create({ ...server, tags: {} });
    emulator.world.remove(disk);
    emulator.world.create({ ...disk, account: OTHER, id: "d2" });
    clock.now += 30 * 24 * HOUR;
    expect(await listed()).toEqual([
      ["s1", { env: "prod", owner: "a" }],
      ["d1", {}],
    ]);
    expect(await get("tracker-config", [], OTHER)).toMatchObject({ status: 200 });
    expect(await listed([], OTHER)).toHaveLength(2);
  });

  it("that was never on lists nothing", async () => {
    const { get, listed } = await config([server], { recorder: { neverOnIn: [HUAWEI_ACCOUNT] } });
    expect(await get("tracker-config")).toMatchObject({ status: 400, body: { error_code: "RMS.00010091" } });
    expect(await listed()).toEqual([]);
  });

  it("that covers some types lists these alone", async () => {
    const { get, listed } = await config([server, disk], {
      recorder: { covers: { [HUAWEI_ACCOUNT]: ["evs.volumes"] } },
    });
    expect(await get("tracker-config")).toMatchObject({
      body: { selector: { all_supported: false, resource_types: ["evs.volumes"] } },
    });
    expect(await listed()).toEqual([["d1", {}]]);
  });

  it("says nothing of what a caller may not see", async () => {
    const { get, listed } = await config([server, disk], {
      recorder: { sees: { [HUAWEI_ACCOUNT]: ["huawei:ecs:*"] } },
    });
    expect(await get("tracker-config")).toMatchObject({ status: 200 });
    expect((await listed()).map(([id]) => id)).toEqual(["s1"]);
  });
});

describe("what there is", () => {
  it("is counted by service, type and region", async () => {
    const { get } = await config([server, disk, { ...disk, id: "d2", region: "cn-east-3" }]);
    expect((await get("all-resources/summary")).body).toEqual([
      { provider: "ecs", types: [{ type: "cloudServers", regions: [{ region_id: "cn-north-4", count: 1 }] }] },
      {
        provider: "evs",
        types: [
          {
            type: "volumes",
            regions: [
              { region_id: "cn-north-4", count: 1 },
              { region_id: "cn-east-3", count: 1 },
            ],
          },
        ],
      },
    ]);
  });

  it("is throttled with 429 by the account, where that is asked for", async () => {
    const { get } = await config([server], { quota: "documented" });
    const answers = await Promise.all(ids("call", 11).map(() => get("all-resources")));
    expect(answers.filter(({ status }) => status === 429)).toMatchObject([{ body: { error_code: "APIGW.0308" } }]);
  });

  it("is told to a key, too, and to none of another domain", async () => {
    const emulator = await emulate([server, { ...disk, account: OTHER }]);
    const { huawei } = emulator.description;
    const request = { method: "GET", url: `/v1/resource-manager/domains/${HUAWEI_ACCOUNT}/all-resources` };
    const own = globalCaller(emulator.description, huawei);
    expect(await own(request)).toMatchObject({ resources: [{ id: "s1" }] });
    const others = globalCaller(emulator.description, huawei.accounts[OTHER] ?? huawei, OTHER);
    await expect(others(request)).rejects.toMatchObject({ httpStatusCode: 403, errorCode: "RMS.00010006" });
  });
});
