import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import type { EmulatedResource } from "../../../local/emulator/emulated-resource.ts";
import { startEmulator, type Emulator } from "../../../local/emulator/start.ts";
import { createGateway } from "../../fixtures/events/records.ts";
import { ndjson, POLICY, runMain, temporaryFolder } from "../run-main.ts";
import type { Enforced } from "./clouds.ts";

const GATEWAY = { type: "huawei:apig:instance", account: "d0001", region: "cn-north-4" };
const [MAIN, TEAM] = ["p-main", "p-team"];
const RESOURCES: readonly EmulatedResource[] = [
  { ...GATEWAY, project: MAIN, id: "gw-main", tags: {} },
  { ...GATEWAY, project: TEAM, id: "gw-team", tags: { env: "prod" } },
];

let emulator: Emulator;
let folder: string;

beforeAll(async () => {
  emulator = await startEmulator({ resources: RESOURCES });
});

afterAll(() => emulator.close());

beforeEach(async () => {
  emulator.reset();
  folder = await temporaryFolder();
  writeFileSync(join(folder, "config.yaml"), stringify(emulator.config()));
  writeFileSync(join(folder, "policy.yaml"), POLICY);
});

const at = (name: string) => join(folder, name);
const tagsOf = (id: string) => emulator.world.get({ ...GATEWAY, id })?.tags;

/** Leaves a project out of the configuration that exists in the cloud. */
function configureOnly(...projects: readonly string[]): void {
  const config = parse(readFileSync(at("config.yaml"), "utf8")) as { accounts: Record<string, unknown>[] };
  const accounts = config.accounts.map((account) =>
    account["provider"] === "huawei" ? { ...account, projects: { "cn-north-4": projects } } : account,
  );
  writeFileSync(at("config.yaml"), stringify({ ...config, accounts }));
}

function written(name: string, content: string): string {
  writeFileSync(at(name), content);
  return at(name);
}

async function enforce(...more: readonly string[]) {
  const files = ["--policy", at("policy.yaml"), "--config", at("config.yaml"), "--journal", at("journal")];
  const ran = await runMain(["enforce", ...files, "--apply", ...more]);
  return { ...ran, json: JSON.parse(ran.stdout) as Enforced };
}

/** A trace of long ago: its gateway would count as gone if it could not be found. */
const trace = (id: string, project_id: string) =>
  createGateway({
    trace_id: `t-${id}`,
    resource_id: id,
    project_id,
    time: 1_700_000_000_000,
    user: { name: "bob", domain: { id: "d0001" }, project: { id: project_id, name: "cn-north-4_team" } },
  });

