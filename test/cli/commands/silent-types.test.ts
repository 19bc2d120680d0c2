import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { NO_TAGS } from "../../../lib/core/resource.ts";
import { fileObjects } from "../../../lib/sinks/objects/files.ts";
import { objectJournal } from "../../../lib/sinks/objects/journal.ts";
import { composeCreatedEvent } from "../../../local/compose-events/compose.ts";
import { arn, INSTANCE, useClouds } from "../clouds/clouds.ts";
import { ndjson, runMain } from "../run-main.ts";

// GetResources never shows roles, users and Auto Scaling groups: https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/supported-services.html

const ACCOUNT = INSTANCE.account;
const PROD = { env: "prod" };
const ROLES = { type: "aws:iam:role", account: ACCOUNT, region: "global" };
const ROLE = { ...ROLES, id: `arn:aws:iam::${ACCOUNT}:role/billing-export`, tags: PROD };
const SCALED = {
  type: "aws:autoscaling:autoScalingGroup",
  account: ACCOUNT,
  region: "us-east-1",
  id: `arn:aws:autoscaling:us-east-1:${ACCOUNT}:autoScalingGroup:0a-1b:autoScalingGroupName/web`,
  tags: PROD,
};
const SILENT = [ROLE, SCALED];
const WHY = { outcome: "report-only", code: "TagsUnreadable", tags: [] };
const says = (type: string) =>
  `TagsUnreadable: aws:tagging:GetResources never shows the tags of ${type} (https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/supported-services.html)`;

const clouds = useClouds();
beforeEach(() => {
  for (const one of SILENT) clouds.emulator.world.create(one);
});
const file = (name: string, lines: readonly unknown[]): string => {
  const path = join(clouds.folder, name);
  writeFileSync(path, ndjson(lines));
  return path;
};
const tagsStay = (): void => {
  for (const { id } of SILENT) expect(clouds.tagsOf(id)).toEqual(PROD);
};
const events = () =>
  file(
    "events.ndjson",
    SILENT.map(
      (one) => JSON.parse(composeCreatedEvent({ ...one, tags: NO_TAGS }, { at: Date.now() - 3_600_000 })) as unknown,
    ),
  );
/** As whoever knows nothing of their tags would list them, and as somebody who believes that there are none. */
const listed = () =>
  file("silent.ndjson", [
    { ...ROLE, tags: undefined },
    { ...SCALED, tags: {} },
  ]);

describe("a role and an Auto Scaling group with env=prod, which no tag listing shows", () => {
  test("keep it where events told of them, and end as report-only", async () => {
    const { code, json } = await clouds.enforce("--events", events(), "--apply");
    expect(code).toBe(0);
    expect(json.outcomes).toEqual({ "report-only": 2 });
    expect(json.resources).toMatchObject([WHY, WHY]);
    expect(json.calls).toEqual({});
    tagsStay();
  });

  test("keep it where a list names them, and their neighbours get their tags", async () => {
    const lines = file("all.ndjson", [ROLE, { ...SCALED, tags: {} }, { ...INSTANCE, id: arn("i-1") }]);
    const { code, json } = await clouds.enforce("--resources", lines, "--apply");
    expect(code).toBe(0);
    expect(json.outcomes).toEqual({ tagged: 1, "report-only": 2 });
    expect(json.resources.filter(({ outcome }) => outcome !== "tagged")).toMatchObject([WHY, WHY]);
    tagsStay();
  });

  test("keep it where the list calls them by other types", async () => {
    const lines = file("misnamed.ndjson", [
      { ...ROLE, type: "aws:iam:Role" },
      { ...SCALED, type: "aws:autoscaling:group" },
    ]);
    const { json } = await clouds.enforce("--resources", lines, "--apply");
    expect(json.outcomes).toEqual({ "report-only": 2 });
    tagsStay();
  });

  test("are in what enforce would leave out, with the reason", async () => {
    const { json } = await clouds.enforce("--resources", listed());
    expect(json).toMatchObject({
      calls: 0,
      outcomes: { "report-only": 2 },
      unresolved: [
        { id: ROLE.id, key: "*", reason: says(ROLE.type) },
        { id: SCALED.id, key: "*", reason: says(SCALED.type) },
      ],
    });
  });

  test("are not planned for without a configuration either, whatever the input says of their tags", async () => {
    const argv = ["enforce", "--policy", clouds.policy];
    const ran = await Promise.all([
      runMain([...argv, "--resources", listed()]),
      runMain([...argv, "--events", events()]),
    ]);
    for (const { stdout, stderr } of ran) {
      expect(stderr).toContain("the tags of 2 resources are not known; nothing is planned there");
      expect(JSON.parse(stdout)).toMatchObject({ batches: [], calls: 0 });
    }
  });

  test("are unknown findings of an audit, which repairs nothing there", async () => {
    const config = parse(readFileSync(clouds.config, "utf8")) as { accounts: { provider: string }[] };
    const accounts = config.accounts.map((one) => (one.provider === "aws" ? { ...one, inventory: "config" } : one));
    writeFileSync(clouds.config, stringify({ ...config, accounts }));
    const out = join(clouds.folder, "out");
    const ran = await runMain(["audit", "--policy", clouds.policy, "--config", clouds.config, "--out", out]);
    expect(JSON.parse(ran.stdout)).toMatchObject({ resources: 8, evaluated: { unknown: 2, noncompliant: 5 } });
    const findings = join(out, "findings");
    const lines = readdirSync(findings).flatMap((name) =>
      gunzipSync(readFileSync(join(findings, name)))
        .toString()
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { readonly id: string; readonly compliance: string }),
    );
    expect(lines.filter(({ compliance }) => compliance === "unknown")).toMatchObject([
      { id: SCALED.id, missing: [], invalid: [], code: "TagsUnreadable" },
      { id: ROLE.id, missing: [], invalid: [], code: "TagsUnreadable" },
    ]);
    const page = (await runMain(["report", "--run", out, "--format", "md"])).stdout;
    expect(page).toContain("Tags of 1 resource are unknown: aws:iam:role TagsUnreadable");
    expect(page).toContain("GetResources never shows the tags of aws:iam:role");
    expect((await runMain(["report", "--run", out, "--format", "html"])).stdout).toContain(
      "its tags could not be read: <bdi>TagsUnreadable</bdi>",
    );
    const { json } = await clouds.enforce("--resources", findings, "--apply");
    expect(json.outcomes).toEqual({ tagged: 5, "report-only": 2 });
    tagsStay();
  });

  test("are left alone by undo, which says that what they carry now can't be read", async () => {
    const journal = join(clouds.folder, "journal");
    const run = "2026-11-22.101500-1a2b3c4d";
    const entry = { key: "env", value: "prod", policyHash: "h", requestId: "r", at: "2026-11-22T10:15:00.000Z" };
    await objectJournal(fileObjects(journal)).record(
      run,
      SILENT.map(({ type, account, region, id }) => ({ type, account, region, id, ...entry })),
    );
    const argv = ["undo", "--run", run, "--config", clouds.config, "--journal", journal, "--apply"];
    const { code, stdout } = await runMain(argv);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      outcomes: { "report-only": 2 },
      calls: {},
      tags: [
        { id: SCALED.id, outcome: "report-only", code: "TagsUnreadable" },
        { id: ROLE.id, outcome: "report-only", code: "TagsUnreadable" },
      ],
    });
    tagsStay();
  });
});

