import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { Check } from "../../../lib/app/doctor.ts";
import type { AccountConfig, Config } from "../../../lib/core/config/config.ts";
import type { Report } from "../../../lib/core/report/report.ts";
import type { EmulatedResource } from "../../../local/emulator/emulated-resource.ts";
import { startEmulator, type Emulator, type EmulatorOptions } from "../../../local/emulator/start.ts";
import { POLICY, runMain, temporaryFolder } from "../run-main.ts";
import type { Enforced } from "./clouds.ts";

// An account of Huawei Cloud whose `types` name everything, over HTTP. What the emulator starts with is in Config's rows;
// what changes later gets there a day later, as on Huawei Cloud at worst.

const ACCOUNT = { account: "d0001", region: "cn-north-4" };
const good = { env: "prod", owner: "web" };
const server = { ...ACCOUNT, type: "huawei:ecs:cloudservers", id: "s-1", tags: good };
const disk = { ...ACCOUNT, type: "huawei:evs:volumes", id: "d-1", tags: { env: "prod" } };
const bucket = { ...ACCOUNT, type: "huawei:obs:buckets", id: "logs", tags: {} };
const topic = { ...ACCOUNT, type: "huawei:smn:topic", id: "logs", tags: { owner: "ops" } };
const network = { ...ACCOUNT, type: "huawei:vpc:securitygroups", id: "v-1", tags: {} };
/** Pages have several names of it; TMS' own list says which one it has. */
const subnet = { ...ACCOUNT, type: "huawei:vpc:subnets", id: "n-2", tags: {} };
const elsewhere = { ...ACCOUNT, region: "cn-east-3", type: "huawei:ecs:cloudservers", id: "s-1", tags: {} };
const domain = { ...ACCOUNT, region: "global", type: "huawei:cdn:domains", id: "example.com", tags: {} };
const node = { ...ACCOUNT, type: "huawei:cce:nodes", id: "n-1", tags: {} };
const gateway = { ...ACCOUNT, type: "huawei:apig:instance", id: "g-1", tags: {} };
const user = { ...ACCOUNT, region: "global", type: "huawei:iam:user", id: "u-1", tags: good };
const RESOURCES: readonly EmulatedResource[] = [
  server,
  disk,
  bucket,
  topic,
  network,
  subnet,
  elsewhere,
  domain,
  node,
  gateway,
  user,
];

let emulator: Emulator;
let folder: string;

const at = (name: string): string => join(folder, name);
const both = () => ["--config", at("config.yaml"), "--policy", at("policy.yaml")];

/** An emulator, and a configuration of its accounts that asks for everything. */
async function start(
  options: EmulatorOptions = {},
  change: (account: AccountConfig) => AccountConfig = (one) => one,
): Promise<void> {
  emulator = await startEmulator({ resources: RESOURCES, ...options });
  const { accounts, ...rest } = emulator.config() as Config;
  const own = accounts
    .filter(({ provider }) => provider === "huawei")
    .map((one) => change({ ...one, types: ["huawei:*"] }));
  writeFileSync(at("config.yaml"), stringify({ ...rest, accounts: own }));
}

beforeEach(async () => {
  folder = await temporaryFolder();
  writeFileSync(at("policy.yaml"), POLICY);
});
afterEach(() => emulator.close());

interface Line {
  readonly type: string;
  readonly region: string;
  readonly id: string;
  readonly compliance: string;
  readonly code?: string;
}

function linesIn(place: string): readonly Line[] {
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap(({ parentPath, name }) => {
      const text = gunzipSync(readFileSync(join(parentPath, name)))
        .toString("utf8")
        .trim();
      return text === "" ? [] : text.split("\n");
    })
    .map((line) => JSON.parse(line) as Line);
}

