/** Sizes and load times of the functions as they are deployed: minified, the AWS SDK left to the runtime. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { bundleFunction } from "./bundle-function.ts";
import { significant, type Row } from "./measure.ts";
import { ordinaryInvocation } from "./ordinary-invocation.ts";
import { startOrdinaryWorld, type OrdinaryWorld } from "./ordinary-world.ts";

const SIZE_GOAL_KB = 150;
const LOAD_GOAL_MS = 24;
const ROUNDS = 25;

/** By their names in serverless.yml. */
const OTHERS = {
  ingest: "ingest",
  startAudit: "start-audit",
  auditShard: "audit-shard",
  publishReport: "publish-report",
  sendAlerts: "send-alerts",
} as const;

/**
 * What Lambda's runtime client has loaded of Node before any handler, an empty one too:
 * https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
 */
const OF_THE_RUNTIME = ["node:net", "node:http", "node:os", "node:util", "node:worker_threads"];

/**
 * Imports one module and prints the CPU time of that, in milliseconds: waiting for other processes is none of ours.
 * What the other arguments name was loaded before.
 */
const TIMER = `
for (const name of process.argv.slice(2)) process.getBuiltinModule(name);
const start = process.cpuUsage();
await import(process.argv[1]);
const { user, system } = process.cpuUsage(start);
process.stdout.write(String((user + system) / 1000));
`;

export async function run(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "tagwarden-bench-"));
  const world = await startOrdinaryWorld();
  try {
    return [...(await enforceRows(folder, world)), ...(await otherRows(folder, world))];
  } finally {
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function enforceRows(folder: string, world: OrdinaryWorld): Promise<readonly Row[]> {
  const { path, start, later } = await bundleFunction("functions/enforce.ts", join(folder, "enforce"));
  const ordinary = await ordinaryInvocation(path, world);
  const mixed = await ordinaryInvocation(path, world, { mixed: true });
  const environment = world.environmentOf("enforce");
  const { beyond, empty } = loadTimes(path, folder, environment, OF_THE_RUNTIME);
  const bare = loadTimes(path, folder, environment, []);
  return [
    sizeRow("enforce bundle, loaded at the start, before it knows its clouds", start.bytes),
    sizeRow("enforce bundle, all that an invocation with one cloud has loaded in the end", ordinary.inTheEnd),
    {
      name: "enforce bundle, the same where the resources of a call lack different tags",
      value: significant(mixed.inTheEnd / 1000),
      unit: "KB",
    },
    {
      name: `enforce bundle, files for when they are needed: ${later.map(({ source, bytes }) => `${source} ${significant(bytes / 1000)}`).join(", ")}`,
      value: significant(later.reduce((sum, { bytes }) => sum + bytes, 0) / 1000),
      unit: "KB",
    },
    {
      name: "enforce bundle, load with one cloud, beyond an empty handler",
      value: significant(beyond),
      unit: "ms",
      floor: { name: "empty handler", value: significant(empty) },
      goal: `<= ${LOAD_GOAL_MS}`,
      met: beyond <= LOAD_GOAL_MS,
    },
    {
      name: "enforce bundle, the same in a bare process, without what Lambda's runtime client loads of Node",
      value: significant(bare.beyond),
      unit: "ms",
    },
  ];
}

/** The other functions, which start where nobody waits for a resource's tags. */
async function otherRows(folder: string, world: OrdinaryWorld): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [name, file] of Object.entries(OTHERS)) {
    const { path, start } = await bundleFunction(`functions/${file}.ts`, join(folder, file));
    const { beyond } = loadTimes(path, folder, world.environmentOf(name), OF_THE_RUNTIME);
    rows.push(
      { name: `${file} bundle, loaded at the start`, value: significant(start.bytes / 1000), unit: "KB" },
      { name: `${file} bundle, load beyond an empty handler`, value: significant(beyond), unit: "ms" },
    );
  }
  return rows;
}

function sizeRow(name: string, bytes: number): Row {
  const kilobytes = bytes / 1000;
  return {
    name,
    value: significant(kilobytes),
    unit: "KB",
    goal: `<= ${SIZE_GOAL_KB}`,
    met: kilobytes <= SIZE_GOAL_KB,
  };
}

/** In milliseconds. The least disturbed round counts: a busy machine only ever adds. */
function loadTimes(
  path: string,
  folder: string,
  environment: Readonly<Record<string, string>>,
  before: readonly string[],
) {
  const emptyPath = join(folder, "empty.mjs");
  writeFileSync(emptyPath, "export const handler = async () => undefined;\n");
  let [loaded, empty] = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    loaded = Math.min(loaded, loadMs(resolve(path), environment, before));
    empty = Math.min(empty, loadMs(emptyPath, environment, before));
  }
  return { beyond: loaded - empty, empty };
}

function loadMs(path: string, environment: Readonly<Record<string, string>>, before: readonly string[]): number {
  const task = ["--input-type=module", "--eval", TIMER, pathToFileURL(path).href, ...before];
  const printed = execFileSync(process.execPath, task, {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], ...environment },
  });
  return Number(printed);
}
