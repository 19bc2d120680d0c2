import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { NO_TAGS } from "../../../lib/core/resource.ts";
import { fileObjects } from "../../../lib/sinks/objects/files.ts";
import { objectJournal } from "../../../lib/sinks/objects/journal.ts";
import { composeCreatedEvent } from "../../../local/compose-events/compose.ts";
import { arn, INSTANCE, useClouds } from "../clouds/clouds.ts";
import { ndjson, runMain } from "../run-main.ts";

// GetResources never shows roles, users and Auto Scaling groups, so they are read through IAM and Auto Scaling:
// https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/supported-services.html

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
const NATIVE = [ROLE, SCALED];
const DENIED = { effect: "error", code: "AccessDenied", httpStatus: 403 } as const;

const clouds = useClouds();
beforeEach(() => {
  for (const one of NATIVE) clouds.emulator.world.create(one);
});
const file = (name: string, lines: readonly unknown[]): string => {
  const path = join(clouds.folder, name);
  writeFileSync(path, ndjson(lines));
  return path;
};
const events = () =>
  file(
    "events.ndjson",
    NATIVE.map(
      (one) => JSON.parse(composeCreatedEvent({ ...one, tags: NO_TAGS }, { at: Date.now() - 3_600_000 })) as unknown,
    ),
  );
const KEPT = { env: "prod", owner: expect.any(String) as string };

describe("a role and an Auto Scaling group with env=prod, which no tag listing shows", () => {
  test("keep it where events told of them, and get the rest", async () => {
    const { code, json } = await clouds.enforce("--events", events(), "--apply");
    expect(code).toBe(0);
    expect(json.outcomes).toEqual({ tagged: 2 });
    for (const { id } of NATIVE) expect(clouds.tagsOf(id)).toEqual(KEPT);
  });

  test("keep it where a list says that there are none, or calls them by other types", async () => {
    const lines = file("misnamed.ndjson", [
      { ...ROLE, type: "aws:iam:Role", tags: {} },
      { ...SCALED, type: "aws:autoscaling:group", tags: undefined },
    ]);
    const { json } = await clouds.enforce("--resources", lines, "--apply");
    expect(json.outcomes).toEqual({ tagged: 2 });
    for (const { id } of NATIVE) expect(clouds.tagsOf(id)).toEqual(KEPT);
  });

  test("are findings of an audit, which says of what it may not list that it is missing", async () => {
    const out = join(clouds.folder, "audit");
    const argv = ["audit", "--policy", clouds.policy, "--config", clouds.config, "--out", out];
    expect(JSON.parse((await runMain(argv)).stdout)).toMatchObject({ resources: 8, evaluated: { unknown: 0 } });
    clouds.emulator.setFaults([{ match: { action: "aws:iam:ListRoles" }, ...DENIED }]);
    const { code, stdout, stderr } = await runMain(argv);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ resources: 7 });
    expect(stderr).toMatch(/not audited: aws\.\d+\.us-east-1\.all \(aws:iam:role\): AccessDenied/);
  });

  test("are given back by undo what they carried", async () => {
    const journal = join(clouds.folder, "journal");
    const run = "2026-11-22.101500-1a2b3c4d";
    const entry = { key: "env", value: "prod", policyHash: "h", requestId: "r", at: "2026-11-22T10:15:00.000Z" };
    await objectJournal(fileObjects(journal)).record(
      run,
      NATIVE.map(({ type, account, region, id }) => ({ type, account, region, id, ...entry })),
    );
    const argv = ["undo", "--run", run, "--config", clouds.config, "--journal", journal, "--apply"];
    const { code } = await runMain(argv);
    expect(code).toBe(0);
    for (const { id } of NATIVE) expect(clouds.tagsOf(id)).toEqual({});
  });
});

describe("tags list", () => {
  test("shows roles all at once, or those that are named", async () => {
    const all = await clouds.tags("list", ROLES);
    expect(all.code).toBe(0);
    expect(JSON.parse(all.stdout)).toMatchObject({ id: ROLE.id, tags: PROD });
    const named = await clouds.tags("list", ROLES, "--id", ROLE.id);
    expect(JSON.parse(named.stdout)).toMatchObject({ id: ROLE.id, tags: PROD });
    expect(clouds.emulator.calls()).toEqual({ "aws:iam:GetAccountAuthorizationDetails": 1, "aws:iam:ListRoleTags": 1 });
  });

  test("reads each id through the API that shows it, under whatever type they are asked for", async () => {
    const ran = await clouds.tags("list", { ...INSTANCE, type: "aws:*:*" }, "--id", SCALED.id, arn("i-1"));
    expect(ran.code).toBe(0);
    const lines = ran.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly id: string });
    expect(lines.map(({ id }) => id).sort()).toEqual([SCALED.id, arn("i-1")].sort());
  });

  test("names the types that a listing of many leaves out, and how they are asked for", async () => {
    const ran = await clouds.tags("list", { ...ROLES, type: "aws:iam:*" });
    expect(ran).toMatchObject({
      code: 0,
      stderr:
        "tagwarden: aws:iam:role is not listed: aws:tagging:GetResources never shows it; ask for --type aws:iam:role\n" +
        "tagwarden: aws:iam:user is not listed: aws:tagging:GetResources never shows it; ask for --type aws:iam:user\n",
    });
    expect((await clouds.tags("list", INSTANCE)).stderr).toBe("");
  });
});

describe("doctor", () => {
  const checksOf = async () => {
    const { code, stdout } = await runMain(["doctor", "--config", clouds.config, "--provider", "aws"]);
    const { checks } = JSON.parse(stdout) as { readonly checks: readonly Record<string, string>[] };
    return { code, checks };
  };

  test.each([
    ["aws:iam:ListRoles", "iam:ListRoles"],
    ["aws:iam:ListRoleTags", "iam:ListRoleTags"],
    ["aws:autoscaling:DescribeTags", "autoscaling:DescribeTags"],
  ])("says which right is missing where %s is refused", async (action, right) => {
    clouds.emulator.setFaults([{ match: { action }, ...DENIED }]);
    const { code, checks } = await checksOf();
    expect(code).toBe(3);
    const problems = checks.filter(({ result }) => result === "problem");
    expect(problems).toMatchObject([{ says: expect.stringContaining(action) as string }]);
    expect(problems[0]?.["todo"]).toMatch(new RegExp(`this call needs ${right}$`));
  });

  test("is content without the right to see policies, which nobody has to grant", async () => {
    clouds.emulator.setFaults([{ match: { action: "aws:iam:GetAccountAuthorizationDetails" }, ...DENIED }]);
    const { code, checks } = await checksOf();
    expect(code).toBe(0);
    expect(checks.find(({ says }) => says?.includes("GetAccountAuthorizationDetails"))).toMatchObject({ result: "ok" });
  });
});