async function audited(...more: string[]) {
  const out = at("audit");
  const before = emulator.calls();
  const { code, stderr } = await runMain(["audit", ...both(), "--out", out, "--format", "table", ...more]);
  const report = JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as Report;
  const evaluations = linesIn(join(out, "evaluations"));
  const made = Object.entries(emulator.calls()).map(([action, count]) => [action, count - (before[action] ?? 0)]);
  const ofId = (id: string) => evaluations.filter((one) => one.id === id).map(({ compliance }) => compliance);
  return { code, stderr, report, evaluations, ofId, calls: Object.fromEntries(made) as Record<string, number> };
}

const name = ({ type, region, id }: Pick<EmulatedResource, "type" | "region" | "id">) => `${type} ${region} ${id}`;
const change = (one: EmulatedResource, tags: Record<string, string>) => emulator.world.create({ ...one, tags });

describe("an audit", () => {
  test("judges everything in the account exactly once, as the policy says of its tags", async () => {
    await start();
    const { report, evaluations, calls, stderr } = await audited();
    expect(evaluations.map(name).sort(), stderr).toEqual(RESOURCES.map(name).sort());
    const fine = [server, user].map(name);
    for (const one of evaluations) {
      const expected = fine.includes(name(one))
        ? "compliant"
        : name(one) === name(node)
          ? "not-applicable"
          : "noncompliant";
      expect(one.compliance, name(one)).toBe(expected);
    }
    expect(report.calls).toEqual(calls);
    expect(report.calls).toMatchObject({
      "huawei:rms:ListAllResources": 1,
      "huawei:rms:ShowTrackerConfig": 1,
      "huawei:rms:CollectAllResourcesSummary": 1,
    });
    expect(report.gaps).toEqual([]);
    // Listings of gateways and agencies show nothing where there are none, and where a right is missing.
    const unproven = report.coverage.unproven?.map(({ shard }) => shard) ?? [];
    expect(unproven.filter((shard) => shard.endsWith(".all.all"))).toEqual([]);
  });

  test("says that Config is up to a day behind, on the screen and in each form of the report", async () => {
    await start();
    const { stderr, report } = await audited();
    const age = "The inventory of account d0001 is up to 24 hours old";
    expect(stderr).toContain(age);
    for (const page of ["report.html", "report.md"]) {
      expect(readFileSync(at(join("audit", page)), "utf8").replaceAll(/\s+/gu, " "), page).toContain(age);
    }
    expect(report.coverage.inventoryAge).toEqual({ d0001: 86_400_000 });
  });

  test("reads by its own listings what Config has of users and gateways, once", async () => {
    await start();
    const { evaluations, calls } = await audited();
    expect(evaluations.filter(({ type }) => type === gateway.type || type === user.type)).toHaveLength(2);
    expect(calls["huawei:apig:ListInstanceTags"]).toBe(1);
  });

  test("asks once what TMS calls types of which pages have several names, before it lists or reads them", async () => {
    const many = Array.from({ length: 250 }, (_, n) => ({ ...subnet, id: `n-${n}` }));
    await start({ resources: many });
    const { evaluations, calls } = await audited();
    expect(evaluations.filter(({ compliance }) => compliance === "noncompliant")).toHaveLength(250);
    expect(calls).toMatchObject({ "huawei:tms:ListProviders": 1, "huawei:tms:ListResource": 2 });
    expect(calls["huawei:tms:ShowResourceTag"]).toBeUndefined();
  });

  test("lists what carries tags, or what carries none, where most of either is in doubt", async () => {
    const many = (count: number, prefix: string, tags: Record<string, string>) =>
      Array.from({ length: count }, (_, n) => ({ ...disk, id: `${prefix}-${n}`, tags }));
    const resources = [...many(450, "bare", {}), ...many(450, "lacking", { env: "prod" }), ...many(300, "good", good)];
    await start({ resources });
    const { evaluations, calls } = await audited();
    expect(evaluations).toHaveLength(1_200);
    expect(evaluations.filter(({ compliance }) => compliance === "noncompliant")).toHaveLength(900);
    expect(calls).toMatchObject({
      "huawei:rms:ListAllResources": 6,
      "huawei:tms:ListResource": Math.ceil(450 / 200) + Math.ceil(750 / 200),
    });
    expect(calls["huawei:tms:ShowResourceTag"]).toBeUndefined();
  });
});

