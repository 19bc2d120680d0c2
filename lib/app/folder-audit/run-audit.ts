import type { Config } from "../../core/config/config.ts";
import { InputError, ProviderError, errorText } from "../../core/errors.ts";
import type { Compliance } from "../../core/evaluation.ts";
import type { Mode } from "../../core/mode.ts";
import type { PreparedPolicies } from "../../core/policy/prepare.ts";
import type { Report } from "../../core/report/report.ts";
import type { Coverage } from "../../core/report/summary.ts";
import type { FinishedRun } from "../report/survey.ts";
import { auditShard } from "../audit/audit-shard.ts";
import type { AuditShardDeps } from "../audit/audit-shard.ts";
import { failShard } from "../audit/finish.ts";
import { readKnownIndex } from "../audit/known-findings.ts";
import { checkpointPrefix, flatLayout } from "../audit/layout.ts";
import { runNameAt, startAudit } from "../audit/start-audit.ts";
import { AUDIT_SIZES } from "../audit/work.ts";
import type { AuditPolicies, AuditSizes } from "../audit/work.ts";
import { createRateLimiter } from "../cloud/rate/limiter.ts";
import { quotasOf, withQuotas } from "../cloud/rate/share.ts";
import type { AuditQueue, ShardMessage } from "../ports/audit-queue.ts";
import type { Clock, Log, Random } from "../ports/invocation.ts";
import type { ObjectStore } from "../ports/objects.ts";
import type { ProviderRegistry } from "../ports/provider.ts";
import type { RunStore } from "../ports/runs.ts";
import { readHistory } from "../report/history.ts";
import { publishReport } from "../report/publish-report.ts";
import { removeHistory, removeRuns } from "./run-folder.ts";
import { standingReport } from "./standing-report.ts";

export interface RunAuditOptions {
  readonly config: Config;
  readonly registry: ProviderRegistry;
  /** With `exemptionsAt` and `policies` the report says what they exempt and how severe they are. */
  readonly policies: AuditPolicies & Partial<Pick<PreparedPolicies, "exemptionsAt" | "policies">>;
  /** Where evaluations, findings and reports go. Nothing else may use it while the audit runs. */
  readonly objects: ObjectStore;
  readonly runs: RunStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** What `objects` is called in the answer, e.g. the directory. */
  readonly out: string;
  /** Exemptions count as of then, in milliseconds since the epoch; default now. */
  readonly at?: number;
  /** Carries on with this run instead of starting one: shards that ended are kept. */
  readonly resume?: string;
  /** Whether commands may write here; `report` is said in the report. */
  readonly mode?: Mode;
  readonly shardsAtOnce?: number;
  /** How often each shard leaves a checkpoint to resume from, in milliseconds. Default a minute. */
  readonly handOnAfterMs?: number;
  readonly sizes?: Partial<AuditSizes>;
  /** Tells people of a run whose report was just written. The run has not ended before this has: resuming it does it again. */
  readonly alert?: (finished: FinishedRun) => Promise<void>;
  /** Told after each shard, e.g. for a progress bar. */
  readonly onProgress?: (progress: { readonly done: number; readonly shards: number; readonly shard: string }) => void;
  /** Told where a shard has to wait before it is tried again. */
  readonly onWait?: OnWait;
}

type OnWait = (wait: { readonly shard: string; readonly reason: string; readonly ms: number }) => void;

/** The JSON of `tagwarden audit`. */
export interface AuditResult {
  readonly run: string;
  readonly resources: number;
  readonly evaluated: Readonly<Record<Compliance, number>>;
  readonly coverage: Coverage;
  readonly calls: Readonly<Record<string, number>>;
  readonly rows: number;
  readonly out: string;
}

const SHARDS_AT_ONCE = 8;
/** After so long a shard is tried again whose provider didn't answer as it should; when all of them are over, it is given up. */
const WAITS_MS = [2_000, 8_000, 20_000, 60_000];
/** What a run that is killed loses of each shard, at most. */
const HAND_ON_AFTER_MS = 60_000;

/**
 * Runs a whole audit in this process: the same shards, evaluation and report as the deployed functions, with a queue
 * in memory. Answers what `tagwarden audit --format json` prints, and the report; the report says what is missing
 * where a provider couldn't be listed. Throws InputError where there is nothing to resume.
 */
