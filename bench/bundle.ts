/** Size and load time of the enforce function as it is deployed: the AWS SDK left to the runtime. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { AlibabaAccountConfig } from "../lib/core/config.ts";
import { bundleFunction } from "./bundle-function.ts";
import { significant, type Row } from "./measure.ts";

const SIZE_GOAL_KB = 100;
const LOAD_GOAL_MS = 20;
const ROUNDS = 25;
/** What an invocation loads beside that where one cloud is configured. */
const ONE_CLOUD = ["lib/providers/alibaba/provider.ts", "lib/events/actiontrail.ts"];

/** Loads what an ordinary cold start loads: one cloud's client and event reader with the rest. */
const ACCOUNT: AlibabaAccountConfig = {
  provider: "alibaba",
  account: "111122223333",
  regions: ["cn-hangzhou"],
  mode: "enforce",
  writesPerHour: 2_000,
  credentials: { accessKeyId: "env:KEY_ID", accessKeySecret: "env:KEY_SECRET" },
};

/** Imports one module and prints the CPU time of that, in milliseconds: waiting for other processes is none of ours. */
const TIMER = `
const start = process.cpuUsage();
await import(process.argv[1]);
const { user, system } = process.cpuUsage(start);
process.stdout.write(String((user + system) / 1000));
`;

export async function run(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "tagwarden-bench-"));
  try {
    const { path: enforce, start, later, ...bundle } = await bundleFunction("functions/enforce.ts", folder);
    const ordinary = bundle.with(ONE_CLOUD);
    const empty = join(folder, "empty.mjs");
    writeFileSync(empty, "export const handler = async () => undefined;\n");
    const environment = writeSettings(folder);
    const times: Record<string, number[]> = { enforce: [], empty: [] };
    for (let round = 0; round < ROUNDS; round++) {
      times["enforce"]?.push(loadMs(resolve(enforce), environment));
      times["empty"]?.push(loadMs(empty, environment));
    }
    // The least disturbed round of each: a busy machine only ever adds.
    const emptyMs = Math.min(...(times["empty"] ?? []));
    const beyond = Math.min(...(times["enforce"] ?? [])) - emptyMs;
    return [
      sizeRow("enforce bundle, loaded at the start, minified, AWS SDK external", start.bytes),
      sizeRow("enforce bundle, the same with one cloud: Alibaba's client and event reader", ordinary.bytes),
      {
        name: `enforce bundle, files for when they are needed: ${later.map(({ source, bytes }) => `${source} ${significant(bytes / 1000)}`).join(", ")}`,
        value: significant(later.reduce((sum, { bytes }) => sum + bytes, 0) / 1000),
        unit: "KB",
      },
      {
        name: "enforce bundle, load beyond an empty handler",
        value: significant(beyond),
        unit: "ms",
        floor: { name: "empty handler", value: significant(emptyMs) },
        goal: `<= ${LOAD_GOAL_MS}`,
        met: beyond <= LOAD_GOAL_MS,
      },
      ...(await otherSizes(folder)),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The other functions, which start where nobody waits for a resource's tags. */
async function otherSizes(folder: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const name of ["ingest", "start-audit", "audit-shard", "publish-report", "send-alerts"]) {
    const { start } = await bundleFunction(`functions/${name}.ts`, join(folder, name));
    rows.push({ name: `${name} bundle, loaded at the start`, value: significant(start.bytes / 1000), unit: "KB" });
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

function loadMs(path: string, environment: Readonly<Record<string, string>>): number {
  const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", TIMER, pathToFileURL(path).href], {
    encoding: "utf8",
    env: { ...process.env, ...environment },
  });
  return Number(printed);
}

function writeSettings(folder: string): Record<string, string> {
  const policies = join(folder, "policies.json");
  const config = join(folder, "config.json");
  writeFileSync(policies, JSON.stringify({ version: 1, hash: "bench", policies: [], exemptions: [], limits: [] }));
  writeFileSync(config, JSON.stringify({ settleSeconds: 900, accounts: [ACCOUNT] }));
  return {
    TAGWARDEN_POLICIES: policies,
    TAGWARDEN_CONFIG: config,
    TAGWARDEN_TABLE: "state",
    TAGWARDEN_BUCKET: "reports",
    TAGWARDEN_ENFORCE_CONCURRENCY: "2",
    TAGWARDEN_DEAD_LETTERS_URL: "http://127.0.0.1:9/dead",
    TAGWARDEN_ATTEMPTS: "5",
    TAGWARDEN_ALERT_QUEUE_URL: "http://127.0.0.1:9/alerts",
    TAGWARDEN_ENFORCE_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/000000000000/enforce",
  };
}
