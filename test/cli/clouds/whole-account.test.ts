import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { Config } from "../../../lib/core/config/config.ts";
import type { Report } from "../../../lib/core/report/report.ts";
import { arnOf } from "../../../lib/providers/alibaba/generic/naming.ts";
import type { EmulatedResource } from "../../../local/emulator/emulated-resource.ts";
import { startEmulator, type Emulator } from "../../../local/emulator/start.ts";
import { ndjson, POLICY, runMain, temporaryFolder } from "../run-main.ts";
import type { Enforced } from "./clouds.ts";

// An account of Alibaba Cloud whose `types` name everything, over HTTP.

const ACCOUNT = { account: "111122223333", region: "cn-hangzhou" };
const good = { env: "prod", owner: "web" };
const instance = { ...ACCOUNT, type: "alibaba:ecs:instance", id: "i-1", tags: good };
const disk = { ...ACCOUNT, type: "alibaba:ecs:disk", id: "d-1", tags: { env: "prod" } };
const bucket = { ...ACCOUNT, type: "alibaba:oss:bucket", id: "logs", tags: {} };
const project = { ...ACCOUNT, type: "alibaba:log:project", id: "logs", tags: { owner: "ops" } };
const balancer = { ...ACCOUNT, type: "alibaba:slb:instance", id: "lb-1", tags: {} };
const redis = { ...ACCOUNT, type: "alibaba:kvstore:instance", id: "r-1", tags: { env: "moon" } };
const parameter = { ...ACCOUNT, type: "alibaba:oos:parameter", id: "team/a:b", tags: {} };
const elsewhere = { ...ACCOUNT, region: "cn-beijing", type: "alibaba:ecs:instance", id: "i-1", tags: {} };
const domain = { ...ACCOUNT, region: "global", type: "alibaba:cdn:domain", id: "example.com", tags: {} };
const group = { ...ACCOUNT, type: "alibaba:apigateway:apiGroup", id: "g1", tags: {} };
const RESOURCES: readonly EmulatedResource[] = [
  instance,
  disk,
  bucket,
  project,
  balancer,
  redis,
  parameter,
  elsewhere,
  domain,
  group,
];
/** Neither Alibaba Cloud's own list nor the emulator's has it. */
const queue = (id: string) => ({ ...ACCOUNT, type: "alibaba:mns:queue", id });

let emulator: Emulator;
let folder: string;

beforeAll(async () => {
  emulator = await startEmulator({ resources: RESOURCES, inventoryDelayMs: 0 });
});
afterAll(() => emulator.close());
beforeEach(async () => {
  emulator.reset();
  folder = await temporaryFolder();
  const { accounts, ...rest } = emulator.config() as Config;
  const own = accounts
    .filter(({ provider }) => provider === "alibaba")
    .map((one) => ({ ...one, types: ["alibaba:*"] }));
  writeFileSync(at("config.yaml"), stringify({ ...rest, accounts: own }));
  writeFileSync(at("policy.yaml"), POLICY);
});

const at = (name: string): string => join(folder, name);
const both = ["--config", "config.yaml", "--policy", "policy.yaml"];
const inFolder = (line: readonly string[]) => line.map((word) => (/\.(yaml|ndjson)$/.test(word) ? at(word) : word));

async function enforced(resources: readonly object[], ...more: string[]) {
  writeFileSync(at("some.ndjson"), ndjson(resources));
  const line = ["enforce", ...both, "--resources", "some.ndjson", "--journal", at("journal"), ...more];
  const { code, stdout } = await runMain(inFolder(line));
  return { code, ...(JSON.parse(stdout) as Enforced) };
}

async function listed(...more: string[]) {
  const { code, stdout, stderr } = await runMain(inFolder(["tags", "list", "--config", "config.yaml", ...more]));
  const lines = stdout === "" ? [] : stdout.trim().split("\n");
  return { code, stderr, resources: lines.map((line) => JSON.parse(line) as EmulatedResource) };
}

const place = (type: string) => ["--type", type, "--account", ACCOUNT.account, "--region", ACCOUNT.region];
const tagsOf = (ref: EmulatedResource) => emulator.world.get(ref)?.tags;

