/**
 * The first minute: from a clone to the first result of `npm start`, and from the package to the first line of a command,
 * with npm's cache warm. It clones what is committed.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { median, significant, type Row } from "./measure.ts";

const ROUNDS = 7;
const COMMANDS = {
  "--version": ["--version"],
  "--help": ["--help"],
  evaluate: [
    "evaluate",
    "--policy",
    resolve("examples/local/policy.yaml"),
    "--resources",
    resolve("examples/resources.ndjson"),
  ],
  "doctor --help": ["doctor", "--help"],
};

/** As a shell of somebody who has just arrived: without what npm tells its scripts, and without this checkout's programs. */
const FRESH = Object.fromEntries(
  Object.entries({ ...process.env, PATH: foreignPath() }).filter(([name]) => !name.startsWith("npm_")),
);
/** The same with Node 24, which the package asks for. */
const WITH_NODE = { ...FRESH, PATH: `${dirname(process.execPath)}${delimiter}${FRESH["PATH"]}` };

function foreignPath(): string {
  const own = resolve("node_modules");
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => !folder.startsWith(own))
    .join(delimiter);
}

export async function run(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "tagwarden-bench-"));
  try {
    return [...startRows(folder), ...(await packageRows(folder))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function startRows(folder: string): readonly Row[] {
  const clone = join(folder, "clone");
  const script = `git clone --quiet . "${clone}" && cd "${clone}" && npm start`;
  const { seconds, cpuSeconds } = timed(script, process.cwd());
  return [
    {
      name: "first-use: clone to the first result of npm start",
      value: significant(seconds),
      unit: "s",
      goal: "<= 90",
      met: seconds <= 90,
    },
    { name: "first-use: CPU of that, all programs", value: significant(cpuSeconds), unit: "s" },
    { name: "first-use: disk that npm start installs", value: megabytes(join(clone, "node_modules")), unit: "MB" },
  ];
}

async function packageRows(folder: string): Promise<readonly Row[]> {
  const [packed, empty] = [join(folder, "packed"), join(folder, "empty")];
  execFileSync(process.execPath, ["setup/package.ts", packed], { stdio: ["ignore", "ignore", "inherit"] });
  const [file = ""] = readdirSync(packed);
  const install = `npm install --silent --prefix "${empty}" --prefer-offline "${join(packed, file)}"`;
  const installed = timed(install, folder);
  const disk = megabytes(join(empty, "node_modules"));
  const command = join(empty, "node_modules", ".bin", "tagwarden");
  const rows: Row[] = [
    { name: "first-use: disk that the package takes", value: disk, unit: "MB", goal: "<= 60", met: disk <= 60 },
    { name: "first-use: npm install of the package", value: significant(installed.seconds), unit: "s" },
  ];
  for (const [name, argv] of Object.entries(COMMANDS)) {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) times.push(await firstOutput(command, argv));
    const ms = significant(median(times));
    const cpuMs = significant(1_000 * median(times.map(() => cpuOf(command, argv))));
    rows.push({
      name: `first-use: tagwarden ${name} to its first output`,
      value: ms,
      unit: "ms",
      goal: "<= 500",
      met: ms <= 500,
    });
    rows.push({ name: `first-use: CPU of tagwarden ${name}`, value: cpuMs, unit: "ms" });
  }
  return rows;
}

/** Milliseconds until the first byte stands on stdout. */
async function firstOutput(command: string, argv: readonly string[]): Promise<number> {
  const start = performance.now();
  const child = spawn(command, argv, { stdio: ["ignore", "pipe", "ignore"], env: WITH_NODE });
  const ended = once(child, "close");
  await once(child.stdout, "data");
  const took = performance.now() - start;
  child.stdout.resume();
  await ended;
  return took;
}

function cpuOf(command: string, argv: readonly string[]): number {
  const words = [command, ...argv].map((word) => `'${word}'`).join(" ");
  return timed(`${words} 2>/dev/null || true`, process.cwd(), WITH_NODE).cpuSeconds;
}

/** Runs a script; CPU is that of all programs that it has started and waited for. Throws where it fails. */
function timed(script: string, cwd: string, env: NodeJS.ProcessEnv = FRESH) {
  const start = performance.now();
  const told = execFileSync("bash", ["-c", `{ ${script}; } >/dev/null && times`], {
    cwd,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const seconds = (performance.now() - start) / 1_000;
  // The second line is that of the children: `0m1.234s 0m0.567s`.
  const [, children = ""] = told.split("\n");
  const parts = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  const cpuSeconds = parts.reduce((sum, [, minutes, rest]) => sum + 60 * Number(minutes) + Number(rest), 0);
  return { seconds, cpuSeconds };
}

/** What the files take of the disk, as `du -sm` counts it: a file of two names once. */
function megabytes(folder: string): number {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  const files = entries.map((entry) => lstatSync(join(entry.parentPath, entry.name)));
  const blocks = new Map(files.map((file) => [file.ino, file.blocks]));
  return Math.ceil((512 * blocks.values().reduce((sum, one) => sum + one, 0)) / (1024 * 1024));
}
