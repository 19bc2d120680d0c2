import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pages } from "../../../lib/app/cloud/pages.ts";
import type { HuaweiAccountConfig } from "../../../lib/core/config/config.ts";
import { huaweiProvider } from "../../../lib/providers/huawei/provider.ts";
import { startEmulator, type Emulator } from "../../../local/emulator/start.ts";
import { deps, huaweiAccount } from "../accounts.ts";
import { recordingServer } from "../recording-server.ts";

const GATEWAY = { type: "huawei:apig:instance", account: huaweiAccount.account, region: "cn-north-4" };
const PROJECTS = ["p-many", "p-none", "p-few"];
const many = Array.from({ length: 501 }, (_, index) => `many-${index}`);

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({
    projects: new Map([[GATEWAY.account, new Map([[GATEWAY.region, PROJECTS]])]]),
    resources: [
      ...many.map((id) => ({ ...GATEWAY, project: "p-many", id })),
      ...["few-1", "few-2"].map((id) => ({ ...GATEWAY, project: "p-few", id })),
    ],
  });
});

afterAll(() => emulator.close());

function provider(projects: HuaweiAccountConfig["projects"]) {
  const { endpoints, accessKey, secretKey } = emulator.description.huawei;
  return huaweiProvider({ ...huaweiAccount, projects, endpoints, credentials: { accessKey, secretKey } }, deps);
}

async function listed(projects: HuaweiAccountConfig["projects"]) {
  const cloud = provider(projects);
  const found: { readonly id: string; readonly project?: string | undefined }[] = [];
  const totals: (number | undefined)[] = [];
  for await (const page of pages((token) => cloud.listInventory(GATEWAY.region, GATEWAY.type, token))) {
    found.push(...page.resources);
    totals.push(page.total);
  }
  return { found, totals };
}

describe("the inventory of a region with several projects", () => {
  test("shows what is in each of them, says where it lies, and ends by counting all", async () => {
    const { found, totals } = await listed({ "cn-north-4": PROJECTS });
    expect(found.map(({ id, project }) => `${project} ${id}`)).toEqual([
      ...many.map((id) => `p-many ${id}`),
      "p-few few-1",
      "p-few few-2",
    ]);
    expect(totals).toEqual([501, 501, 501, 503]);
  });

  test("is that of one project where one is configured, in either form", async () => {
    for (const projects of ["p-few", ["p-few"]]) {
      const { found, totals } = await listed({ "cn-north-4": projects });
      expect([found.map(({ id }) => id), totals]).toEqual([["few-1", "few-2"], [2]]);
    }
  });

  test("fails by the name of the project that refuses, whichever it is", async () => {
    await expect(listed({ "cn-north-4": ["p-few", "p-strange"] })).rejects.toMatchObject({
      kind: "access",
      message: expect.stringMatching(/^project p-strange: /) as string,
    });
  });

  test("takes no token of a listing of other projects", async () => {
    const cloud = provider({ "cn-north-4": ["p-few", "p-none"] });
    for (const token of ["500 of 501", "501 p-gone ", ""]) {
      await expect(cloud.listInventory(GATEWAY.region, GATEWAY.type, token)).rejects.toMatchObject({
        code: "InvalidToken",
        kind: "request",
      });
    }
  });
});

describe("calls for a resource", () => {
  const calls = {
    tag: { tags: new Map([["env", "dev"]]) },
    untag: { keys: ["env"] },
  };

  test("go to its own project, by path and by header", async () => {
    await using server = await recordingServer({ headers: { "x-request-id": "R1" }, body: '{"tags":[]}' });
    const projects = { "cn-north-4": ["p1", "p2"] };
    const cloud = huaweiProvider({ ...huaweiAccount, projects, endpoints: { "*": server.origin } }, deps);
    const batch = { ...GATEWAY, project: "p2", resourceIds: ["gw1"] };
    await cloud.tagResources({ ...batch, ...calls.tag });
    await cloud.untagResources({ ...batch, ...calls.untag });
    await cloud.listTagResources(
      { type: GATEWAY.type, region: GATEWAY.region, project: "p2", ids: ["gw1"] },
      undefined,
    );
    expect(server.requests.map(({ path, headers }) => [path?.split("/")[2], headers["x-project-id"]])).toEqual([
      ["p2", "p2"],
      ["p2", "p2"],
      ["p2", "p2"],
    ]);
  });

  test.each([
    [["p1", "p2"], undefined, "has several projects"],
    [["p1", "p2"], "p3", "project p3 of account d0001 is not in the configuration"],
    ["p1", "p3", "project p3 of account d0001 is not in the configuration"],
    [[], undefined, "has no project for region"],
  ])("are not made where projects are %j and it names %s", async (projects, project, words) => {
    const cloud = provider({ "cn-north-4": projects });
    await expect(cloud.tagResources({ ...GATEWAY, project, resourceIds: ["gw1"], ...calls.tag })).rejects.toMatchObject(
      { code: "MissingProject", kind: "access", message: expect.stringContaining(words) as string },
    );
  });
});
