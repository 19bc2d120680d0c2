import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { Config } from "../../../lib/core/config/config.ts";
import { nameOf } from "../../../lib/providers/huawei/generic/naming.ts";
import type { EmulatedResource } from "../../../local/emulator/emulated-resource.ts";
import { startEmulator, type Emulator, type EmulatorOptions } from "../../../local/emulator/start.ts";
import { ndjson, POLICY, runMain, temporaryFolder } from "../run-main.ts";
import type { Enforced } from "./clouds.ts";

// What is read one by one and written in an account of Huawei Cloud whose `types` name everything, over HTTP.

const ACCOUNT = { account: "d0001", region: "cn-north-4" };
const good = { env: "prod", owner: "web" };
const server = { ...ACCOUNT, type: "huawei:ecs:cloudservers", id: "s-1", tags: good };
const disk = { ...ACCOUNT, type: "huawei:evs:volumes", id: "v-1", tags: { env: "prod" } };
const bucket = { ...ACCOUNT, type: "huawei:obs:buckets", id: "logs", tags: {} };
const topic = { ...ACCOUNT, type: "huawei:smn:topic", id: "logs", tags: { owner: "ops" } };
const called = {
  ...ACCOUNT,
  type: "huawei:fgs:functions",
  id: "urn:fss:cn-north-4:p:function:default:f:latest",
  tags: {},
};
/** Of which pages have several names. */
const vpc = { ...ACCOUNT, type: "huawei:vpc:vpcs", id: "vpc-1", tags: {} };
const domain = { ...ACCOUNT, region: "global", type: "huawei:cdn:domains", id: "example.com", tags: {} };
const gateway = { ...ACCOUNT, type: "huawei:apig:instance", id: "g1", tags: {} };
const RESOURCES: readonly EmulatedResource[] = [server, disk, bucket, topic, called, vpc, domain, gateway];
const LIST = "huawei:tms:ListProviders";

let emulator: Emulator;
let folder: string;

async function start(options: EmulatorOptions = {}) {
  emulator = await startEmulator({ resources: RESOURCES, inventoryDelayMs: 0, ...options });
  folder = await temporaryFolder();
  writeFileSync(at("policy.yaml"), POLICY);
  configure();
}

function configure(more: object = {}) {
  const { accounts, ...rest } = emulator.config() as Config;
  const own = accounts
    .filter(({ provider }) => provider === "huawei")
    .map((one) => ({ ...one, types: ["huawei:*"], ...more }));
  writeFileSync(at("config.yaml"), stringify({ ...rest, accounts: own }));
}

beforeEach(() => start());
afterEach(() => emulator.close());

const at = (name: string): string => join(folder, name);
const inFolder = (line: readonly string[]) => line.map((word) => (/\.(yaml|ndjson)$/.test(word) ? at(word) : word));

async function enforced(resources: readonly object[], ...more: string[]) {
  writeFileSync(at("some.ndjson"), ndjson(resources));
  const files = ["--config", "config.yaml", "--policy", "policy.yaml", "--resources", "some.ndjson"];
  const line = ["enforce", ...files, "--journal", at("journal"), ...more];
  const { code, stdout } = await runMain(inFolder(line));
  return { code, ...(JSON.parse(stdout) as Enforced) };
}

async function undone(run: string, ...more: string[]) {
  const line = ["undo", "--config", "config.yaml", "--journal", at("journal"), "--run", run, "--apply", ...more];
  const { code, stdout } = await runMain(inFolder(line));
  return { code, stdout };
}

async function listed(...more: string[]) {
  const { code, stdout, stderr } = await runMain(inFolder(["tags", "list", "--config", "config.yaml", ...more]));
  const lines = stdout === "" ? [] : stdout.trim().split("\n");
  return { code, stderr, resources: lines.map((line) => JSON.parse(line) as EmulatedResource) };
}

const place = (type: string) => ["--type", type, "--account", ACCOUNT.account, "--region", ACCOUNT.region];
const tagsOf = (ref: EmulatedResource) => emulator.world.get(ref)?.tags;