export async function runAudit(options: RunAuditOptions): Promise<{ result: AuditResult; report: Report }> {
  const { config, registry, policies, objects, runs, clock, log, out, onProgress } = options;
  const { exemptionsAt, policies: named, requirements } = policies;
  const startedAt = clock.now();
  const run = options.resume ?? runNameAt(startedAt);
  if (options.resume === undefined) await makeRoom(run, objects);
  else if ((await runs.read(run)) === undefined) throw new InputError(`run ${run}: there is nothing to resume`);

  const waiting: ShardMessage[] = [];
  const queue: AuditQueue = {
    async sendShards(messages) {
      waiting.push(...messages);
    },
    async sendReport() {
      log.debug("All shards have ended", { run });
    },
  };
  const { mode } = options;
  const start = {
    run,
    startedAt,
    at: options.at ?? startedAt,
    policyHash: policies.hash,
    ...(mode !== undefined && { mode }),
  };
  const plan = await startAudit(start, {
    config,
    registry,
    runs,
    queue,
    log,
    history: () => readHistory(objects, flatLayout),
  });

  if (options.resume === undefined) await removeOldHistory(plan.previous, objects);

  let attempts = 0;
  // A resumed run must not write over the parts of the one that it carries on with, and its checkpoints come later.
  const prefix = options.resume === undefined ? "a" : `r${startedAt}-`;
  if (options.resume !== undefined) await carryOn(waiting, objects);
  const deps: AuditShardDeps = {
    config,
    registry,
    policies: async () => policies,
    runs,
    queue,
    objects,
    layout: flatLayout,
    limiter: withQuotas(createRateLimiter(clock), quotasOf(registry)),
    clock,
    random: options.random,
    log,
    newAttempt() {
      attempts += 1;
      return `${prefix}${String(attempts).padStart(6, "0")}`;
    },
    sizes: { ...AUDIT_SIZES, ...options.sizes },
    reserveMs: 0,
    handOnAfterMs: options.handOnAfterMs ?? HAND_ON_AFTER_MS,
  };
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) {
      if (!(await auditOrFail(message, deps, options.onWait))) continue;
      done += 1;
      onProgress?.({ done, shards: plan.shards.length, shard: message.shard.id });
    }
  };
  await Promise.all(Array.from({ length: options.shardsAtOnce ?? SHARDS_AT_ONCE }, worker));

  // Nobody else is at it, so the lease of a process that was killed needn't be waited for.
  const publication = await publishReport(run, {
    runs,
    objects,
    layout: flatLayout,
    clock,
    leaseMs: 0,
    async alert(finished) {
      // The report stands now, so nobody needs the run before it any more.
      await removeRuns((one) => one !== run, objects);
      await options.alert?.(finished);
    },
    ...(exemptionsAt !== undefined && { exemptions: async ({ at }) => exemptionsAt(at) }),
    ...(named !== undefined && { policiesOf: async () => named }),
    ...(requirements !== undefined && { requirements: async () => requirements }),
  });
  if (publication.state !== "published") {
    throw new InputError(`run ${run}: another process is at it (its report is ${publication.state})`);
  }
  const { report } = publication;
  const { resources, evaluated, coverage, calls, rows } = report;
  return { result: { run, resources, evaluated, coverage, calls, rows, out }, report };
}

/** A message that comes from the start of its shard goes on where the last checkpoint stands. */
async function carryOn(waiting: ShardMessage[], objects: ObjectStore): Promise<void> {
  for (const [index, message] of waiting.entries()) {
    const checkpoint = (await objects.list(checkpointPrefix(message.run, message.shard.id))).at(-1);
    if (checkpoint !== undefined) waiting[index] = { ...message, checkpoint };
  }
}

/**
 * Whether the shard has ended. One that its provider keeps from being audited is tried again from where it last handed
 * on, as the deployed queue would have it; in the end it is a gap in the report. The others carry on.
 */
async function auditOrFail(
  message: ShardMessage,
  deps: AuditShardDeps,
  onWait: OnWait | undefined,
  tries = 0,
): Promise<boolean> {
  try {
    return (await auditShard(message, deps, { remainingMs: () => Infinity })) !== "handed-on";
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const reason = errorText(error.code, error.message);
    const ms = error.retryable ? WAITS_MS[tries] : undefined;
    if (ms !== undefined) {
      onWait?.({ shard: message.shard.id, reason, ms });
      await deps.clock.sleep(ms);
      return auditOrFail(message, deps, onWait, tries + 1);
    }
    deps.log.error("A shard can't be audited", { shard: message.shard.id, code: error.code, error: error.message });
    await failShard(message, reason, deps);
    return true;
  }
}

/** Of earlier runs only what this one compares itself with is kept. */
async function removeOldHistory(previous: string | undefined, objects: ObjectStore): Promise<void> {
  const kept = new Set<string>();
  if (previous !== undefined) {
    kept.add(flatLayout.knownIndex(previous)).add(flatLayout.knownRequirements(previous));
    const known = await readKnownIndex(previous, { objects, layout: flatLayout }).catch((error: unknown) => {
      // The report will say that it is damaged.
      if (error instanceof InputError) return undefined;
      throw error;
    });
    for (const types of known?.values() ?? [])
      for (const parts of types.values()) for (const part of parts) kept.add(part);
  }
  await removeHistory(kept, objects);
}

/** The last run that has a report stays until this one has its own; runs that were cut short are dropped. */
async function makeRoom(run: string, objects: ObjectStore): Promise<void> {
  const standing = await standingReport(objects);
  await removeRuns((one) => one === run || one !== standing?.run, objects);
}
