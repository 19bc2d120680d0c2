import { readFileSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Report } from "../../../lib/core/report/report.ts";
import { layFiles, openClouds } from "../../fixtures/earlier-version/folders.ts";
import { readKept } from "../../fixtures/earlier-version/kept.ts";
import { asBefore, reportAsBefore } from "../../fixtures/earlier-version/lines.ts";
import { RESOURCES } from "../../fixtures/earlier-version/story.ts";
import { runMain } from "../run-main.ts";

/** RFC 3339, and the same with dashes, as in the name of a run. */
const TIMES = /\d{4}-\d\d-\d\dT\d\d[:-]\d\d[:-]\d\d[.-]\d{3}Z/gu;

/**
 * All that an audit says, its times and what it cost aside, and the notes of its coverage: shards that the version before
 * has ended keep what it said of what it couldn't see.
 */
async function said(out: string) {
  const parts = await readdir(join(out, "evaluations"));
  const texts = await Promise.all(
    parts.map(async (name) => gunzipSync(await readFile(join(out, "evaluations", name)))),
  );
  const report = readFileSync(join(out, "report.json"), "utf8").replaceAll(TIMES, "TIME");
  const { coverage, ...rest } = JSON.parse(report) as Report;
  const { notes: _notes, unproven: _unproven, ...seen } = coverage;
  return {
    lines: texts
      .flatMap((text) => text.toString().trim().split("\n"))
      .toSorted()
      .map(asBefore),
    report: reportAsBefore({ ...rest, coverage: seen, calls: "", rows: "" }),
  };
}

async function planIn(out: string): Promise<{ readonly path: string; readonly text: string; readonly hash: string }> {
  const [name = ""] = await readdir(join(out, "runs"));
  const path = join(out, "runs", name);
  const text = readFileSync(path, "utf8");
  return { path, text, hash: /"policyHash":"([0-9a-f]+)"/.exec(text)?.[1] ?? "" };
}

/** Limits of the clouds are a part of policies' hash: has a run begin with those that another one has. */
async function giveHashOf(whole: string, out: string): Promise<void> {
  const [{ hash }, { path, text, hash: old }] = [await planIn(whole), await planIn(out)];
  writeFileSync(path, text.replace(old, hash));
}

describe.each(["before-rooms"])("in the folders of the version %s", (version) => {
  const kept = readKept(version, "folders");

  it("an audit that was killed is resumed, and says what an undisturbed one says", async () => {
    const { emulator, folder, policy, config } = await openClouds();
    onTestFinished(() => emulator.close());
    const audit = (out: string, more: readonly string[] = []) =>
      runMain(["audit", "--policy", policy, "--config", config, "--out", out, "--at", "2026-11-22", ...more]);
    const whole = join(folder, "whole");
    const undisturbed = await audit(whole);
    const before = emulator.calls()["alibaba:apigateway:DescribeApis"];
    const out = join(folder, "kept");
    layFiles(out, kept.audit);
    await giveHashOf(whole, out);
    const { code, stderr } = await audit(out, ["--resume"]);
    expect({ code, said: await said(out) }, stderr).toEqual({ code: undisturbed.code, said: await said(whole) });
    // Its checkpoint stands behind the first type of that shard.
    expect(emulator.calls()["alibaba:apigateway:DescribeApis"]).toBe(before);
  });

  it("an audit that was killed isn't mixed with one under other limits of the clouds, and stays as it is", async () => {
    const { emulator, folder, policy, config } = await openClouds();
    onTestFinished(() => emulator.close());
    const out = join(folder, "kept");
    layFiles(out, kept.audit);
    const argv = ["--policy", policy, "--config", config, "--out", out, "--at", "2026-11-22", "--resume"];
    const { code, stderr } = await runMain(["audit", ...argv]);
    expect(code).toBe(2);
    expect(stderr).toContain("was started with other policies or another configuration");
    expect(readFileSync((await planIn(out)).path)).toEqual(
      Buffer.from(Object.entries(kept.audit).find(([name]) => name.startsWith("runs/"))?.[1] ?? []),
    );
  });

  it("a journal is read, and what it says was written is taken back", async () => {
    const { emulator, folder, config } = await openClouds(kept.resources);
    onTestFinished(() => emulator.close());
    const journal = join(folder, "kept");
    layFiles(journal, kept.journal);
    const argv = ["undo", "--run", kept.run, "--config", config, "--journal", journal, "--apply"];
    const { code, stderr } = await runMain(argv);
    expect(stderr).not.toContain("error");
    expect(code).toBe(0);
    const tags = [...emulator.world.all()].map((one) => [one.id, one.tags]);
    expect(Object.fromEntries(tags)).toEqual(Object.fromEntries(RESOURCES.map(({ id, tags: own = {} }) => [id, own])));
    expect(
      kept.resources.filter(({ tags: own }, index) => own?.["env"] !== RESOURCES[index]?.tags?.["env"]),
    ).not.toEqual([]);
  });
});