describe("tags list", () => {
  test("reads a resource by its bare id, and by its ARN among all types", async () => {
    const byId = await listed(...place(disk.type), "--id", "d-1");
    expect(byId).toMatchObject({ code: 0, resources: [disk] });
    const byArn = await listed(...place("alibaba:*:*"), "--id", arnOf(disk), arnOf(project));
    expect(byArn.resources).toHaveLength(2);
    expect(byArn.resources).toEqual(expect.arrayContaining([disk, project]));
  });

  test("tells two apart that share an id", async () => {
    const tagged = { ...bucket, tags: { env: "dev" } };
    emulator.world.create(tagged);
    expect((await listed(...place(bucket.type), "--id", "logs")).resources).toEqual([tagged]);
    expect((await listed(...place(project.type), "--id", "logs")).resources).toEqual([project]);
  });

  test("finds by a value among all types, and all of one type that carry tags", async () => {
    const found = await listed(...place("alibaba:*:*"), "--tag", "env=prod");
    expect(found.resources.map(({ type }) => type).sort()).toEqual([disk.type, instance.type]);
    expect((await listed(...place(redis.type))).resources).toEqual([redis]);
    expect((await listed(...place(instance.type), "--tag", "owner")).resources).toEqual([instance]);
  });

  test("can't look for a key with any value among all types, and says so", async () => {
    const { code, stderr } = await listed(...place("alibaba:*:*"), "--tag", "owner");
    expect(code).not.toBe(0);
    expect(stderr).toContain("name one type, or a value");
  });
});

describe("enforce --apply", () => {
  test("tags what lacks a tag, types and ids mixed, and leaves the rest alone", async () => {
    const { code, outcomes, calls } = await enforced(RESOURCES, "--apply");
    expect(code).toBe(0);
    // The invalid value stays, and what is missing beside it is added.
    expect(outcomes).toEqual({ tagged: 9, compliant: 1 });
    expect(tagsOf(bucket)).toEqual({ env: "dev", owner: "platform" });
    expect(tagsOf(project)).toEqual({ env: "dev", owner: "ops" });
    expect(tagsOf(redis)).toEqual({ env: "moon", owner: "platform" });
    expect(tagsOf(parameter)).toEqual({ env: "dev", owner: "platform" });
    expect(tagsOf(elsewhere)).toEqual({ env: "dev", owner: "platform" });
    expect(tagsOf(domain)).toEqual({ env: "dev", owner: "platform" });
    expect(tagsOf(instance)).toEqual(good);
    expect(calls).toEqual(emulator.calls());
    // Regions and what has none have calls of their own; one call reads all of a region.
    expect(calls["alibaba:tag:ListTagResources"]).toBe(3);
    expect(calls["alibaba:tag:ListSupportResourceTypes"]).toBeUndefined();
  });

  test("and undo takes back what was written, and nothing else", async () => {
    const { run = "" } = await enforced(RESOURCES, "--apply");
    const line = ["undo", "--config", "config.yaml", "--journal", at("journal"), "--run", run, "--apply"];
    const { code, stdout } = await runMain(inFolder(line));
    expect(code, stdout).toBe(0);
    for (const one of RESOURCES) expect(tagsOf(one), one.id).toEqual(one.tags);
  });

  test.each([1, 2, 3])(
    "tags the others beside %i of a type that can't be tagged, which nobody asks to tag",
    async (count) => {
      const queues = Array.from({ length: count }, (_, n) => queue(`q-${n}`));
      const { code, outcomes, resources, calls } = await enforced([...RESOURCES, ...queues], "--apply");
      expect(code).toBe(0);
      expect(outcomes).toEqual({ tagged: 9, compliant: 1, "not-applicable": count });
      const ended = resources.filter(({ outcome }) => outcome === "not-applicable");
      expect(ended.map(({ code: said }) => said)).toEqual(queues.map(() => "UnsupportedType"));
      expect(calls["alibaba:tag:ListSupportResourceTypes"]).toBe(1);
      expect(calls["alibaba:tag:ListTagResources"]).toBe(3);
    },
  );

  test.each([1, 2, 3])("finds %i of them where nobody could say which types can be tagged", async (count) => {
    emulator.setFaults([
      {
        match: { action: "alibaba:tag:ListSupportResourceTypes" },
        effect: "error",
        code: "Forbidden.RAM",
        httpStatus: 403,
      },
    ]);
    const queues = Array.from({ length: count }, (_, n) => queue(`q-${n}`));
    const { code, outcomes } = await enforced([...RESOURCES, ...queues], "--apply");
    expect(code).toBe(0);
    expect(outcomes).toEqual({ tagged: 9, compliant: 1, "not-applicable": count });
  });

  test("names the one resource that the cloud refuses, and tags the others", async () => {
    emulator.setFaults([
      {
        match: { action: "alibaba:tag:TagResources", resourceId: "lb-1" },
        effect: "error",
        code: "QuotaExceed.TagsPerResource",
        httpStatus: 403,
      },
    ]);
    const { outcomes, resources } = await enforced(RESOURCES, "--apply");
    expect(outcomes).toEqual({ tagged: 8, compliant: 1, rejected: 1 });
    expect(resources.find(({ outcome }) => outcome === "rejected")).toMatchObject({ id: "lb-1" });
    expect(tagsOf(balancer)).toEqual({});
  });

  const policyOf = (count: number) => {
    const keys = Array.from({ length: count }, (_, n) => `key${n}`);
    const requiredTags = Object.fromEntries(keys.map((key) => [key, { default: "x" }]));
    const all = { name: "many", match: { types: ["alibaba:ecs:*"] }, require: keys, mode: "enforce" };
    writeFileSync(at("policy.yaml"), stringify({ version: 1, requiredTags, policies: [all] }));
  };

  test("writes eighteen tags in two calls, since one takes ten", async () => {
    policyOf(18);
    const { outcomes, calls } = await enforced([disk], "--apply");
    expect(outcomes).toEqual({ tagged: 1 });
    expect(Object.keys(tagsOf(disk) ?? {})).toHaveLength(19);
    expect(calls["alibaba:tag:TagResources"]).toBe(2);
  });

  test("refuses a policy of thirty tags before any call, since no resource takes so many", async () => {
    policyOf(30);
    writeFileSync(at("some.ndjson"), ndjson([disk]));
    const { code, stderr } = await runMain(inFolder(["enforce", ...both, "--resources", "some.ndjson", "--apply"]));
    expect(code).toBe(2);
    expect(stderr).toMatch(/30 .*20/);
    expect(emulator.calls()).toEqual({});
  });
});

