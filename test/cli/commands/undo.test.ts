import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { EmulatedResource } from "../../../local/emulator/emulated-resource.ts";
import { startEmulator, type Emulator } from "../../../local/emulator/start.ts";
import { ndjson, POLICY, runMain, temporaryFolder, type RunOptions } from "../run-main.ts";
import { spawnCommand } from "../spawn-command.ts";
import { untilCome } from "./audit-files.ts";

const GROUP = { type: "alibaba:apigateway:apiGroup", account: "111122223333", region: "cn-hangzhou" };
const GATEWAY = { type: "huawei:apig:instance", account: "d0001", region: "cn-north-4" };
const INSTANCE = { type: "aws:ec2:instance", account: "444455556666", region: "us-east-1" };
const arn = "arn:aws:ec2:us-east-1:444455556666:instance/i-1";

const RESOURCES: readonly EmulatedResource[] = [
  { ...GROUP, id: "g1", tags: { env: "moon" } },
  { ...GROUP, id: "g2", tags: { env: "prod" } },
  { ...GATEWAY, id: "gw1", tags: {} },
  { ...INSTANCE, id: arn, tags: { owner: "a" } },
];
const BEFORE = RESOURCES.map(({ id, tags }) => [id, tags]);

let emulator: Emulator;
let folder: string;
let journal: string;

beforeAll(async () => {
  emulator = await startEmulator({ resources: RESOURCES });
});

afterAll(() => emulator.close());

beforeEach(async () => {
  emulator.reset();
  folder = await temporaryFolder();
  journal = join(folder, "journal");
  writeFileSync(join(folder, "config.yaml"), stringify(emulator.config()));
  writeFileSync(join(folder, "policy.yaml"), POLICY.replace("default: dev }", "default: dev, overwrite: true }"));
  writeFileSync(join(folder, "resources.ndjson"), ndjson(RESOURCES));
});

const enforceArguments = (place = journal) => {
  const names = { policy: "policy.yaml", config: "config.yaml", resources: "resources.ndjson" };
  const files = Object.entries(names).flatMap(([option, name]) => [`--${option}`, join(folder, name)]);
  return ["enforce", ...files, "--journal", place, "--apply"];
};

async function enforce(): Promise<string> {
  const { stderr, code } = await runMain(enforceArguments());
  expect(code).toBe(0);
  const [, run = ""] = /^run (\S+) wrote/m.exec(stderr) ?? [];
  return run;
}

const undo = async (run: string, more: readonly string[] = [], options: RunOptions = {}) => {
  const argv = ["undo", "--run", run, "--config", join(folder, "config.yaml"), "--journal", journal, ...more];
  const ran = await runMain(argv, options);
  return { ...ran, json: JSON.parse(ran.stdout === "" ? "null" : ran.stdout) as Undone };
};

interface Undone {
  readonly outcomes: Readonly<Record<string, number>>;
  readonly calls: Readonly<Record<string, number>>;
  readonly tags: readonly { readonly id: string; readonly key: string; readonly outcome: string }[];
}

const state = () => Array.from(emulator.world.all(), ({ id, tags }) => [id, tags]);

function journalLines(): { readonly id: string }[] {
  return readdirSync(journal, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".gz"))
    .flatMap((name) =>
      gunzipSync(readFileSync(join(journal, name)))
        .toString()
        .trim()
        .split("\n"),
    )
    .map((line) => JSON.parse(line) as { readonly id: string });
}

