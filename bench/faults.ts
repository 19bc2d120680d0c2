/**
 * `tagwarden enforce --apply` against `tagwarden emulate`, both as processes over HTTP, while the cloud throttles, loses
 * answers and refuses three resources: what it costs in calls beyond the plan, and in memory.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { seededRandom } from "../lib/core/seeded-random.ts";
import { significant, type Row } from "./measure.ts";

const THROTTLED = 0.05;
const LOST = 0.02;
const THROTTLE_SEED = 7;
const POISONED_CODE = "QuotaExceeded.Tags";
/** What isolating one bad resource of 50 may cost on average: DESIGN's goal for one strategy. */
const CALLS_TO_ISOLATE = 8;
const KEYS = ["env", "owner", "cost-center"];
const POLICY = `
version: 1
requiredTags:
  env: { default: dev }
  owner: { default: platform }
  cost-center: { default: CC-0000 }
policies:
  - { name: all, match: {}, require: [env, owner, cost-center], mode: enforce }
`;

interface BenchResource {
  readonly type: string;
  readonly account: string;
  readonly region: string;
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** What such a run came to. */
export interface UnderFaults {
  readonly resources: number;
  readonly exitCode: number | null;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Those that enforce says were not tagged, with their codes. */
  readonly refused: readonly { readonly id: string; readonly outcome: string; readonly code?: string }[];
  readonly poisoned: readonly string[];
  /** Of all but the poisoned: how many the cloud says lack a required tag afterwards. */
  readonly untagged: number;
  readonly planned: number;
  readonly writes: number;
  /** Write calls that the plan, the isolation of the poisoned and the throttled calls account for. */
  readonly accountedFor: number;
  readonly seconds: number;
  /** The most memory that enforce held, in MB; undefined where the system doesn't say. */
  readonly peakMb: number | undefined;
}

const ENTRY = join(import.meta.dirname, "..", "cli", "tagwarden.ts");

function kindAt(index: number): Pick<BenchResource, "type" | "account" | "region" | "id"> {
  const slot = index % 20;
  if (slot < 12) {
    return { type: "alibaba:apigateway:apiGroup", account: "111122223333", region: "cn-hangzhou", id: `g-${index}` };
  }
  if (slot < 16) {
    return { type: "alibaba:vpcipam:IPAM", account: "111122223333", region: "cn-hangzhou", id: `ipam-${index}` };
  }
  if (slot < 19) {
    const id = `arn:aws:ec2:us-east-1:444455556666:instance/i-${index}`;
    return { type: "aws:ec2:instance", account: "444455556666", region: "us-east-1", id };
  }
  return { type: "huawei:iam:user", account: "d0001", region: "global", id: `u-${index}` };
}

/** Each has some of the required tags already, so that what is missing differs. */
function makeResources(count: number): BenchResource[] {
  const random = seededRandom(5);
  return Array.from({ length: count }, (_, index) => {
    const present = KEYS.filter(() => random() < 0.3).map((key) => [key, "theirs"]);
    // The poisoned ones lack something.
    const tags = Object.fromEntries(index < 20 ? [] : present) as Record<string, string>;
    return { ...kindAt(index), tags };
  });
}

async function runCommand(argv: readonly string[], cwd: string) {
  const child = spawn(process.execPath, [ENTRY, ...argv], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  let peakMb: number | undefined;
  const watch = setInterval(() => {
    void peakOf(child.pid).then((mb) => (peakMb = mb ?? peakMb));
  }, 50);
  const [exitCode] = (await once(child, "close")) as [number | null];
  clearInterval(watch);
  if (stdout === "") throw new Error(`tagwarden ${argv.join(" ")} printed nothing: ${stderr}`);
  return { stdout, exitCode, peakMb };
}

/** https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
async function peakOf(pid: number | undefined): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kilobytes = /^VmHWM:\s+(\d{1,12}) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

/** How many of the first `calls` draws of the emulator's fault hit. */
function hits(calls: number, probability: number, seed: number): number {
  const random = seededRandom(seed);
  return Array.from({ length: calls }, () => random()).filter((draw) => draw < probability).length;
}

/** Runs the emulator and the command on this many resources; `calm` = without any fault. */
export async function enforceUnderFaults(
  count: number,
  { calm = false }: { readonly calm?: boolean } = {},
): Promise<UnderFaults> {
  const folder = await mkdtemp(join(tmpdir(), "tagwarden-faults-"));
  const resources = makeResources(count);
  const poisoned = [0, 1, 12].map((index) => resources[index]?.id ?? "");
  await writeFile(join(folder, "resources.ndjson"), resources.map((one) => `${JSON.stringify(one)}\n`).join(""));
  await writeFile(join(folder, "policy.yaml"), POLICY);
  const tagging = { action: "*:Tag*" };
  const faults = [
    ...poisoned.map((resourceId) => ({
      match: { ...tagging, resourceId },
      effect: "error",
      code: POISONED_CODE,
      httpStatus: 400,
    })),
    { match: tagging, effect: "throttle", probability: THROTTLED, seed: THROTTLE_SEED },
    { match: tagging, effect: "drop-response", probability: LOST, seed: 3 },
  ];
  await writeFile(join(folder, "faults.json"), JSON.stringify(calm ? [] : faults));
  const emulate = ["emulate", "--from", "resources.ndjson", "--faults", "faults.json", "--write-config", "config.yaml"];
  const emulator = spawn(process.execPath, [ENTRY, ...emulate], { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
  try {
    const [line] = (await once(emulator.stdout.setEncoding("utf8"), "data")) as [string];
    const { control } = JSON.parse(line) as { control: string };
    await raiseRates(join(folder, "config.yaml"));

    const plan = await runCommand(["plan", "--policy", "policy.yaml", "--resources", "resources.ndjson"], folder);
    const planned = (JSON.parse(plan.stdout) as { calls: number }).calls;
    const startedAt = performance.now();
    const enforce = [
      "enforce",
      "--policy",
      "policy.yaml",
      "--config",
      "config.yaml",
      "--resources",
      "resources.ndjson",
    ];
    const ran = await runCommand([...enforce, "--apply", "--format", "json"], folder);
    const seconds = (performance.now() - startedAt) / 1_000;
    const { outcomes, resources: ended } = JSON.parse(ran.stdout) as Pick<UnderFaults, "outcomes"> & {
      resources: UnderFaults["refused"];
    };
    const calls = (await (await fetch(`${control}/calls`)).json()) as Record<string, number>;
    const after = (await (await fetch(`${control}/resources`)).json()) as BenchResource[];
    const writes = Object.entries(calls).reduce((sum, [action, times]) => sum + (/:Tag/.test(action) ? times : 0), 0);
    return {
      resources: count,
      exitCode: ran.exitCode,
      outcomes,
      refused: ended.filter(({ outcome }) => outcome !== "tagged" && outcome !== "compliant"),
      poisoned,
      untagged: after.filter(({ id, tags }) => !poisoned.includes(id) && KEYS.some((key) => !(key in tags))).length,
      planned,
      writes,
      accountedFor: planned + poisoned.length * CALLS_TO_ISOLATE + hits(writes, THROTTLED, THROTTLE_SEED),
      seconds,
      peakMb: ran.peakMb,
    };
  } finally {
    const ended = once(emulator, "close");
    emulator.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}

/** The share of the clouds' quotas is not what is measured here. */
async function raiseRates(path: string): Promise<void> {
  const config = parse(await readFile(path, "utf8")) as { accounts: object[] };
  const accounts = config.accounts.map((account) => ({ ...account, callsPerSecond: { read: 200, write: 200 } }));
  await writeFile(path, stringify({ ...config, accounts }));
}

export async function run(): Promise<readonly Row[]> {
  const calm = await enforceUnderFaults(5_000, { calm: true });
  const large = await enforceUnderFaults(5_000);
  const name = "enforce --apply of 5,000 resources, 5 % throttled, 2 % lost, 3 poisoned";
  const overhead = large.writes / large.accountedFor;
  const contained = large.untagged === 0 && large.refused.length === large.poisoned.length;
  const rows: Row[] = [
    {
      name: `${name}: write calls`,
      value: large.writes,
      unit: "calls",
      floor: { name: "plan, isolation and throttled calls", value: large.accountedFor },
      ratio: significant(overhead),
      goal: "ratio <= 1.15, and all but the poisoned are tagged",
      met: overhead <= 1.15 && contained,
    },
    {
      name: `${name}: time`,
      value: significant(large.seconds),
      unit: "s",
      peer: { name: "the same without faults", value: significant(calm.seconds) },
    },
  ];
  if (calm.peakMb === undefined || large.peakMb === undefined) return rows;
  const growth = large.peakMb / calm.peakMb;
  rows.push({
    name: `${name}: peak memory`,
    value: significant(large.peakMb),
    unit: "MB",
    peer: { name: "the same without faults", value: significant(calm.peakMb) },
    ratio: significant(growth),
    goal: "ratio <= 1.1",
    met: growth <= 1.1,
  });
  return rows;
}