describe("rows that are a day old", () => {
  beforeEach(() => start());

  test("make no finding of what was tagged since, and none of what was deleted", async () => {
    change(bucket, good);
    emulator.world.remove(disk);
    const { ofId, evaluations, report } = await audited();
    expect(evaluations.filter(({ type }) => type === bucket.type)).toMatchObject([{ compliance: "compliant" }]);
    expect(ofId("d-1")).toEqual([]);
    expect(linesIn(at("audit/findings")).map(({ type }) => type)).not.toContain(disk.type);
    expect(report.coverage.gone).toEqual({ "huawei:*:*": 1 });
  });

  test("make none of a thousand that were deleted, though a listing of their type leaves them out", async () => {
    await emulator.close();
    const many = Array.from({ length: 300 }, (_, n) => ({ ...disk, id: `d-${n}`, tags: {} }));
    await start({ resources: many });
    for (const one of many.slice(0, 100)) emulator.world.remove(one);
    const { evaluations, calls } = await audited();
    expect(evaluations.map(({ id }) => id).sort()).toEqual(
      many
        .slice(100)
        .map(({ id }) => id)
        .sort(),
    );
    // Two pages were planned, and one is left; the others are asked for one by one.
    expect(calls).toMatchObject({ "huawei:tms:ListResource": 1, "huawei:tms:ShowResourceTag": 100 });
  });

  test("count as compliant what was so then", async () => {
    change(server, {});
    const { evaluations } = await audited();
    expect(evaluations.find((one) => name(one) === name(server))).toMatchObject({ compliance: "compliant" });
  });

  test("are no ground to write: what somebody tagged after the audit keeps its tags", async () => {
    await audited();
    change(bucket, { env: "prod", owner: "somebody" });
    change(topic, { owner: "ops", env: "staging" });
    const findings = readdirSync(at("audit/findings"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name: file }) => gunzipSync(readFileSync(join(parentPath, file))).toString("utf8"));
    writeFileSync(at("findings.ndjson"), findings.join(""));
    const line = ["enforce", ...both(), "--resources", at("findings.ndjson"), "--journal", at("journal"), "--apply"];
    const { code, stdout } = await runMain(line);
    const { outcomes } = JSON.parse(stdout) as Enforced;
    expect([code, outcomes]).toEqual([0, { compliant: 2, tagged: 6 }]);
    expect(emulator.world.get(bucket)?.tags).toEqual({ env: "prod", owner: "somebody" });
    expect(emulator.world.get(topic)?.tags).toEqual({ owner: "ops", env: "staging" });
    expect(emulator.world.get(network)?.tags).toEqual({ env: "dev", owner: "platform" });
  });
});

