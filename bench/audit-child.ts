/**
 * One audit in a process of its own, so that what it takes is its own: the task comes on stdin, with a configuration
 * of endpoints that another process serves, or with the emulated clouds inside. Prints one JSON line.
 */
import { text } from "node:stream/consumers";
import { runAudit } from "../lib/app/run-audit.ts";
import { systemClock } from "../lib/app/system-clock.ts";
import type { TagProvider } from "../lib/app/ports.ts";
import type { AccountConfig } from "../lib/core/config.ts";
import { createProvider } from "../lib/providers/index.ts";
import { createRegistry } from "../lib/providers/registry.ts";
import type { HttpRequest } from "../lib/providers/http.ts";
import { fileObjects } from "../lib/sinks/file-objects.ts";
import { objectRunStore } from "../lib/sinks/object-run-store.ts";
import { estate, estatePolicies } from "./audit-estate.ts";
import { cloudInProcess } from "./audit-in-process.ts";
import { peakMb, processMs, threadMs } from "./process-cost.ts";

/** What the parent asks for. */
export interface AuditTask {
  readonly out: string;
  /** Accounts whose endpoints another process serves; absent = the emulated clouds are in this process. */
  readonly accounts?: readonly AccountConfig[];
  readonly resources: number;
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
  /** Of the audit alone: without the emulated clouds, where they are in this process. */
  readonly cpuMs: number;
  /** JSON.parse of every page, once. */
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

async function main(task: AuditTask): Promise<AuditCost> {
  const inside = task.accounts === undefined ? cloudInProcess(estate(task.resources)) : undefined;
  const accounts = task.accounts ?? inside?.accounts ?? [];
  const spent = { serving: 0, parsing: 0 };
  const send =
    inside &&
    (async (request: HttpRequest) => {
      const before = threadMs();
      const response = inside.serve(request);
      const served = threadMs();
      JSON.parse(response.body);
      const parsed = threadMs();
      spent.serving += served - before;
      spent.parsing += parsed - served;
      return response;
    });
  const deps = { credential: async (literal: string) => literal, clock: systemClock, ...(send && { send }) };
  const providers = accounts.map((account) => createProvider(account, deps));
  const objects = fileObjects(task.out);
  const policies = estatePolicies();
  globalThis.gc?.();
  const startMb = process.memoryUsage.rss() / MB;
  const startedAt = performance.now();
  const startCpu = processMs();
  const { result, report } = await runAudit({
    config: { settleSeconds: 900, accounts },
    registry: createRegistry(task.cold === true ? providers.map(withoutInlineTags) : providers),
    policies,
    objects,
    runs: objectRunStore(objects),
    clock: systemClock,
    random: Math.random,
    log: { debug() {}, info() {}, warn: console.error, error: console.error },
    out: task.out,
  });
  const cpuMs = processMs() - startCpu - spent.serving - spent.parsing;
  if (!report.complete || result.resources !== task.resources) throw new Error(JSON.stringify(report.gaps));
  return {
    resources: result.resources,
    rows: result.rows,
    findings: result.evaluated.noncompliant + result.evaluated.unknown,
    calls: result.calls,
    seconds: (performance.now() - startedAt) / 1000,
    cpuMs,
    parseMs: spent.parsing,
    startMb,
    peakMb: await peakMb(),
  };
}

process.stdout.write(`${JSON.stringify(await main(JSON.parse(await text(process.stdin)) as AuditTask))}\n`);
