/**
 * `node bench/audit-kills.ts [POINTS]`: kills `tagwarden audit` with SIGKILL at random points, resumes it, and compares
 * its evaluations and `report.json` with those of a run that nobody disturbed. Prints one JSON line; exits with 1 where
 * a single byte differs that is neither a time nor the name of a run.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { gunzipSync } from "node:zlib";
import { seededRandom } from "../lib/core/seeded-random.ts";
import { startEmulator } from "../local/emulator/start.ts";
import { estate, POLICY } from "./audit-estate.ts";

const ENTRY = join(import.meta.dirname, "..", "cli", "tagwarden.ts");
/** RFC 3339, and the same with dashes, as in the name of a run. */
const TIMES = /\d{4}-\d\d-\d\dT\d\d[:-]\d\d[:-]\d\d[.-]\d{3}Z/gu;
const POLL_MS = 3;

/** What such kills came to. */
export interface AuditKills {
  readonly resources: number;
  readonly points: number;
  readonly kills: number;
  /** Kills after which there was nothing to resume yet. */
  readonly beforeTheStart: number;
  /** Points after which something differed. */
  readonly different: readonly string[];
}

interface Files {
  readonly policy: string;
  readonly config: string;
}

/** Runs the command; with `killAt` it is killed after so many milliseconds of work. Answers its exit code. */
async function audit(out: string, { policy, config }: Files, { resume = false, killAt = Infinity } = {}) {
  const argv = [
    "audit",
    "--policy",
    policy,
    "--config",
    config,
    "--out",
    out,
    "--at",
    "2026-11-22",
    "--format",
    "json",
  ];
  const child = spawn(process.execPath, [ENTRY, ...argv, ...(resume ? ["--resume"] : [])], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
  const closed = once(child, "close");
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const spawnedAt = performance.now();
  // The clock starts with the work: how long a process takes to start says nothing of it.
  const hasBegun = () => resume || existsSync(join(out, "runs"));
  while (isRunning() && !hasBegun()) await Promise.race([sleep(POLL_MS), closed]);
  const startedAt = performance.now();
  if (killAt < Infinity) {
    await Promise.race([sleep(killAt, undefined, { ref: false }), closed]);
    if (isRunning()) child.kill("SIGKILL");
  }
  await closed;
  return { code: child.exitCode, startMs: startedAt - spawnedAt, workMs: performance.now() - startedAt, stderr };
}

/** Everything that an audit says, times and names of runs aside. */
async function said(out: string): Promise<string> {
  const folder = join(out, "evaluations");
  const lines: string[] = [];
  for (const name of await readdir(folder)) {
    // What a crash left of a file that was being written has another name, and counts for nobody.
    if (!name.endsWith(".ndjson.gz")) continue;
    lines.push(
      ...gunzipSync(await readFile(join(folder, name)))
        .toString()
        .split("\n"),
    );
  }
  const report = (await readFile(join(out, "report.json"), "utf8")).replaceAll(TIMES, "TIME");
  return `${lines
    .filter((line) => line !== "")
    .sort()
    .join("\n")}\n${report}`;
}

/** The first line in which two texts differ, if any. */
function firstDifference(expected: string, found: string): string[] {
  if (expected === found) return [];
  const lines = [expected, found].map((text) => text.split("\n"));
  const at = lines[0]?.findIndex((line, index) => line !== lines[1]?.[index]) ?? -1;
  return [`line ${at}: expected ${lines[0]?.[at]}, found ${lines[1]?.[at]}`];
}

/** Whether the run that was killed has left its record. */
async function canResume(out: string): Promise<boolean> {
  return existsSync(join(out, "runs")) && (await readdir(join(out, "runs"))).some((name) => name.endsWith(".json"));
}

/** Kills and resumes audits of `resources` emulated resources at `points` random points. */
export async function killAudits(points: number, { resources = 2_000, seed = 1 } = {}): Promise<AuditKills> {
  const random = seededRandom(seed);
  const folder = await mkdtemp(join(tmpdir(), "tagwarden-audit-kills-"));
  const emulator = await startEmulator({ resources: [...estate(resources)] });
  try {
    const files: Files = { policy: join(folder, "policy.yaml"), config: join(folder, "config.yaml") };
    await writeFile(files.policy, POLICY);
    await writeFile(files.config, stringify(emulator.config(), { aliasDuplicateObjects: false }));
    const whole = join(folder, "whole");
    const { startMs, workMs } = await audit(whole, files);
    const expected = await said(whole);
    const counts = { kills: 0, beforeTheStart: 0 };
    const different: string[] = [];
    for (let point = 0; point < points;) {
      const out = join(folder, "out");
      await rm(out, { recursive: true, force: true });
      const killAt = random() * workMs;
      const first = await audit(out, files, { killAt });
      // A run that was faster than expected is no point.
      if (first.code === 1) continue;
      if (first.code !== null) throw new Error(`tagwarden audit ended with ${first.code}: ${first.stderr}`);
      point += 1;
      counts.kills += 1;
      let resume = await canResume(out);
      if (!resume) counts.beforeTheStart += 1;
      // A run that was resumed can be killed too.
      if (resume && point % 3 === 0) {
        const again = await audit(out, files, { resume, killAt: startMs + random() * (workMs - killAt) });
        if (again.code === null) counts.kills += 1;
        else resume = false;
      }
      const last = resume || !existsSync(join(out, "report.json")) ? await audit(out, files, { resume }) : first;
      if (last !== first && last.code !== 1 && !last.stderr.includes("is finished"))
        different.push(`point ${point} ended with ${last.code}: ${last.stderr}`);
      else different.push(...firstDifference(expected, await said(out)).map((what) => `point ${point}: ${what}`));
    }
    return { resources, points, ...counts, different };
  } finally {
    await emulator.close();
    await rm(folder, { recursive: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  const result = await killAudits(Number(process.argv[2] ?? 50), { resources: Number(process.argv[3] ?? 2_000) });
  process.stdout.write(`${JSON.stringify(result)}\n`);
  if (result.different.length > 0) process.exitCode = 1;
}