describe("an audit whose recorder", () => {
  const off = { recorder: { offIn: ["d0001"] } };

  test("is off is incomplete, and says why", async () => {
    await start(off);
    const { code, report, stderr } = await audited();
    expect(code).toBe(3);
    expect(report.complete).toBe(false);
    expect(report.coverage.state).toBe("incomplete");
    expect(report.gaps).toEqual([
      {
        shard: "huawei.d0001.all.all",
        type: "huawei:*:*",
        reason: expect.stringContaining("Config's resource recorder is off") as string,
      },
    ]);
    expect(stderr).toContain("coverage incomplete");
    expect(report.coverage.inventoryAge).toBeUndefined();
  });

  test("is off takes no row's word: what has lost its tags is found, and what is gone is not", async () => {
    await start(off);
    change(server, {});
    emulator.world.remove(disk);
    const { evaluations, ofId } = await audited();
    expect(evaluations.find((one) => name(one) === name(server))).toMatchObject({ compliance: "noncompliant" });
    expect(ofId("d-1")).toEqual([]);
  });

  test("has never been on shows nothing, and doctor says what to do", async () => {
    await start({ recorder: { neverOnIn: ["d0001"] } });
    const { report, evaluations } = await audited();
    expect(evaluations.map(({ id }) => id).sort()).toEqual(["g-1", "u-1"]);
    expect(report.coverage.state).toBe("incomplete");
    const { code, stdout } = await runMain(["doctor", "--config", at("config.yaml")]);
    const { checks } = JSON.parse(stdout) as { readonly checks: readonly Check[] };
    expect(code).toBe(1);
    expect(checks.find(({ check }) => check === "inventory")).toMatchObject({
      result: "problem",
      says: expect.stringContaining("huawei:rms:ShowTrackerConfig: Config's resource recorder is off") as string,
      todo: "turn Config's resource recorder on, for all types",
    });
  });

  const some = { recorder: { covers: { d0001: ["ecs.cloudServers", "evs.volumes"] } } };

  test("is incomplete beside a recorder of some types, and names them", async () => {
    await start(some);
    const { report, evaluations } = await audited();
    expect(report.coverage.state).toBe("incomplete");
    expect(report.gaps.map(({ reason }) => reason).join(" ")).toContain(
      "records nothing but huawei:ecs:cloudservers, huawei:evs:volumes",
    );
    const listed = evaluations.filter(({ type }) => type !== gateway.type && type !== user.type);
    expect(listed.map(name).sort()).toEqual([server, disk, elsewhere].map(name).sort());
  });

  test("records all that an account asks for is complete", async () => {
    const types = [server.type, disk.type];
    await start(some, (account) => ({ ...account, types }));
    expect((await audited()).report.coverage.state).toBe("complete");
  });
});

describe("what can't be entered", () => {
  const apart = { ...disk, id: "d-2", project: "p0002", tags: {} };

  test("is a project that the configuration leaves out: its resources are unknown, and the others are judged", async () => {
    await start({ resources: [...RESOURCES, apart] }, (account) => {
      if (account.provider !== "huawei") return account;
      const projects = Object.entries(account.projects).map(([region, ids]) => [region, [ids].flat()[0] ?? ""]);
      return { ...account, projects: Object.fromEntries(projects) as Record<string, string> };
    });
    const { ofId, report } = await audited();
    expect(ofId("d-2")).toEqual(["unknown"]);
    expect(ofId("d-1")).toEqual(["noncompliant"]);
    expect(report.readErrors).toEqual({ [`${disk.type} MissingProject`]: 1 });
  });

  test("is an account whose key is refused: it is a gap, and the others are judged", async () => {
    const other = { ...disk, account: "d0002", id: "d-3" };
    await start({ resources: [...RESOURCES, other] }, (account) =>
      account.account === "d0002" && account.provider === "huawei"
        ? { ...account, credentials: { accessKey: "nobodys", secretKey: "nobodys" } }
        : account,
    );
    const { report, ofId } = await audited();
    expect(report.gaps.map(({ shard }) => shard)).toContain("huawei.d0002.all.all");
    expect(report.gaps.filter(({ shard }) => shard.startsWith("huawei.d0001."))).toEqual([]);
    expect(ofId("d-1")).toEqual(["noncompliant"]);
  });

  test("is a search without its right: everything is read alone", async () => {
    const many = Array.from({ length: 30 }, (_, n) => ({ ...disk, id: `d-${n}`, tags: { env: "prod" } }));
    await start({ resources: many });
    emulator.setFaults([
      { match: { action: "huawei:tms:ListResource" }, effect: "error", code: "TMS.2030", httpStatus: 403 },
    ]);
    const { evaluations, calls } = await audited();
    expect(evaluations.filter(({ compliance }) => compliance === "noncompliant")).toHaveLength(30);
    expect(calls).toMatchObject({ "huawei:tms:ListResource": 1, "huawei:tms:ShowResourceTag": 30 });
  });
});