describe("tags list", () => {
  test("reads a resource by its bare id, and by its name among all types", async () => {
    expect(await listed(...place(disk.type), "--id", "v-1")).toMatchObject({ code: 0, resources: [disk] });
    const byName = await listed(...place("huawei:*:*"), "--id", nameOf(disk), nameOf(topic));
    expect(byName.resources).toHaveLength(2);
    expect(byName.resources).toEqual(expect.arrayContaining([disk, topic]));
  });

  test("tells two apart that share an id, and shows all of one type that carry tags", async () => {
    expect((await listed(...place(topic.type), "--id", "logs")).resources).toEqual([topic]);
    expect((await listed(...place(topic.type))).resources).toEqual([topic]);
    expect((await listed(...place(bucket.type))).resources).toEqual([]);
  });

  test("asks TMS for its names where pages have several, once", async () => {
    const tagged = { ...vpc, tags: { env: "dev" } };
    emulator.world.create(tagged);
    for (const more of [["--id", vpc.id], []]) {
      expect((await listed(...place(vpc.type), ...more)).resources).toEqual([tagged]);
    }
    expect(emulator.calls()[LIST]).toBe(2);
  });
});

describe("tags set of what a service tags later", () => {
  const cluster = { ...ACCOUNT, type: "huawei:mrs:mrs", id: "c-1", tags: {} };
  const set = (...more: string[]) => {
    const what = [...place(cluster.type), "--id", "c-1", "--tag", "env=dev", "--apply", ...more];
    return runMain(inFolder(["tags", "set", "--config", "config.yaml", "--journal", at("journal"), ...what]));
  };

  test("waits until a read shows it, after one call", async () => {
    await emulator.close();
    await start({ resources: [cluster], tms: { slowMs: 1_500 } });
    const { code, stdout } = await set();
    expect(code, stdout).toBe(0);
    expect([tagsOf(cluster), emulator.calls()["huawei:tms:CreateResourceTag"]]).toEqual([{ env: "dev" }, 1]);
  });

  test("says so where the time is up before", async () => {
    emulator.world.create(cluster);
    const { code, stdout } = await set("--max-seconds", "2");
    expect(code).toBe(1);
    expect(stdout).toContain("AsyncTagging");
    expect(emulator.calls()["huawei:tms:CreateResourceTag"]).toBe(1);
  });
});