describe("tags set and unset", () => {
  test.each([
    ["set", "env=dev"],
    ["unset", "env"],
  ])("leave them as they are: report-only with the same code as enforce and undo (%s)", async (verb, tag) => {
    const ran = await clouds.tags(verb, ROLES, "--id", ROLE.id, "--tag", tag, "--apply");
    expect(ran.code).toBe(0);
    const row = { id: ROLE.id, outcome: "report-only", code: "TagsUnreadable" };
    expect(JSON.parse(ran.stdout)).toMatchObject({ succeeded: [], failed: [], tags: [row], calls: {} });
    expect(ran.stderr).toContain("nothing is written: ");
    expect(ran.stderr).toContain(`never shows the tags of ${ROLE.type}`);
    tagsStay();
  });

  test("write the others that they are named with, and say how many they didn't", async () => {
    const ids = ["--id", SCALED.id, arn("i-1")];
    const ran = await clouds.tags("set", { ...INSTANCE, type: "aws:*:*" }, ...ids, "--tag", "team=a", "--apply");
    expect(JSON.parse(ran.stdout)).toMatchObject({ outcomes: { added: 1, "report-only": 1 }, succeeded: [arn("i-1")] });
    expect(ran.stderr).toContain("1 tag is not written: ");
  });
});

describe("tags list", () => {
  test("says of a type that no listing shows that its tags can't be read, and asks for nothing", async () => {
    const ran = await clouds.tags("list", ROLES);
    expect(ran).toMatchObject({ code: 1, stdout: "", stderr: `tagwarden: aws:iam:role: ${says(ROLE.type)}\n` });
    expect(clouds.emulator.calls()).toEqual({});
  });

  test("says it of ids, under whatever type they are asked for, and lists the others", async () => {
    const ids = ["--id", SCALED.id, arn("i-1")];
    const ran = await clouds.tags("list", { ...INSTANCE, type: "aws:*:*" }, ...ids);
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({ id: arn("i-1"), tags: { owner: "a" } });
    expect(ran.stderr).toBe(`tagwarden: ${SCALED.id}: ${says(SCALED.type)}\n`);
  });

  test("names the types that a listing of many leaves out", async () => {
    const ran = await clouds.tags("list", { ...ROLES, type: "aws:iam:*" });
    expect(ran).toMatchObject({
      code: 0,
      stderr:
        "tagwarden: aws:iam:role is not listed: aws:tagging:GetResources never shows it\n" +
        "tagwarden: aws:iam:user is not listed: aws:tagging:GetResources never shows it\n",
    });
    expect((await clouds.tags("list", INSTANCE)).stderr).toBe("");
  });
});
