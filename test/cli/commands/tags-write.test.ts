import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { EmulatedResource } from "../../../local/emulator/emulated-resource.ts";
import { arn, GATEWAY, GROUP, INSTANCE, IPAM, placeArguments, USER, useClouds } from "../clouds/clouds.ts";
import { runMain, type Ran } from "../run-main.ts";
import { spawnCommand } from "../spawn-command.ts";
import { untilCome } from "./audit-files.ts";

const clouds = useClouds();

interface Written {
  readonly run?: string;
  readonly applied: boolean;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly succeeded: readonly string[];
  readonly failed: readonly { readonly id: string; readonly code: string }[];
  readonly calls: Readonly<Record<string, number>>;
  readonly tags: readonly Readonly<Record<string, string>>[];
}

const json = ({ stdout }: Ran) => JSON.parse(stdout) as Written;

/** How many calls the clouds got that could have changed something. */
function writeCalls(): number {
  const counts = Object.entries(clouds.emulator.calls());
  return counts.reduce((sum, [action, count]) => (/:(List|Get|Describe)\w+$/.test(action) ? sum : sum + count), 0);
}

async function undo(run = "", ...more: string[]) {
  const place = ["--run", run, "--journal", clouds.journal, "--config", clouds.config];
  const ran = await runMain(["undo", ...place, "--apply", ...more]);
  return { ...ran, outcomes: json(ran).outcomes };
}

/** Writes the configuration again, with this in each of its accounts. */
function configure(account: Readonly<Record<string, unknown>>): void {
  const config = clouds.emulator.config() as { readonly accounts: readonly object[] };
  writeFileSync(
    clouds.config,
    stringify({ ...config, accounts: config.accounts.map((one) => ({ ...one, ...account })) }),
  );
}

const CLOUDS = [
  ["API groups", GROUP, "g2"],
  ["IPAMs", IPAM, "ipam-1"],
  ["gateways", GATEWAY, "gw1"],
  ["IAM users", USER, "u1"],
  ["EC2 instances", INSTANCE, arn("i-1")],
] as const;

const BEFORE = { env: "moon", team: "web" };

const CHANGES = [
  {
    name: "set of a new tag",
    line: ["set", "stage=x"],
    tag: { key: "stage", outcome: "added", value: "x" },
    after: { ...BEFORE, stage: "x" },
    undone: { removed: 1 },
  },
  {
    name: "set over a value",
    line: ["set", "env=prod"],
    tag: { key: "env", outcome: "replaced", before: "moon", value: "prod" },
    after: { ...BEFORE, env: "prod" },
    undone: { restored: 1 },
  },
  {
    name: "unset",
    line: ["unset", "team"],
    tag: { key: "team", outcome: "removed", before: "web" },
    after: { env: "moon" },
    undone: { restored: 1 },
  },
] as const;

const ALL = CLOUDS.flatMap(([type, ref, id]) =>
  CHANGES.map((change) => [change.name, type, { ref, id, change }] as const),
);

describe.each(ALL)("%s, of %s", (_change, _type, { ref, id, change }) => {
  const [verb, tag] = change.line;
  const line = [verb, ref, "--id", id, "--tag", tag] as const;
  const begin = () => clouds.emulator.world.create({ ...ref, id, tags: BEFORE });

  test("without --apply says what it would do, and makes no call that writes", async () => {
    begin();
    const ran = await clouds.tags(...line);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toBe("nothing is written; --apply does it, in about 1 call\n");
    expect(json(ran)).toMatchObject({ applied: false, succeeded: [], failed: [], tags: [{ id, ...change.tag }] });
    expect(json(ran)).not.toHaveProperty("run");
    expect(writeCalls()).toBe(0);
    expect(clouds.tagsOf(id)).toEqual(BEFORE);
  });

  test("with --apply is done, journaled, and taken back by undo", async () => {
    begin();
    const ran = await clouds.tags(...line, "--apply");
    const { run, calls, ...rest } = json(ran);
    const outcomes = { [change.tag.outcome]: 1 };
    expect(ran.code).toBe(0);
    expect(rest).toEqual({ applied: true, outcomes, succeeded: [id], failed: [], tags: [{ id, ...change.tag }] });
    expect(Object.values(calls)).toEqual([1, 1]);
    expect(clouds.tagsOf(id)).toEqual(change.after);
    const deed = verb === "set" ? "wrote 1 tag; to take it back" : "took off 1 tag; to put it back";
    expect(ran.stderr).toBe(
      `run ${run} ${deed}: tagwarden undo --run ${run} --journal ${clouds.journal} --config ${clouds.config}\n`,
    );
    expect(await undo(run)).toMatchObject({ code: 0, outcomes: change.undone });
    expect(clouds.tagsOf(id)).toEqual(BEFORE);
  });

  test.each([
    ["the account's mode: report", "is in report mode (mode: report in the configuration)", {}, { mode: "report" }],
    [
      "TAGWARDEN_MODE=report",
      "nothing is written: tagwarden runs in report mode (TAGWARDEN_MODE=report)",
      { TAGWARDEN_MODE: "report" },
      {},
    ],
  ])("%s holds --apply back, which is said", async (_brake, message, env, account) => {
    begin();
    configure(account);
    const ran = await clouds.tagsWith({ env }, ...line, "--apply");
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain(message);
    const { outcome: _outcome, ...tag } = change.tag;
    expect(json(ran)).toMatchObject({ succeeded: [], failed: [], outcomes: { "report-only": 1 }, tags: [tag] });
    expect(writeCalls()).toBe(0);
    expect(clouds.tagsOf(id)).toEqual(BEFORE);
  });
});

