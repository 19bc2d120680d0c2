import type { Config } from "../../core/config/config.ts";
import { InputError } from "../../core/errors.ts";
import type { Mode } from "../../core/mode.ts";
import { runBefore } from "../../core/report/history.ts";
import type { PastRun } from "../../core/report/history.ts";
import type { AuditQueue } from "../ports/audit-queue.ts";
import type { Log } from "../ports/invocation.ts";
import type { ProviderRegistry } from "../ports/provider.ts";
import type { RunPlan, RunStore } from "../ports/runs.ts";
import { planShards } from "./plan-shards.ts";

export interface StartAudit {
  /** Names the run; starting the same run again only sends its messages again. Sorts by time, fit for a file name. */
  readonly run: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Exemptions count as of then, in milliseconds since the epoch. */
  readonly at: number;
  readonly policyHash: string;
  /** False: the run only looks, and sends nothing to enforcement. */
  readonly repair?: false;
  /** Whether whoever starts it may write; absent = its report says nothing of it. */
  readonly mode?: Mode;
}

export interface StartAuditDeps {
  readonly config: Config;
  readonly registry: ProviderRegistry;
  readonly runs: RunStore;
  readonly queue: AuditQueue;
  /** The last runs, to compare this one with the latest of them; absent = it stands alone. */
  readonly history?: () => Promise<readonly PastRun[]>;
  readonly log: Log;
}

/** A run's name from its start: `2026-11-22T02-00-00-000Z`. */
export function runNameAt(startedAt: number): string {
  return new Date(startedAt).toISOString().replaceAll(/[:.]/gu, "-");
}

/**
 * Plans a run and puts its shards on the queue. Answers the plan. A run without shards is due for its report at once.
 * Throws InputError where a run of this name stands with other shards or policies.
 */
export async function startAudit(
  start: StartAudit,
  { config, registry, runs, queue, history, log }: StartAuditDeps,
): Promise<RunPlan> {
  const shards = config.accounts.flatMap((account) => {
    const provider = registry.find(account.provider, account.account);
    if (provider === undefined) throw new InputError(`account ${account.account}: no ${account.provider} provider`);
    return planShards(account, provider.contracts, provider.globalHomes);
  });
  let previous = await runBeforeThis(start, history, log);
  const ids = shards.map(({ id }) => id);
  const plan: RunPlan = { ...start, ...(previous !== undefined && { previous }), shards: ids };
  const [twice] = Map.groupBy(ids, (id) => id).values().find((same) => same.length > 1) ?? [];
  if (twice !== undefined) throw new InputError(`shard ${twice}: two accounts of the configuration share it`);

  let { at, startedAt } = start;
  if (!(await runs.create(plan))) {
    const existing = (await runs.read(start.run))?.plan;
    if (existing?.policyHash !== plan.policyHash || existing.shards.join() !== plan.shards.join()) {
      const started = "was started with other policies or another configuration";
      throw new InputError(`run ${start.run} ${started}: carry on with those, or start a new audit`);
    }
    ({ at, startedAt, previous } = existing);
  }
  const { run, policyHash } = start;
  const message = {
    run,
    at,
    policyHash,
    startedAt,
    ...(previous !== undefined && { previous }),
    ...(start.repair === false && { repair: start.repair }),
  };
  await queue.sendShards(shards.map((shard) => ({ ...message, shard })));
  if (shards.length === 0) await queue.sendReport(run);
  return { ...plan, ...message };
}

/** Where the history is damaged, the run stands alone, and its report says why. */
async function runBeforeThis(
  { run, startedAt }: StartAudit,
  history: StartAuditDeps["history"],
  log: Log,
): Promise<string | undefined> {
  try {
    const runs = (await history?.()) ?? [];
    return runBefore(runs, { run, startedAt: new Date(startedAt).toISOString() })?.run;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    log.warn("The audit compares itself with no earlier run", { run, reason: error.message });
    return undefined;
  }
}
