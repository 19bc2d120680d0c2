/**
 * One audit in a process of its own, so that what it takes is its own: the task comes on stdin, with a configuration
 * of endpoints that another process serves, or with the emulated clouds inside. Prints one JSON line.
 */
import { rm } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { runAudit } from "../lib/app/folder-audit/run-audit.ts";
import type { TagProvider } from "../lib/app/ports/provider.ts";
import { systemClock } from "../lib/app/ports/system-clock.ts";
import type { AccountConfig } from "../lib/core/config/config.ts";
import type { ClientDeps } from "../lib/providers/client-deps.ts";
import { createProvider } from "../lib/providers/index.ts";
import { createRegistry } from "../lib/app/cloud/route.ts";
import { fileObjects } from "../lib/sinks/objects/files.ts";
import { objectRunStore } from "../lib/sinks/objects/run-store.ts";
import { estate, estatePolicies } from "./audit-estate.ts";
import { recordedCloud } from "./audit-recorded.ts";
import { peakMb, processMs, threadMs } from "./process-cost.ts";

/** What the parent asks for. */
export interface AuditTask {
  readonly out: string;
  /** Accounts whose endpoints another process serves; absent = the emulated clouds are in this process. */
  readonly accounts?: readonly AccountConfig[];
  readonly resources: number;
  /** The policies; absent = those of the mixed estate. */
  readonly policy?: string;
  /** Inventories say nothing of tags, as at a first run. */
  readonly cold?: boolean;
}

/** What it took. */
export interface AuditCost {
  readonly resources: number;
  readonly rows: number;
  readonly findings: number;
  readonly calls: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** All threads; of emulated clouds in this process, only handing out their recorded answers is in it. */
  readonly cpuMs: number;
  /** Making a text of every answer and JSON.parse of it, once. */
  readonly parseMs: number;
  readonly startMb: number;
  readonly peakMb: number;
}

const MB = 1024 * 1024;

/** The same inventory, without the tags that it carries. */
function withoutInlineTags(provider: TagProvider): TagProvider {
  return {
    ...provider,
    async listInventory(...query) {
      const page = await provider.listInventory(...query);
      return { ...page, resources: page.resources.map(({ type, id }) => ({ type, id })) };
    },
  };
}

/** One whole audit into an empty folder. */
async function audit(task: AuditTask, accounts: readonly AccountConfig[], send?: ClientDeps["send"]) {
  const deps = { credential: async (literal: string) => literal, clock: systemClock, ...(send && { send }) };
  const providers = accounts.map((account) => createProvider(account, deps));
  const objects = fileObjects(task.out);
  const { result, report } = await runAudit({
    config: { settleSeconds: 900, accounts },
    registry: createRegistry(task.cold === true ? providers.map(withoutInlineTags) : providers),
    policies: estatePolicies(task.policy),
    objects,
    runs: objectRunStore(objects),
    clock: systemClock,
    random: Math.random,
    log: { debug() {}, info() {}, warn: console.error, error: console.error },
    out: task.out,
  });
  if (!report.complete || result.resources !== task.resources) throw new Error(JSON.stringify(report.gaps));
  return result;
}

async function main(task: AuditTask): Promise<AuditCost> {
  let parseMs = 0;
  let { accounts } = task;
  let send: ClientDeps["send"];
  if (accounts === undefined) {
    const recorded = await recordedCloud(estate(task.resources), async (cloud) => {
      await audit(task, cloud.accounts, async (request) => cloud.serve(request));
      await rm(task.out, { recursive: true });
    });
    accounts = recorded.accounts;
    send = async (request) => recorded.serve(request);
    const before = threadMs();
    // IAM and Auto Scaling answer in XML.
    for (const body of recorded.bodies()) if (!body.startsWith("<")) JSON.parse(body);
    parseMs = threadMs() - before;
  }
  globalThis.gc?.();
  const startMb = process.memoryUsage.rss() / MB;
  const startedAt = performance.now();
  const startCpu = processMs();
  const result = await audit(task, accounts, send);
  return {
    resources: result.resources,
    rows: result.rows,
    findings: result.evaluated.noncompliant + result.evaluated.unknown,
    calls: result.calls,
    seconds: (performance.now() - startedAt) / 1000,
    cpuMs: processMs() - startCpu,
    parseMs,
    startMb,
    peakMb: await peakMb(),
  };
}

process.stdout.write(`${JSON.stringify(await main(JSON.parse(await text(process.stdin)) as AuditTask))}\n`);
