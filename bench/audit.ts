/** What an audit costs in calls, CPU and memory; what a report from a million findings does. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../lib/core/config/schema.ts";
import type { EmulatedResource } from "../local/emulator/emulated-resource.ts";
import { startEmulator } from "../local/emulator/start.ts";
import type { AuditCost, AuditTask } from "./audit-child.ts";
import { estate, UNLIMITED } from "./audit-estate.ts";
import type { ReportCost } from "./audit-report-child.ts";
import { fewestCalls } from "./fewest-calls.ts";
import { significant, type Row } from "./measure.ts";
import { wholeAccount, WHOLE_ACCOUNT_POLICY } from "./whole-account.ts";

/** What `tagwarden audit` runs with. */
const FLAGS = ["--max-semi-space-size=16", "--heap-growing-percent=50"];

/** Runs a program and answers what it prints. */
async function inChild(argv: readonly string[], input = ""): Promise<string> {
  const child = spawn(process.execPath, argv, { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(input);
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (more: string) => (text += more));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}`);
  return text;
}

/** Runs one audit in a process of its own. */
async function auditInChild(task: Omit<AuditTask, "out">): Promise<AuditCost> {
  const out = await mkdtemp(join(tmpdir(), "tagwarden-bench-audit-"));
  try {
    const argv = ["--expose-gc", ...FLAGS, join(import.meta.dirname, "audit-child.ts")];
    return JSON.parse(await inChild(argv, JSON.stringify({ ...task, out }))) as AuditCost;
  } finally {
    await rm(out, { recursive: true });
  }
}

interface Served {
  readonly types?: readonly string[];
  readonly policy?: string;
}

/** Audits resources that this process serves over HTTP, so that the child's memory is that of the audit. */
async function auditOverHttp(served: Iterable<EmulatedResource>, { types, policy }: Served = {}): Promise<AuditCost> {
  const resources = [...served];
  const emulator = await startEmulator({ resources });
  try {
    const config = parseConfig("emulator", JSON.stringify(emulator.config()));
    const isNamed = (provider: string): boolean => types?.some((type) => type.startsWith(`${provider}:`)) !== false;
    const accounts = config.accounts.filter(({ provider }) => isNamed(provider));
    return await auditInChild({
      resources: resources.length,
      accounts: accounts.map((account) => ({ ...account, ...(types && { types }), callsPerSecond: UNLIMITED })),
      ...(policy !== undefined && { policy }),
    });
  } finally {
    await emulator.close();
  }
}

/** What an audit of everything in one account of a cloud asks of the two services that know all types. */
const WHOLE = {
  alibaba: { title: "Alibaba Cloud", inventory: "resourcecenter", tags: "tag", goals: [2.1, 8.5] },
  huawei: { title: "Huawei Cloud", inventory: "rms", tags: "tms", goals: [5.1, 10.2] },
} as const;
type WholeCloud = keyof typeof WHOLE;

function wholeAccountRows({ resources, calls, findings }: AuditCost, cloud: WholeCloud): Row[] {
  const per1000 = (...services: string[]): number => {
    const counts = Object.entries(calls).map(([action, count]) => (services.includes(serviceOf(action)) ? count : 0));
    return significant((counts.reduce((one, other) => one + other, 0) / resources) * 1000);
  };
  const { title, inventory, tags, goals } = WHOLE[cloud];
  const name = `audit: calls per 1,000 resources of a whole ${title} account, ${resources} resources`;
  const noncompliant = `${Math.round((findings / resources) * 100)} % noncompliant`;
  const row = (what: string, value: number, most: number): Row => ({
    name: `${name}, ${what}`,
    value,
    unit: "calls",
    goal: `<= ${most}`,
    met: value <= most,
  });
  return [
    row("inventory", per1000(inventory), goals[0]),
    row(`with the second look at ${noncompliant}`, per1000(inventory, tags), goals[1]),
  ];
}

const serviceOf = (action: string): string => action.split(":")[1] ?? "";

/** Audits everything in an account, in two sizes. */
async function wholeAccountCosts(cloud: WholeCloud, small: number, large: number): Promise<Row[]> {
  const served: Served = { types: [`${cloud}:*`], policy: WHOLE_ACCOUNT_POLICY };
  const few = await auditOverHttp(wholeAccount(small, cloud), served);
  const many = await auditOverHttp(wholeAccount(large, cloud), served);
  const of = `of a whole ${WHOLE[cloud].title} account`;
  return [
    ...wholeAccountRows(few, cloud),
    ...wholeAccountRows(many, cloud),
    memoryRow(many, of),
    growthOfMemory(few, many, of),
  ];
}

/** Of all their kind: what Alibaba Cloud's two services are asked by id. */
function readsById(calls: ReadonlyMap<string, number>): number {
  const count = (service: string): number => calls.get(`alibaba:${service}:ListTagResources`) ?? 0;
  return count("apigateway") + count("vpcipam");
}

function callsRow(name: string, cost: AuditCost, most: number): Row {
  const floor = readsById(fewestCalls(estate(cost.resources)));
  const value = readsById(new Map(Object.entries(cost.calls)));
  const ratio = value / floor;
  return {
    name: `audit: calls of ListTagResources by id, ${name}`,
    value,
    unit: "calls",
    floor: { name: "full pages only", value: floor },
    ratio: significant(ratio, 4),
    goal: `ratio <= ${most}`,
    met: ratio <= most,
  };
}

/** Each API for itself. */
function apiRows({ resources, calls }: AuditCost): Row[] {
  const fewest = fewestCalls(estate(resources));
  return Object.entries(calls).map(([action, value]) => {
    const floor = fewest.get(action) ?? 0;
    return {
      name: `audit: calls of ${action}, ${resources} resources`,
      value,
      unit: "calls",
      floor: { name: "full pages only", value: floor },
      ratio: significant(value / floor, 4),
    };
  });
}

function memoryRow(cost: AuditCost, of = "resources"): Row {
  const value = cost.peakMb - cost.startMb;
  const name = `audit: peak memory above start, ${cost.resources} ${of} over HTTP`;
  return { name, value: significant(value), unit: "MB", goal: "<= 128", met: value <= 128 };
}

function growthOfMemory(few: AuditCost, many: AuditCost, of = "resources"): Row {
  const ratio = many.peakMb / few.peakMb;
  return {
    name: `audit: peak memory of ${many.resources} ${of}`,
    value: significant(many.peakMb),
    unit: "MB",
    peer: { name: `${few.resources} ${of}`, value: significant(few.peakMb) },
    ratio: significant(ratio),
    goal: "ratio <= 1.1",
    met: ratio <= 1.1,
  };
}

/** Report from a million findings that another process has written. */
async function reportRows(findings: number): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), "tagwarden-bench-report-"));
  const program = join(import.meta.dirname, "audit-report-child.ts");
  try {
    await inChild([program, folder, String(findings), "write"]);
    const cost = JSON.parse(await inChild([...FLAGS, program, folder, String(findings)])) as ReportCost;
    const name = `audit: report from ${findings} findings`;
    const seconds = cost.cpuMs / 1000;
    const memory = cost.peakMb - cost.startMb;
    return [
      { name: `${name}, CPU`, value: significant(seconds), unit: "s", goal: "<= 10", met: seconds <= 10 },
      {
        name: `${name}, peak memory above start`,
        value: significant(memory),
        unit: "MB",
        goal: "<= 200",
        met: memory <= 200,
      },
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** `TAGWARDEN_BENCH_AUDIT` sets the size of the large estate, whose run takes some minutes. */
export async function run(): Promise<readonly Row[]> {
  const large = Number(process.env["TAGWARDEN_BENCH_AUDIT"] ?? 1_000_000);
  const small = large / 10;
  const warm = await auditInChild({ resources: large });
  const cold = await auditInChild({ resources: small, cold: true });
  const [few, many] = [await auditOverHttp(estate(small)), await auditOverHttp(estate(large))];
  const wholeAccounts = [
    ...(await wholeAccountCosts("alibaba", small, large)),
    ...(await wholeAccountCosts("huawei", small, large)),
  ];
  const perRow = ((warm.cpuMs - warm.parseMs) * 1000) / warm.rows;
  return [
    callsRow("tag counts known", warm, 1.02),
    callsRow("tag counts not known", cold, 1.1),
    {
      name: `audit: CPU a row of tags, ${large} resources on the emulator in process`,
      value: significant(perRow),
      unit: "µs",
      floor: { name: "JSON.parse of the pages", value: significant((warm.parseMs * 1000) / warm.rows) },
      goal: "<= 1.5 beyond the floor",
      met: perRow <= 1.5,
    },
    ...apiRows(warm),
    {
      name: `audit: resources/s, ${large} resources on the emulator in process`,
      value: significant(warm.resources / warm.seconds),
      unit: "resources/s",
    },
    {
      name: `audit: resources/s, ${large} resources over HTTP`,
      value: significant(many.resources / many.seconds),
      unit: "resources/s",
    },
    memoryRow(few),
    memoryRow(many),
    growthOfMemory(few, many),
    ...wholeAccounts,
    ...(await reportRows(large)),
  ];
}
