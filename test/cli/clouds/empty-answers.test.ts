import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { Check } from "../../../lib/app/doctor.ts";
import type { AwsAccountConfig } from "../../../lib/core/config/config.ts";
import type { Report } from "../../../lib/core/report/report.ts";
import type { EmulatedResource } from "../../../local/emulator/emulated-resource.ts";
import { awsAccount } from "../../providers/accounts.ts";
import { readsOf } from "../../providers/reads.ts";
import { runMain } from "../run-main.ts";
import { useClouds } from "./clouds.ts";

// docs/providers/empty-answers.md cites these for each read of each provider.

const ACCOUNT = awsAccount.account;
/** Of each type that is read one by one there is one, and of those that accounts of other clouds ask for. */
const READ_ALONE: readonly EmulatedResource[] = [
  { type: "alibaba:ecs:disk", account: "111122223333", region: "cn-hangzhou", id: "d-1" },
  { type: "huawei:evs:volumes", account: "d0001", region: "cn-north-4", id: "d-1" },
  { type: "aws:iam:role", account: ACCOUNT, region: "global", id: `arn:aws:iam::${ACCOUNT}:role/r` },
  { type: "aws:iam:user", account: ACCOUNT, region: "global", id: `arn:aws:iam::${ACCOUNT}:user/u` },
  {
    type: "aws:autoscaling:autoScalingGroup",
    account: ACCOUNT,
    region: "us-east-1",
    id: `arn:aws:autoscaling:us-east-1:${ACCOUNT}:autoScalingGroup:0a:autoScalingGroupName/g`,
  },
];
const reads = readsOf();
const OPTIONAL = "aws:iam:GetAccountAuthorizationDetails";

const clouds = useClouds();
beforeEach(() => {
  for (const one of READ_ALONE) clouds.emulator.world.create(one);
});

/** The configuration with this inventory of AWS, as a file. */
function configured(inventory: AwsAccountConfig["inventory"]): string {
  const config = clouds.emulator.config() as { readonly accounts: readonly Record<string, unknown>[] };
  const accounts = config.accounts.map((one) => {
    const provider = String(one["provider"]);
    return provider === "aws" ? { ...one, inventory } : { ...one, types: [`${provider}:*`] };
  });
  const path = join(clouds.folder, `${inventory}.yaml`);
  writeFileSync(path, stringify({ ...config, accounts }));
  return path;
}

async function audited(config: string) {
  const out = join(clouds.folder, "audit");
  const { code, stdout } = await runMain(["audit", "--policy", clouds.policy, "--config", config, "--out", out]);
  const { coverage, evaluated } = JSON.parse(stdout) as Pick<Report, "coverage" | "evaluated">;
  const json = await runMain(["report", "--run", out, "--format", "json"]);
  return { code, coverage, evaluated, report: JSON.parse(json.stdout) as Report };
}

const inventoryOf = (action: string): AwsAccountConfig["inventory"] =>
  action.startsWith("aws:resource-explorer-2:") ? "resource-explorer" : "config";

/** With the read refused, as without its right. */
async function refused(action: string) {
  const actions = action === OPTIONAL ? [action] : [action, OPTIONAL];
  const denied = { effect: "error", code: "AccessDenied", httpStatus: 403 } as const;
  clouds.emulator.setFaults(actions.map((one) => ({ match: { action: one }, ...denied })));
  return audited(configured(inventoryOf(action)));
}

describe("a read that is refused", () => {
  test.each(reads.filter(({ use }) => use === "list").map(({ action }) => action))(
    "is a gap where %s lists what exists",
    async (action) => {
      const { code, report } = await refused(action);
      expect(code).toBe(3);
      expect(report.complete).toBe(false);
      expect(report.gaps).not.toEqual([]);
    },
  );

  test.each(reads.filter(({ use }) => use === "tags").map(({ action }) => action))(
    "leaves resources unknown where %s shows their tags",
    async (action) => {
      const { report } = await refused(action);
      expect(report.evaluated.unknown).toBeGreaterThan(0);
      expect(Object.keys(report.readErrors).join(" ")).toMatch(/ AccessDenied/);
    },
  );

  test.each(reads.filter(({ use }) => use === "reach").map(({ action }) => action))(
    "leaves coverage unproven where %s says what a listing ought to show",
    async (action) => {
      const { coverage, report } = await refused(action);
      expect(coverage.unproven?.map(({ reason }) => reason).join(" ")).toMatch(/nobody could say .* AccessDenied/);
      expect(report.coverage.state).toBe("partly-seen");
    },
  );

  test("changes nothing of an audit where nobody has to grant it", async () => {
    const granted = await audited(configured("none"));
    const without = await refused(OPTIONAL);
    expect(without.report.evaluated.noncompliant).toBe(granted.report.evaluated.noncompliant);
    expect(without.report.gaps).toEqual([]);
  });
});

describe("a listing that is empty", () => {
  const meanings = reads.flatMap(({ action, emptyMayMean }) =>
    emptyMayMean === undefined ? [] : [[action, emptyMayMean] as const],
  );

  const emptied = (action: string) => {
    const { world } = clouds.emulator;
    const ofProvider = Array.from(world.all()).filter(({ type }) => type.startsWith(`${action.split(":", 1)[0]}:`));
    for (const { type, account, region, id } of ofProvider) world.remove({ type, account, region, id });
    return configured(inventoryOf(action));
  };

  test.each(meanings)(
    "leaves coverage incomplete where %s shows nothing, and the report says what else that may mean",
    async (action, emptyMayMean) => {
      const { code, report, coverage } = await audited(emptied(action));
      expect(code).not.toBe(3);
      expect(coverage.unproven?.map(({ reason }) => reason)).toContain(
        `its listing shows nothing: there is nothing, or ${emptyMayMean}`,
      );
      expect(report.coverage.notes.join("\n")).toContain(emptyMayMean);
    },
  );

  test.each(meanings)("is no proof to doctor where %s shows nothing", async (action, emptyMayMean) => {
    const { stdout } = await runMain(["doctor", "--config", emptied(action)]);
    const { checks } = JSON.parse(stdout) as { readonly checks: readonly Check[] };
    const found = checks.filter(({ says }) => says === `${action} shows nothing: there is nothing, or ${emptyMayMean}`);
    expect(found.length).toBeGreaterThan(0);
    for (const { result, todo } of found)
      expect({ result, todo }).toMatchObject({ result: "unknown", todo: /`types`/ });
  });

  test("proves that there is nothing where whatever is missing is an error", async () => {
    const { coverage } = await audited(emptied("alibaba:"));
    const unproven = coverage.unproven?.map(({ shard }) => shard).filter((shard) => shard.startsWith("alibaba."));
    // Resource Center's, which leaves out without a word what a role may not see.
    expect(unproven).toEqual(["alibaba.111122223333.all.all"]);
  });
});
