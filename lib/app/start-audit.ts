import type { Config } from "../core/config.ts";
import { InputError } from "../core/errors.ts";
import { planShards } from "./plan-shards.ts";
import type { ProviderRegistry } from "./ports.ts";
import type { AuditQueue } from "./ports/audit-queue.ts";
import type { RunPlan, RunStore } from "./ports/runs.ts";

export interface StartAudit {
  /** Names the run; starting the same run again only sends its messages again. Sorts by time, fit for a file name. */
  readonly run: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Exemptions count as of then, in milliseconds since the epoch. */
  readonly at: number;
  readonly policyHash: string;
}

export interface StartAuditDeps {
  readonly config: Config;
  readonly registry: ProviderRegistry;
  readonly runs: RunStore;
  readonly queue: AuditQueue;
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
  { config, registry, runs, queue }: StartAuditDeps,
): Promise<RunPlan> {
  const shards = config.accounts.flatMap((account) => {
    const provider = registry.find(account.provider, account.account);
    if (provider === undefined) throw new InputError(`account ${account.account}: no ${account.provider} provider`);
    return planShards(account, provider.contracts);
  });
  const plan: RunPlan = { ...start, shards: shards.map(({ id }) => id) };
  const [twice] = plan.shards.filter((id, index) => plan.shards.indexOf(id) !== index);
  if (twice !== undefined) throw new InputError(`shard ${twice}: two accounts of the configuration share it`);

  let { at } = start;
  if (!(await runs.create(plan))) {
    const existing = (await runs.read(start.run))?.plan;
    if (existing?.policyHash !== plan.policyHash || existing.shards.join() !== plan.shards.join()) {
      throw new InputError(`run ${start.run}: it was started with other policies or another configuration`);
    }
    at = existing.at;
  }
  const { run, policyHash } = start;
  await queue.sendShards(shards.map((shard) => ({ run, at, policyHash, shard })));
  if (shards.length === 0) await queue.sendReport(run);
  return { ...plan, at };
}