describe("enforce --apply", () => {
  test.each([false, true])(
    "tags what lacks a tag, types and ids mixed, and leaves the rest alone: older names %s",
    async (olderNames) => {
      await emulator.close();
      await start({ tms: { olderNames } });
      const { code, outcomes, calls } = await enforced(RESOURCES, "--apply");
      expect(code).toBe(0);
      expect(outcomes).toEqual({ tagged: 7, compliant: 1 });
      for (const one of [bucket, called, vpc, domain, gateway]) {
        expect(tagsOf(one), one.id).toEqual({ env: "dev", owner: "platform" });
      }
      expect(tagsOf(topic)).toEqual({ env: "dev", owner: "ops" });
      expect(tagsOf(server)).toEqual(good);
      expect(calls).toEqual(emulator.calls());
      // What has no region has a call of its own, since it belongs to no project.
      expect(calls["huawei:tms:ShowResourceTag"]).toBe(7);
      expect(calls[LIST]).toBe(1);
    },
  );

  test("takes one type a call, and fewer resources, where the account says so", async () => {
    await emulator.close();
    await start({ tms: { mixesTypes: false, resourcesPerCall: 2 } });
    configure({ tms: { mixTypes: false, resourcesPerCall: 2 } });
    const more = ["v-2", "v-3"].map((id) => ({ ...disk, id }));
    for (const one of more) emulator.world.create(one);
    const { code, outcomes, calls } = await enforced([...RESOURCES, ...more], "--apply");
    expect(code).toBe(0);
    expect(outcomes).toEqual({ tagged: 9, compliant: 1 });
    // Three disks in two calls, and five other types.
    expect(calls["huawei:tms:CreateResourceTag"]).toBe(7);
    expect(calls).toEqual(emulator.calls());
  });

  test("tags a type whose name in TMS the account says", async () => {
    const named = { ...ACCOUNT, type: "huawei:fgs:functions", id: called.id };
    configure({ tms: { typeNames: { [named.type]: "of-the-future" } } });
    const { outcomes, resources } = await enforced([named, disk], "--apply");
    expect(outcomes).toEqual({ tagged: 1, "not-applicable": 1 });
    expect(resources.find(({ id }) => id === called.id)).toMatchObject({ code: "TMS.5027" });
  });

  describe("a value that is known by its event alone", () => {
    const policyOf = (defaults: readonly object[] | object) =>
      writeFileSync(
        at("policy.yaml"),
        stringify({
          version: 1,
          requiredTags: { owner: { default: defaults } },
          policies: [{ name: "p", match: { types: ["huawei:*"] }, require: ["owner"], mode: "enforce" }],
        }),
      );
    const by = (createdBy: string) => ({
      ...bucket,
      event: { createdBy, eventId: "e", createdAt: "2026-11-22T00:00:00Z" },
    });

    test.each([
      ["44 characters", "x".repeat(44), /longer than 43 characters/],
      ["a role's session", "role/deployer/alice", /characters that are not allowed/],
      ["an agency's principal", "agency:ops", /characters that are not allowed/],
      ["an ARN", "arn:aws:iam::444455556666:role/x", /characters that are not allowed/],
    ])("and doesn't fit is reported with the reason, and not sent: %s", async (_, createdBy, reason) => {
      policyOf({ fromEvent: "createdBy" });
      const { outcomes, resources, calls } = await enforced([by(createdBy)], "--apply");
      expect(outcomes).toEqual({ "report-only": 1 });
      expect(resources[0]?.message).toMatch(reason);
      expect(calls["huawei:tms:CreateResourceTag"]).toBeUndefined();
    });

    test("of 43 characters is written, and one that doesn't fit gives way to the next default", async () => {
      policyOf([{ fromEvent: "createdBy" }, "nobody"]);
      expect((await enforced([by("x".repeat(43))], "--apply")).outcomes).toEqual({ tagged: 1 });
      expect(tagsOf(bucket)).toEqual({ owner: "x".repeat(43) });
      emulator.world.create(bucket);
      await enforced([by("role/deployer")], "--apply");
      expect(tagsOf(bucket)).toEqual({ owner: "nobody" });
    });
  });

  test("asks for no names where all pages agree", async () => {
    const { outcomes, calls } = await enforced([disk, bucket, topic], "--apply");
    expect(outcomes).toEqual({ tagged: 3 });
    expect(calls[LIST]).toBeUndefined();
  });

  test("and undo takes back what was written, and nothing else", async () => {
    const { run = "" } = await enforced(RESOURCES, "--apply");
    const { code, stdout } = await undone(run);
    expect(code, stdout).toBe(0);
    for (const one of RESOURCES) expect(tagsOf(one), one.id).toEqual(one.tags);
  });

  test("says which type has no name that is known, and tags the others", async () => {
    emulator.setFaults([{ match: { action: LIST }, effect: "error", code: "TMS.2030" }]);
    const { code, outcomes, resources } = await enforced([disk, bucket, vpc], "--apply", "--max-seconds", "3");
    expect(code).toBe(1);
    expect(outcomes).toEqual({ tagged: 2, failed: 1 });
    expect(resources.find(({ id }) => id === vpc.id)).toMatchObject({ code: "TypeNamesUnread" });
    expect(tagsOf(vpc)).toEqual({});
  });

  test("ends what TMS doesn't list, and what nobody knows", async () => {
    const node = { ...ACCOUNT, type: "huawei:cce:nodes", id: "n-1" };
    const { code, outcomes, resources } = await enforced([disk, node], "--apply");
    expect(code).toBe(0);
    expect(outcomes).toEqual({ tagged: 1, "not-applicable": 1 });
    expect(resources.find(({ id }) => id === "n-1")).toMatchObject({ code: "UnsupportedType" });
  });
});