describe("tags set and unset", () => {
  const groups = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => {
      const group: EmulatedResource = { ...GROUP, id: `group-${index}`, tags: { team: "web" } };
      clouds.emulator.world.create(group);
      return group.id;
    });

  test("write nothing where all is as it is to be, and name no run", async () => {
    const set = await clouds.tags("set", GROUP, "--id", "g1", "--tag", "env=prod", "--apply");
    expect(json(set)).toMatchObject({ outcomes: { unchanged: 1 }, succeeded: ["g1"] });
    const unset = await clouds.tags("unset", GROUP, "--id", "g1", "--tag", "nothing", "--apply");
    expect(json(unset)).toMatchObject({ outcomes: { absent: 1 }, succeeded: ["g1"] });
    for (const ran of [set, unset]) {
      expect(ran).toMatchObject({ code: 0, stderr: "" });
      expect(json(ran)).not.toHaveProperty("run");
    }
    expect(writeCalls()).toBe(0);
  });

  test("print old → new on a terminal where a value is replaced", async () => {
    const line = ["set", GROUP, "--id", "g1", "g2", "--tag", "env=dev", "owner=web"] as const;
    const { stdout } = await clouds.tagsWith({ terminal: true }, ...line, "--rows");
    const rows = stdout.split("\n").map((row) => row.split(/ {2,}/));
    const type = "alibaba:apigateway:apiGroup";
    expect(rows[0]).toEqual(["Would change 3 tags of 2 resources in 2 calls, in about 1 s. Nothing is written yet."]);
    expect(rows.slice(rows.findIndex((row) => row.includes("message")))).toEqual([
      ["outcome", "type", "id", "tag", "code", "message"],
      ["would be replaced", type, "g1", "env=prod → dev"],
      ["unchanged", type, "g1", "owner=web"],
      ["would be replaced", type, "g2", "env=prod → dev"],
      ["would be added", type, "g2", "owner=web"],
      [""],
      ["To do it:"],
      [expect.stringMatching(/^tagwarden tags set .* --id g1 g2 --tag env=dev owner=web --apply$/)],
      [""],
    ]);
    const place = ["unset", GROUP, "--id", "g1", "--tag", "env", "gone", "--rows"] as const;
    const unset = await clouds.tagsWith({ terminal: true }, ...place);
    expect(unset.stdout).toMatch(/\nwould be removed +\S+ +g1 +env=prod\nabsent +\S+ +g1 +gone\n/);
  });

  test("share calls as full as the API allows", async () => {
    const ids = groups(60);
    const set = json(await clouds.tags("set", GROUP, "--id", ...ids, "--tag", "a=1", "team=ops", "--apply"));
    expect(set.calls["alibaba:apigateway:TagResources"]).toBe(2);
    const unset = json(await clouds.tags("unset", GROUP, "--id", ...ids, "--tag", "a", "team", "--apply"));
    expect(unset.calls["alibaba:apigateway:UntagResources"]).toBe(2);
    expect(await undo(unset.run)).toMatchObject({ code: 0, outcomes: { restored: 120 } });
    expect(await undo(set.run)).toMatchObject({ code: 0, outcomes: { removed: 60, restored: 60 } });
    for (const id of ids) expect(clouds.tagsOf(id)).toEqual({ team: "web" });
  });

  test("stay within the write cap, and name what they left: exit 1", async () => {
    configure({ writesPerHour: 2 });
    const ids = groups(3);
    const ran = await clouds.tags("set", GROUP, "--id", ...ids, "--tag", "team=ops", "--apply");
    expect(ran.code).toBe(1);
    expect(json(ran)).toMatchObject({
      outcomes: { failed: 1, replaced: 2 },
      succeeded: ["group-0", "group-1"],
      failed: [{ id: "group-2", code: "WriteCap" }],
    });
    expect(ids.map((id) => clouds.tagsOf(id)?.["team"])).toEqual(["ops", "ops", "web"]);
  });

  test.each([
    ["an id that an all-or-none call is refused for", IPAM, "ipam-1", "InvalidResourceId.NotFound"],
    ["an id that can't be read", USER, "u1", "PAP5.0004"],
  ])("%s costs the others nothing, and is exit 1 with its reason", async (_name, ref, id, code) => {
    const ran = await clouds.tags("set", ref, "--id", "nobody", id, "--tag", "a=b", "--apply");
    expect(ran.code).toBe(1);
    expect(json(ran)).toMatchObject({
      outcomes: { rejected: 1, added: 1 },
      succeeded: [id],
      failed: [{ id: "nobody", code }],
    });
    expect(clouds.tagsOf(id)).toMatchObject({ a: "b" });
  });

  test("an id that can't be read is exit 1 without --apply too", async () => {
    const ran = await clouds.tags("unset", USER, "--id", "nobody", "u1", "--tag", "a");
    expect(ran.code).toBe(1);
    expect(json(ran)).toMatchObject({ outcomes: { rejected: 1, absent: 1 }, failed: [{ id: "nobody" }] });
  });

  test("a provider that can't be used is exit 3, and nothing is written", async () => {
    const config = readFileSync(clouds.config, "utf8").replaceAll(/(accessKeySecret: ).*/g, "$1wrong");
    writeFileSync(clouds.config, config);
    const ran = await clouds.tags("set", GROUP, "--id", "g1", "--tag", "a=b", "--apply", "--max-seconds", "1");
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain(
      "alibaba account 111122223333, region cn-hangzhou can't be used: SignatureDoesNotMatch",
    );
    expect(json(ran)).toMatchObject({ failed: [{ id: "g1", code: "SignatureDoesNotMatch" }] });
    expect(writeCalls()).toBe(0);
  });

  test("undo leaves what somebody changed since", async () => {
    const set = json(await clouds.tags("set", GROUP, "--id", "g1", "g2", "--tag", "env=dev", "--apply"));
    clouds.emulator.world.create({ ...GROUP, id: "g2", tags: { env: "staging" } });
    expect((await undo(set.run)).outcomes).toEqual({ restored: 1, changed: 1 });
    expect(clouds.tagsOf("g2")).toEqual({ env: "staging" });
    const unset = json(await clouds.tags("unset", GROUP, "--id", "g1", "g2", "--tag", "env", "--apply"));
    clouds.emulator.world.create({ ...GROUP, id: "g2", tags: { env: "prod" } });
    expect((await undo(unset.run)).outcomes).toEqual({ restored: 1, changed: 1 });
    expect([clouds.tagsOf("g1")?.["env"], clouds.tagsOf("g2")?.["env"]]).toEqual(["prod", "prod"]);
  });

  test("undo prints on a terminal what comes back", async () => {
    const { run = "" } = json(await clouds.tags("unset", GROUP, "--id", "g1", "--tag", "env", "--apply"));
    const place = ["--run", run, "--journal", clouds.journal, "--config", clouds.config];
    const { stdout } = await runMain(["undo", ...place, "--rows"], { terminal: true });
    expect(stdout).toMatch(/\nwould be restored +alibaba:apigateway:apiGroup +g1 +env=prod\n/);
  });

  test("a journal that can't be written stops them before any call", async () => {
    writeFileSync(clouds.journal, "");
    const ran = await clouds.tags("set", GROUP, "--id", "g1", "--tag", "a=b", "--apply");
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(/--journal .*: can't be written/);
    expect(clouds.emulator.calls()).toEqual({});
  });

  test("what was written is journaled when a signal ends the command", async () => {
    mkdirSync(clouds.journal);
    const ids = Array.from({ length: 8 }, (_, index) => `slow-${index}`);
    for (const id of ids) clouds.emulator.world.create({ ...GATEWAY, id, tags: {} });
    const action = "huawei:apig:BatchCreateOrDeleteInstanceTags";
    clouds.emulator.setFaults([{ match: { action, resourceId: "slow-7" }, effect: "throttle" }]);
    const line = ["--config", clouds.config, "--journal", clouds.journal, ...placeArguments(GATEWAY), "--id", ...ids];
    const command = spawnCommand(["tags", "set", ...line, "--tag", "a=b", "--apply"]);
    await untilCome(command, () => clouds.tagsOf("slow-0")?.["a"] === "b");
    command.child.kill("SIGTERM");
    expect(await command.ended()).toBe(143);
    const [, run = ""] = /^run (\S+) wrote/m.exec(command.stderr()) ?? [];
    const written = ids.filter((id) => clouds.tagsOf(id)?.["a"] === "b");
    expect(existsSync(join(clouds.journal, `date=${run.slice(0, 10)}`))).toBe(true);
    clouds.emulator.setFaults([]);
    expect((await undo(run)).outcomes).toEqual({ removed: written.length });
    for (const id of ids) expect(clouds.tagsOf(id)).toEqual({});
  });
});
