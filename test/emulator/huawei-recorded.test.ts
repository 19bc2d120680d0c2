import { describe, expect, it } from "vitest";
import type { EmulatedResource } from "../../local/emulator/emulated-resource.ts";
import type { EmulatorOptions } from "../../local/emulator/start.ts";
import { emulate } from "./emulate.ts";
import { differences, RECORDED_DOMAIN, RECORDED_PROJECT, recordedNames, sendRecorded } from "./huawei-recorded.ts";

const REGION = "cn-north-4";
const at = { account: RECORDED_DOMAIN, region: REGION, project: RECORDED_PROJECT };
const disk: EmulatedResource = {
  ...at,
  type: "huawei:evs:volumes",
  id: "a28531fa-a8d5-468e-8417-86a80962ee5e",
  tags: { ENV: "prod" },
};
const vpc: EmulatedResource = { ...at, type: "huawei:vpc:vpcs", id: "a28531fa-a8d5-468e-8417-86a8096ddddd" };
const server: EmulatedResource = { ...at, type: "huawei:ecs:cloudservers", id: "s1", tags: { ENV: "dev" } };

async function replay(name: string, options: Omit<EmulatorOptions, "resources"> = {}, without: readonly string[] = []) {
  const emulator = await emulate([disk, vpc, server], options);
  const tagsOf = (resource: EmulatedResource) => emulator.world.get(resource)?.tags;
  const answer = await sendRecorded(name, emulator, without);
  return { answer, tags: [tagsOf(disk), tagsOf(vpc)] };
}

const row = ({ id }: EmulatedResource, resource_type: string, tags: readonly object[]) => ({
  project_id: RECORDED_PROJECT,
  project_name: REGION,
  resource_id: id,
  resource_name: id,
  resource_type,
  tags,
});
const prod = { key: "ENV", value: "prod" };
const dev = { key: "ENV", value: "dev" };

describe("a recorded request", () => {
  it.each(recordedNames)(
    "%s is what the official core client sends, with the signature that ours gives",
    async (name) => {
      expect(await differences(name)).toEqual([]);
    },
  );

  it("CreateResourceTag tags two types at once, by the names of its page", async () => {
    const { answer, tags } = await replay("CreateResourceTag", { tms: { olderNames: true } });
    expect(answer).toMatchObject({ httpStatusCode: 200, failed_resources: [] });
    expect(tags).toEqual([
      { ENV: "dev", DEPT: "pdd" },
      { ENV: "dev", DEPT: "pdd" },
    ]);
  });

  it("CreateResourceTag is refused where one of its types has another name by now", async () => {
    await expect(replay("CreateResourceTag")).rejects.toMatchObject({ httpStatusCode: 400 });
  });

  it("DeleteResourceTag takes a tag off, whatever its value", async () => {
    const { answer, tags } = await replay("DeleteResourceTag");
    expect(answer).toMatchObject({ httpStatusCode: 200, failed_resources: [] });
    expect(tags).toEqual([{}, {}]);
  });

  it("ListResource finds the tagged, with any of the values", async () => {
    const { answer } = await replay("ListResource");
    expect(answer).toMatchObject({
      resources: [row(disk, "disk", [prod]), row(server, "ecs", [dev])],
      errors: [],
      total_count: 2,
    });
  });

  it("ListResource without any tag finds no disk that has one", async () => {
    expect((await replay("ListResource.without_any_tag")).answer).toMatchObject({ resources: [], total_count: 0 });
  });

  it("ShowResourceTag shows the tags of one", async () => {
    expect((await replay("ShowResourceTag")).answer).toMatchObject({ httpStatusCode: 200, tags: [prod] });
  });

  it("ListTags shows each key with its values", async () => {
    expect((await replay("ListTags")).answer).toMatchObject({ tags: [{ key: "ENV", values: ["prod", "dev"] }] });
  });

  it("ListProviders names TMS' types", async () => {
    const { answer } = await replay("ListProviders");
    const type = (resource_type: string) =>
      expect.objectContaining({ resource_type, global: false, regions: [REGION] });
    expect(answer).toMatchObject({
      providers: expect.arrayContaining([
        expect.objectContaining({ provider: "ecs", resource_types: [type("ecs")] }),
        expect.objectContaining({ provider: "evs", resource_types: [type("disk")] }),
      ]),
    });
  });

  it("ShowTagQuota speaks of predefined tags alone", async () => {
    expect((await replay("ShowTagQuota")).answer).toMatchObject({ quotas: [{ quota_key: "predefine_tag" }] });
  });

  it.each(["ListAllResources", "ListTrackedResources"])("%s shows tags, projects and regions", async (name) => {
    const { answer } = await replay(name, {}, ["marker", "tags"]);
    expect(answer).toMatchObject({
      resources: [
        {
          provider: "evs",
          type: "volumes",
          id: disk.id,
          project_id: RECORDED_PROJECT,
          region_id: REGION,
          tags: disk.tags,
        },
        { provider: "vpc", type: "vpcs", id: vpc.id, tags: {} },
        { provider: "ecs", type: "cloudServers", id: "s1", tags: server.tags },
      ],
      page_info: { current_count: 3, next_marker: null },
    });
  });

  it("ListAllResources refuses the marker, which another cloud gave", async () => {
    await expect(replay("ListAllResources")).rejects.toMatchObject({ httpStatusCode: 400, errorCode: "RMS.00010035" });
  });

  it("ListAllProviders names Config's types", async () => {
    expect((await replay("ListAllProviders")).answer).toMatchObject({
      resource_providers: expect.arrayContaining([
        expect.objectContaining({ provider: "evs", resource_types: [expect.objectContaining({ name: "volumes" })] }),
      ]) as unknown,
    });
  });

  it("ListAccounts names the members", async () => {
    const organization = { management: RECORDED_DOMAIN, members: [{ account: "d0001" }] };
    const { answer } = await replay("ListAccounts", { organization });
    expect(answer).toMatchObject({ accounts: [{ id: "d0001", status: "active" }], page_info: { next_marker: null } });
  });
});
