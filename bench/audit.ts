/** What an audit costs in calls, CPU and memory; what a report from a million findings does. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../lib/core/config-schema.ts";
import { startEmulator } from "../local/emulator/start.ts";
import type { AuditCost, AuditTask } from "./audit-child.ts";
import { estate, UNLIMITED } from "./audit-estate.ts";
import { significant, type Row } from "./measure.ts";

/** Runs one audit in a process of its own. */
async function auditInChild(task: Omit<AuditTask, "out">, flags: readonly string[] = []): Promise<AuditCost> {
  const out = await mkdtemp(join(tmpdir(), "tagwarden-bench-audit-"));
  try {
    const program = join(import.meta.dirname, "audit-child.ts");
    const child = spawn(process.execPath, ["--expose-gc", ...flags, program], { stdio: ["pipe", "pipe", "inherit"] });
    child.stdin.end(JSON.stringify({ ...task, out }));
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (more: string) => (text += more));
    const [code] = (await once(child, "close")) as [number | null];
    if (code !== 0) throw new Error(`the audit of ${task.resources} resources ended with ${code}`);
    return JSON.parse(text) as AuditCost;
  } finally {
    await rm(out, { recursive: true });
  }
}

/** Audits an estate that this process serves over HTTP, so that the child's memory is that of the audit. */
export async function auditOverHttp(resources: number, flags: readonly string[] = []): Promise<AuditCost> {
  const emulator = await startEmulator({ resources: [...estate(resources)] });
  try {
    const { accounts } = parseConfig("emulator", JSON.stringify(emulator.config()));
    return await auditInChild(
      {
        resources,
        accounts: accounts.map((account) => ({ ...account, callsPerSecond: UNLIMITED })),
      },
      flags,
    );
  } finally {
    await emulator.close();
  }
}

export async function run(): Promise<readonly Row[]> {
  const small = await auditOverHttp(100_000);
  return [
    {
      name: "audit: peak memory above start, 100,000 resources",
      value: significant(small.peakMb - small.startMb),
      unit: "MB",
    },
  ];
}