describe("of a region with several projects", () => {
  test("an event's gateway is read and tagged in the project that its trace names", async () => {
    const events = written("events.ndjson", ndjson([trace("gw-main", MAIN), trace("gw-team", TEAM)]));
    const { json, code } = await enforce("--events", events);
    expect([code, json.outcomes]).toEqual([0, { tagged: 2 }]);
    expect([tagsOf("gw-main"), tagsOf("gw-team")]).toEqual([
      { env: "dev", owner: "platform" },
      { env: "prod", owner: "platform" },
    ]);
  });

  test("an event whose project is not configured fails by the project's name, and is never gone", async () => {
    configureOnly(MAIN);
    const { json, code } = await enforce(
      "--events",
      written("events.ndjson", ndjson([trace("gw-team", TEAM)])),
      "--max-seconds",
      "1",
    );
    expect(code).toBe(1);
    expect(json.resources).toEqual([
      expect.objectContaining({
        id: "gw-team",
        outcome: "failed",
        code: "NotConfigured",
        message: `project ${TEAM} of account d0001 is not in the configuration: add it to its \`projects\`, as cn-north-4: [${MAIN}, ${TEAM}]`,
      }),
    ]);
    expect(tagsOf("gw-team")).toEqual({ env: "prod" });
  });

  test("a resource that names none of them is not looked for in one of them", async () => {
    const { json } = await enforce(
      "--resources",
      written("resources.ndjson", ndjson([{ ...GATEWAY, id: "gw-team" }])),
      "--max-seconds",
      "1",
    );
    expect(json.resources).toMatchObject([{ outcome: "failed", code: "NotConfigured" }]);
    expect(json.resources[0]).toHaveProperty("message", expect.stringContaining(`one of ${MAIN}, ${TEAM}`));
  });

  test("a refusal of one project touches nothing in another", async () => {
    configureOnly("p-closed", TEAM);
    const resources = [{ ...GATEWAY, project: "p-closed", id: "gw-closed" }, RESOURCES[1]];
    const { json } = await enforce("--resources", written("resources.ndjson", ndjson(resources)), "--max-seconds", "8");
    expect(new Map(json.resources.map(({ id, outcome, code }) => [id, code ?? outcome]))).toEqual(
      new Map([
        ["gw-closed", "APIC.7106"],
        ["gw-team", "tagged"],
      ]),
    );
  });

  test("an audit shows all, its findings name them, and can be enforced as they are", async () => {
    const out = at("out");
    const ran = await runMain(
      ["audit", "--policy", at("policy.yaml"), "--config", at("config.yaml"), "--out", out].concat("--format", "json"),
    );
    expect(ran.code, ran.stderr).toBe(1);
    const findings = readdirSync(join(out, "findings"))
      .flatMap((name) =>
        gunzipSync(readFileSync(join(out, "findings", name)))
          .toString()
          .trim()
          .split("\n"),
      )
      .map((line) => JSON.parse(line) as { readonly id: string; readonly project: string });
    expect(findings.map(({ id, project }) => [id, project])).toEqual([
      ["gw-main", MAIN],
      ["gw-team", TEAM],
    ]);
    const { json } = await enforce("--resources", join(out, "findings"));
    expect(json.outcomes).toEqual({ tagged: 2 });
  });

  test("what was written is taken back in its project, and the journal names it", async () => {
    const { stderr } = await enforce("--resources", written("resources.ndjson", ndjson(RESOURCES)));
    const [, run = ""] = /^run (\S+) wrote/m.exec(stderr) ?? [];
    const undone = await runMain(
      ["undo", "--run", run, "--config", at("config.yaml"), "--journal", at("journal")].concat("--apply"),
    );
    expect(undone.code, undone.stdout).toBe(0);
    expect([tagsOf("gw-main"), tagsOf("gw-team")]).toEqual([{}, { env: "prod" }]);
    expect((JSON.parse(undone.stdout) as { tags: unknown }).tags).toContainEqual(
      expect.objectContaining({ id: "gw-team", project: TEAM, outcome: "removed" }),
    );
  });

  test("doctor looks into each of them", async () => {
    configureOnly(MAIN, "p-wrong");
    const { stdout, code } = await runMain(["doctor", "--config", at("config.yaml"), "--format", "json"]);
    expect(code).toBe(3);
    expect(stdout).toContain("project p-wrong: ");
  });

  test("`tags` asks which one is meant, and takes its word", async () => {
    const place = ["--type", GATEWAY.type, "--account", GATEWAY.account, "--region", GATEWAY.region];
    const list = (...more: readonly string[]) =>
      runMain(["tags", "list", "--config", at("config.yaml"), ...place, "--id", "gw-team", ...more]);
    expect(await list()).toMatchObject({ code: 2, stderr: expect.stringContaining("several projects") as string });
    const { stdout } = await list("--project", TEAM);
    expect(JSON.parse(stdout)).toEqual({ ...RESOURCES[1], tags: { env: "prod" } });
  });
});

describe("of a region with one project", () => {
  test("a resource need not name it, and what was written can be taken back when there is a second one", async () => {
    configureOnly(TEAM);
    const { json, stderr } = await enforce(
      "--resources",
      written("resources.ndjson", ndjson([{ ...GATEWAY, id: "gw-team" }])),
    );
    expect(json.outcomes).toEqual({ tagged: 1 });
    configureOnly(MAIN, TEAM);
    const [, run = ""] = /^run (\S+) wrote/m.exec(stderr) ?? [];
    const undone = await runMain(
      ["undo", "--run", run, "--config", at("config.yaml"), "--journal", at("journal")].concat("--apply"),
    );
    expect(undone.code, undone.stdout).toBe(0);
    expect(tagsOf("gw-team")).toEqual({ env: "prod" });
  });
});
