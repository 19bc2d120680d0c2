import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { objectJournal } from "../../../lib/sinks/objects/journal.ts";
import { fileObjects } from "../../../lib/sinks/objects/files.ts";
import { ndjson, runMain } from "../run-main.ts";
import { arn, GATEWAY, GROUP, INSTANCE, IPAM, USER, useClouds } from "./clouds.ts";

const clouds = useClouds();

/** By what is wrong with it; U+D800 is half of a character. */
const HALF = "a\ud800b";
const PLACES = [
  ["an API group", GROUP, "g1"],
  ["an IPAM", IPAM, "ipam-1"],
  ["a gateway", GATEWAY, "gw1"],
  ["an IAM user", USER, "u1"],
  ["an EC2 instance", INSTANCE, arn("i-1")],
] as const;
const REFUSED = [
  ...PLACES.map(([name, place, id]) => [name, place, id, HALF, "IllFormedResourceId"] as const),
  ["an IAM user", USER, "u1", "a_b", "IllegalResourceId"],
  ["an IAM user", USER, "u1", "x".repeat(65), "IllegalResourceId"],
  ["an IAM user", USER, "u1", "..", "IllegalResourceId"],
  ["a gateway", GATEWAY, "gw1", "a b", "IllegalResourceId"],
] as const;

describe("a bad id costs the others nothing", () => {
  test.each(REFUSED)("tags list: %s (%o %s beside %j)", async (_, place, good, bad, code) => {
    const ran = await clouds.tags("list", place, "--id", good, "--id", bad);
    expect(ran.code).toBe(1);
    expect(ran.stdout.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({ id: good });
    expect(ran.stderr).toMatch(/^tagwarden: .+: .+\n$/);
    expect(ran.stderr).toContain(`: ${code}: `);
    expect(ran.stderr).not.toContain(good);
  });

  test.each(REFUSED)("tags set: %s (%o %s beside %j)", async (_, place, good, bad, code) => {
    const ran = await clouds.tags("set", place, "--id", good, "--id", bad, "--tag", "team=a", "--apply");
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({ succeeded: [good], failed: [{ id: bad, code }] });
    expect(clouds.tagsOf(good)).toMatchObject({ team: "a" });
  });

  test.each(REFUSED)("enforce: %s (%o %s beside %j)", async (_, place, good, bad, code) => {
    const path = join(clouds.folder, "some.ndjson");
    writeFileSync(path, ndjson([good, bad].map((id) => ({ ...place, id }))));
    const { json } = await clouds.enforce("--resources", path, "--apply");
    expect(json.resources.find(({ id }) => id === bad)).toMatchObject({ code });
    expect(clouds.tagsOf(good)).toMatchObject({ owner: expect.any(String) });
  });

  test("undo: what can't be reached is named, and the others are taken back", async () => {
    const run = "2026-11-22.101500-1a2b3c4d";
    const entry = { key: "env", value: "moon", requestId: "r", at: "2026-11-22T10:15:00.000Z" };
    const refs = [
      { ...IPAM, id: HALF },
      { ...IPAM, account: "999988887777", id: "ipam-7" },
      { ...IPAM, region: "cn-nowhere", id: "ipam-8" },
      { ...USER, type: "huawei:ecs:cloudservers", region: "cn-north-4", id: "u-9" },
      { ...USER, id: "a_b" },
    ];
    const entries = [...refs, { ...IPAM, id: "ipam-1" }].map((ref) => ({ ...ref, ...entry }));
    await objectJournal(fileObjects(clouds.journal)).record(run, entries);
    const argv = ["undo", "--run", run, "--config", clouds.config, "--journal", clouds.journal, "--apply"];
    const ran = await runMain(argv);
    expect(ran.code).toBe(1);
    const { tags } = JSON.parse(ran.stdout) as { readonly tags: readonly { id: string; outcome: string }[] };
    expect(Object.fromEntries(tags.map(({ id, outcome }) => [id, outcome]))).toEqual({
      "ipam-1": "removed",
      "ipam-7": "failed",
      "ipam-8": "failed",
      "u-9": "failed",
      [HALF]: "rejected",
      a_b: "rejected",
    });
    expect(clouds.tagsOf("ipam-1")).toEqual({});
  });

  test("enforce: an account, a region and a type that nobody configured say what to add", async () => {
    const path = join(clouds.folder, "some.ndjson");
    const lost = [
      { ...IPAM, account: "999988887777", id: "ipam-7" },
      { ...IPAM, region: "cn-nowhere", id: "ipam-8" },
      { ...USER, type: "huawei:ecs:cloudservers", region: "cn-north-4", id: "u-9" },
    ];
    writeFileSync(path, ndjson([...lost, { ...IPAM, id: "ipam-1" }]));
    const { code, json } = await clouds.enforce("--resources", path, "--apply");
    expect(code).toBe(1);
    expect(json.outcomes).toEqual({ failed: 2, "not-applicable": 1, tagged: 1 });
    const said = json.resources.flatMap(({ message = "" }) => message);
    expect(said.join("\n")).toMatch(/account 999988887777 .* add it under accounts/);
    expect(said.join("\n")).toMatch(/region cn-nowhere .* add it to its regions/);
    expect(said.join("\n")).toMatch(/huawei:ecs:cloudservers is none of the types .* name it in its `types`/);
  });
});

describe("tags list of several ids", () => {
  test("reads those that may yet be read again, and prints the others once", async () => {
    clouds.emulator.world.create({ ...USER, id: "u2", tags: { a: "b" } });
    const fault = { effect: "error", code: "Unheard.Of", httpStatus: 400 } as const;
    clouds.emulator.setFaults([{ match: { action: "huawei:iam:*", resourceId: "u2" }, ...fault }]);
    const ran = await clouds.tags("list", USER, "--id", "u1", "u2", "--max-seconds", "2");
    expect(ran.code).toBe(1);
    expect(
      ran.stdout
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { id: string }).id),
    ).toEqual(["u1"]);
    expect(ran.stderr).toMatch(/1 resource to try again in 1 s[^]*\ntagwarden: u2: Unheard\.Of: /);
  });

  test("names those of which nothing is shown, and that alone is no failure", async () => {
    const ran = await clouds.tags("list", IPAM, "--id", "ipam-1", "ipam-none");
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringMatching(/^tagwarden: ipam-none: .* doesn't exist\n$/) });
    expect((await clouds.tags("list", IPAM, "--id", "ipam-none", "--tag", "a")).stderr).toBe("");
  });
});

describe("the JSON of enforce --apply", () => {
  test("names its run, which undo takes", async () => {
    const { json } = await clouds.enforce("--resources", clouds.resources, "--apply");
    const argv = ["undo", "--run", json.run ?? "", "--config", clouds.config, "--journal", clouds.journal];
    expect((await runMain(argv)).code).toBe(0);
  });

  test("names none where nothing was written", async () => {
    await clouds.enforce("--resources", clouds.resources, "--apply");
    const { json } = await clouds.enforce("--resources", clouds.resources, "--apply");
    expect(json).not.toHaveProperty("run");
  });
});