describe("audit", () => {
  async function audited() {
    const out = at("audit");
    const { code, stdout, stderr } = await runMain(inFolder(["audit", ...both, "--out", out]));
    const report = JSON.parse(stdout) as Pick<Report, "coverage" | "evaluated"> & {
      readonly resources: number;
      readonly calls: Readonly<Record<string, number>>;
    };
    const evaluations = readdirSync(join(out, "evaluations"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .flatMap(({ parentPath, name }) => {
        const text = gunzipSync(readFileSync(join(parentPath, name))).toString("utf8");
        return text.trim() === "" ? [] : text.trim().split("\n");
      })
      .map((line) => JSON.parse(line) as { type: string; region: string; id: string; compliance: string });
    return { code, stderr, report, evaluations };
  }

  test("judges everything in the account exactly once, as the policy says of its tags", async () => {
    const { report, evaluations, stderr } = await audited();
    const name = ({ type, region, id }: { type: string; region: string; id: string }) => `${type} ${region} ${id}`;
    expect(evaluations.map(name).sort(), stderr).toEqual(RESOURCES.map(name).sort());
    const found = evaluations.filter(({ compliance }) => compliance === "noncompliant");
    expect(found).toHaveLength(9);
    expect(report.resources).toBe(RESOURCES.length);
    expect(report.calls).toEqual(emulator.calls());
    expect(report.calls["alibaba:resourcecenter:SearchResources"]).toBe(1);
  });

  test("says how old the inventory may be whose rows count, on the screen and in each form of the report", async () => {
    const out = at("audit");
    const { stderr } = await runMain(inFolder(["audit", ...both, "--out", out, "--format", "table"]));
    const age = "The inventory of account 111122223333 is up to 2 minutes old";
    expect(stderr).toContain(age);
    for (const name of ["report.html", "report.md"]) {
      expect(readFileSync(join(out, name), "utf8").replaceAll(/\s+/gu, " "), name).toContain(age);
    }
    expect((await runMain(["report", "--run", out, "--format", "csv"])).stderr).toContain(age);
    const { coverage } = JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as Report;
    expect(coverage.inventoryAge).toEqual({ "111122223333": 120_000 });
  });

  test("needs no call for a type of which the listing proves every resource compliant", async () => {
    for (const one of RESOURCES) emulator.world.create({ ...one, tags: good });
    const { report } = await audited();
    expect(report.evaluated).toMatchObject({ compliant: RESOURCES.length });
    expect(report.calls["alibaba:tag:ListTagResources"]).toBeUndefined();
  });

  test("says of a type that nobody can tag that it isn't judged", async () => {
    const listedOnly = { ...ACCOUNT, type: "alibaba:mns:queue", id: "q-1" };
    emulator.world.create(listedOnly);
    const { evaluations } = await audited();
    expect(evaluations.filter(({ type }) => type === listedOnly.type)).toMatchObject([
      { id: "q-1", compliance: "not-applicable" },
    ]);
  });
});
