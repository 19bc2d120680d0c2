import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { writeReadPlan } from "../../../cli/output/read-plan.ts";
import type { PlannedRead, ReadPlan } from "../../../lib/app/folder-audit/plan-reads.ts";
import { useClouds } from "../clouds/clouds.ts";
import { harmlessIo } from "../../../cli/io.ts";
import { memoryIo, runMain } from "../run-main.ts";

const clouds = useClouds();
const out = () => join(clouds.folder, "out");
const audit = (...more: string[]) =>
  runMain(["audit", "--policy", clouds.policy, "--config", clouds.config, "--out", out(), ...more]);

describe("audit --plan", () => {
  test("before any run says what would be read and how fast, and calls nobody", async () => {
    const { code, stdout, stderr } = await audit("--plan", "--format", "table");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^shard +API +calls\/s +calls +minutes\n/u);
    expect(stdout).toMatch(/\naws\.444455556666\.us-east-1\.all +aws:tagging:GetResources +1000 +\? +\?\n/u);
    expect(stderr).toBe(`no finished audit in ${out()} says how many calls it takes\n`);
    expect(clouds.emulator.calls()).toEqual({});
    expect(existsSync(out())).toBe(false);
  });

  test("after one says what that took, and leaves its report as it was", async () => {
    await audit();
    const made = clouds.emulator.calls();
    const plan = JSON.parse((await audit("--plan", "--format", "json")).stdout) as ReadPlan;
    expect(plan.calls).toBe(Object.values(made).reduce((sum, calls) => sum + calls, 0));
    expect(plan.run).toMatch(/^\d{4}-/u);
    expect(clouds.emulator.calls()).toEqual(made);
    expect((await audit("--plan", "--format", "table")).stderr).toBe(
      `${plan.calls} calls, <0.1 minutes for the longest shard, by the figures of ${plan.run}\n`,
    );
  });
});

describe("a table of planned reads", () => {
  const READ: PlannedRead = {
    shard: "s",
    provider: "aws",
    account: "1",
    region: "cn-north-1",
    action: "aws:tagging:GetResources",
    callsPerSecond: 10 / 3,
    calls: 0,
    minutes: 0,
  };
  const shown = async (read: Partial<PlannedRead>): Promise<string> => {
    const { io, stdout } = memoryIo();
    await writeReadPlan({ reads: [{ ...READ, ...read }], calls: null, minutes: null }, "out", "table", harmlessIo(io));
    return stdout().split("\n")[1] ?? "";
  };

  it.each<[Partial<PlannedRead>, RegExp]>([
    [{}, / 3\.33 +0 +0\.0$/u],
    [{ calls: 1, minutes: 0.001 }, / 1 +<0\.1$/u],
    [{ calls: 100_000, minutes: 66.66 }, / 100000 +66\.7$/u],
    [{ callsPerSecond: 25, calls: null, minutes: null }, / 25 +\? +\?$/u],
  ])("says %o so that people can read it", async (read, says) => {
    expect((await shown(read)).trimEnd()).toMatch(says);
  });
});