describe("undo", () => {
  test("without --apply says what it would do, and reads only", async () => {
    const run = await enforce();
    const after = state();
    const calls = emulator.calls();
    const { code, json, stderr } = await undo(run);
    expect(code).toBe(0);
    expect(json).toMatchObject({ run, applied: false, outcomes: { removed: 5, restored: 1 } });
    expect(stderr).toContain("nothing is written; --apply does it");
    expect(state()).toEqual(after);
    expect(Object.keys(json.calls).every((action) => /List|Get/.test(action))).toBe(true);
    expect(emulator.calls()).not.toEqual(calls);
  });

  test("with --apply leaves every cloud as it was before the run", async () => {
    const run = await enforce();
    expect(state()).not.toEqual(BEFORE);
    const { code, json } = await undo(run, ["--apply"]);
    expect(code).toBe(0);
    expect(json.outcomes).toEqual({ removed: 5, restored: 1 });
    expect(Object.values(json.outcomes).reduce((sum, count) => sum + count)).toBe(journalLines().length);
    expect(state()).toEqual(BEFORE);
  });

  test("leaves a value that somebody changed since, and says so", async () => {
    const run = await enforce();
    emulator.world.create({ ...GROUP, id: "g2", tags: { env: "prod", owner: "web" } });
    const { json } = await undo(run, ["--apply"]);
    expect(json.outcomes).toEqual({ removed: 4, restored: 1, changed: 1 });
    expect(emulator.world.get({ ...GROUP, id: "g2" })?.tags).toEqual({ env: "prod", owner: "web" });
  });

  test("a tag that the provider refuses to give up is exit 1, and the rest is undone", async () => {
    const run = await enforce();
    const match = { action: "alibaba:apigateway:UntagResources", resourceId: "g2" };
    emulator.setFaults([{ match, effect: "error", code: "NoPermission.SystemTag", httpStatus: 403 }]);
    const { code, json } = await undo(run, ["--apply"]);
    expect(code).toBe(1);
    expect(json.outcomes).toEqual({ rejected: 1, removed: 4, restored: 1 });
    expect(json.tags.find(({ outcome }) => outcome === "rejected")).toMatchObject({
      id: "g2",
      key: "owner",
      code: "NoPermission.SystemTag",
    });
  });

  test("is told which permissions it lacks, where it may tag and not untag", async () => {
    const run = await enforce();
    const match = { action: "aws:tagging:UntagResources" };
    emulator.setFaults([{ match, effect: "error", code: "AccessDeniedException", httpStatus: 400 }]);
    const { code, stderr, json } = await undo(run, ["--apply", "--max-seconds", "4"]);
    expect(code).toBe(1);
    expect(json.outcomes).toMatchObject({ failed: 1 });
    expect(stderr).toContain("`tagwarden permissions --provider aws --undo` prints them");
    expect(stderr).not.toMatch(/--provider (alibaba|huawei)/);
  });

  test("TAGWARDEN_MODE=report holds it back", async () => {
    const run = await enforce();
    const { json } = await undo(run, ["--apply"], { env: { TAGWARDEN_MODE: "report" } });
    expect(json.outcomes).toEqual({ "report-only": 6 });
  });

  test("a table on a terminal", async () => {
    const run = await enforce();
    const { stdout } = await runMain(
      ["undo", "--run", run, "--config", join(folder, "config.yaml"), "--journal", journal, "--rows"],
      { terminal: true },
    );
    expect(stdout).toMatch(/^Would change 6 tags of 4 resources in 4 calls/);
    expect(stdout).toMatch(/\noutcome +type +id +tag +code +message\n/);
    expect(stdout).toMatch(/\nwould be restored +alibaba:apigateway:apiGroup +g1 +env=dev/);
  });

  test("a provider that can't be used is exit 3", async () => {
    const run = await enforce();
    const config = JSON.stringify(emulator.config()).replaceAll(
      /"accessKeySecret":"[^"]+"/g,
      '"accessKeySecret":"wrong"',
    );
    writeFileSync(join(folder, "config.yaml"), config);
    const { code, stderr, json } = await undo(run, ["--apply", "--max-seconds", "3"]);
    expect(code).toBe(3);
    expect(stderr).toContain("alibaba account 111122223333, region cn-hangzhou can't be used: SignatureDoesNotMatch");
    expect(json.outcomes).toMatchObject({ failed: 3 });
  });

  test.each([
    ["a run that isn't there, with the runs that are", "2026-01-01.0", /has no such run; its last runs are \S+/],
    ["what can't be a run", "../../etc", /is no name of a run/],
  ])("%s is exit 2 before any call", async (_name, run, message) => {
    await enforce();
    const calls = emulator.calls();
    const ran = await undo(run, ["--apply"]);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(message);
    expect(emulator.calls()).toEqual(calls);
  });

  test("takes back a run whose journal an earlier version wrote", async () => {
    const { type, account, region } = GROUP;
    const at = "2026-11-22T10:15:00.204Z";
    const line = { type, account, region, id: "g2", key: "env", value: "prod", before: "moon", policyHash: "49fb", at };
    const text = `${JSON.stringify(line)}\n`;
    const place = join(journal, "date=2026-11-22", "run=2026-11-22.101500-1a2b3c4d");
    mkdirSync(place, { recursive: true });
    const name = createHash("sha256").update(text).digest("hex");
    writeFileSync(join(place, `${name}.ndjson.gz`), gzipSync(text));
    const { code, json } = await undo("2026-11-22.101500-1a2b3c4d", ["--apply"]);
    expect({ code, outcomes: json.outcomes }).toEqual({ code: 0, outcomes: { restored: 1 } });
    expect(emulator.world.get({ ...GROUP, id: "g2" })?.tags).toEqual({ env: "moon" });
  });

  test("a journal that was changed is exit 2 before any call", async () => {
    const run = await enforce();
    const [name = ""] = readdirSync(journal, { recursive: true, encoding: "utf8" }).filter((one) =>
      one.endsWith(".gz"),
    );
    writeFileSync(join(journal, name), "nonsense");
    const ran = await undo(run, ["--apply"]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("is damaged");
  });
});

describe("the journal of enforce --apply", () => {
  test("that can't be written stops it before anything is written", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const ran = await runMain(enforceArguments(join(file, "journal")));
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(/--journal .*: can't be written \(ENOTDIR\)/);
    expect(state()).toEqual(BEFORE);
  });

  test("goes to stderr where its folder is lost on the way", async () => {
    mkdirSync(journal);
    const running = runMain(enforceArguments());
    // The folder is checked by now or soon; what takes its place is found when the first entries are to be kept.
    // Tomorrow's too: it may be about to begin.
    for (const at of [Date.now(), Date.now() + 86_400_000]) {
      writeFileSync(join(journal, `date=${new Date(at).toISOString().slice(0, 10)}`), "");
    }
    const ran = await running;
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("these tags were written, and the journal of run");
    expect(ran.stderr).toContain('"id":"gw1","key":"env","value":"dev"');
  });

  test("is kept of what was written when a signal ends the command", async () => {
    emulator.setFaults([{ match: { action: "huawei:*" }, effect: "delay", delayMs: 1_500 }]);
    const command = spawnCommand(enforceArguments());
    await untilCome(command, () => emulator.world.get({ ...GROUP, id: "g2" })?.tags?.["owner"] !== undefined);
    command.child.kill("SIGTERM");
    expect(await command.ended()).toBe(143);
    expect(journalLines().some(({ id }) => id === "g2")).toBe(true);
    const before = new Map(RESOURCES.map(({ id, tags }) => [id, JSON.stringify(tags)]));
    const written = [...emulator.world.all()].filter(({ id, tags }) => before.get(id) !== JSON.stringify(tags));
    expect(new Set(journalLines().map(({ id }) => id))).toEqual(new Set(written.map(({ id }) => id)));
    expect(command.stderr()).toContain("tagwarden: interrupted");
  });
});
