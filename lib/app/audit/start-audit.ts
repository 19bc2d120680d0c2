import type { Config } from "../../core/config/config.ts";
import { InputError } from "../../core/errors.ts";
import type { Mode } from "../../core/mode.ts";
import { runBefore } from "../../core/report/history.ts";
import type { PastRun } from "../../core/report/history.ts";
import type { AuditQueue, ShardMessage } from "../ports/audit-queue.ts";
import type { Log } from "../ports/invocation.ts";
import type { ProviderRegistry } from "../ports/provider.ts";
import { chunksOf } from "../../core/chunks.ts";
import type { RunPlan, RunRecord, RunStore, SentShards } from "../ports/runs.ts";
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
  /** Where the queue outlives a start that is cut off, what it took of a run; absent = a start sends all shards. */
  readonly sent?: SentShards;
  /** The last runs, to compare this one with the latest of them; absent = it stands alone. */
  readonly history?: () => Promise<readonly PastRun[]>;
  readonly log: Log;
}

/** A run's name from its start: `2026-11-22T02-00-00-000Z`. */
export function runNameAt(startedAt: number): string {
  return new Date(startedAt).toISOString().replaceAll(/[:.]/gu, "-");
}

/** Messages that are sent before it is noted that they are: what a start that is cut off sends twice, at most. */
const NOTED_AFTER = 1_000;

/**
 * Plans a run and puts its shards on the queue. Answers the plan. A run without shards is due for its report at once.
 * Where an earlier start of the run was cut off, it goes on from there; where it had sent all, the shards that have not
 * ended are sent again, since somebody misses them.
 * Throws InputError where a run of this name stands with other shards or policies.
 */
export async function startAudit(
  start: StartAudit,
  { config, registry, runs, queue, sent, history, log }: StartAuditDeps,
): Promise<RunPlan> {
  const shards = config.accounts.flatMap((account) => {
    const provider = registry.find(account.provider, account.account);
    if (provider === undefined) throw new InputError(`account ${account.account}: no ${account.provider} provider`);
    return planShards(account, provider.contracts, provider.globalHomes);
  });
  let previous = await runBeforeThis(start, history, log);
  const ids = shards.map(({ id }) => id);
  const plan: RunPlan = { ...start, ...(previous !== undefined && { previous }), shards: ids };
  const seen = new Set<string>();
  const twice = ids.find((id) => seen.size === seen.add(id).size);
  if (twice !== undefined) throw new InputError(`shard ${twice}: two accounts of the configuration share it`);

  let { at, startedAt } = start;
  let begun: RunRecord | undefined;
  if (!(await runs.create(plan))) {
    begun = await runs.read(start.run);
    const existing = begun?.plan;
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
  const messages = shards.map((shard): ShardMessage => ({ ...message, shard }));
  if (sent === undefined) await queue.sendShards(messages);
  else await sendNoting(messages, begun, { run: { run, startedAt }, queue, sent });
  if (shards.length === 0) await queue.sendReport(run);
  return { ...plan, ...message };
}

async function sendNoting(
  messages: readonly ShardMessage[],
  begun: RunRecord | undefined,
  {
    run,
    queue,
    sent,
  }: Required<Pick<StartAuditDeps, "queue" | "sent">> & { readonly run: Pick<RunPlan, "run" | "startedAt"> },
): Promise<void> {
  const before = begun === undefined ? 0 : await sent.read(run.run);
  if (before > 0 && before === messages.length) {
    await queue.sendShards(messages.filter(({ shard }) => begun?.results.has(shard.id) !== true));
    return;
  }
  let taken = before;
  for (const some of chunksOf(messages.slice(before), NOTED_AFTER)) {
    await queue.sendShards(some);
    taken += some.length;
    await sent.mark(run, taken);
  }
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
