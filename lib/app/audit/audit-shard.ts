import type { Config } from "../../core/config/config.ts";
import { InputError, ProviderError, errorText } from "../../core/errors.ts";
import type { Mode } from "../../core/mode.ts";
import { createSummariser } from "../../core/report/summarise.ts";
import type { Summariser } from "../../core/report/summarise.ts";
import { mergeSummaries } from "../../core/report/summary.ts";
import { createCaller, OutOfTimeError } from "../cloud/call.ts";
import type { Caller } from "../cloud/call.ts";
import type { RateLimiter } from "../cloud/rate/limiter.ts";
import type { ShardMessage } from "../ports/audit-queue.ts";
import type { Clock, Deadline, Log, Random } from "../ports/invocation.ts";
import type { ObjectStore } from "../ports/objects.ts";
import type { ProviderRegistry } from "../ports/provider.ts";
import type { SeenLedger } from "../ports/seen.ts";
import { checkpointFrom, SHARD_START, toJson, withGap } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { evaluateShardType } from "./evaluate.ts";
import { endShard, finishShard } from "./finish.ts";
import type { FinishDeps } from "./finish.ts";
import { readKnownIndex, readRequirements } from "./known-findings.ts";
import type { KnownIndex } from "./known-findings.ts";
import { checkpointName } from "./layout.ts";
import { listShardType } from "./list.ts";
import { globalBefore } from "./plan-shards.ts";
import { repairsOf } from "./repairs.ts";
import { AUDIT_SIZES } from "./work.ts";
import type { AuditPolicies, AuditSizes, ShardWork, Step } from "./work.ts";

export interface AuditShardDeps extends FinishDeps {
  readonly config: Config;
  readonly registry: ProviderRegistry;
  /** The policies of this hash: those that the run started with. */
  readonly policies: (hash: string) => Promise<AuditPolicies>;
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** A name for this invocation that no other ever has, fit for a file name. */
  readonly newAttempt: () => string;
  readonly sizes?: Partial<AuditSizes>;
  /** What events told of; absent = nobody keeps it. */
  readonly seen?: SeenLedger;
  /** `report`: nothing is sent to enforcement, whatever the policies say. Default `enforce`. */
  readonly mode?: Mode;
  /** What an invocation keeps of its time for handing on, in milliseconds. Default 30,000. */
  readonly reserveMs?: number;
  /** An invocation hands on after so long although it has time, so that a crash costs no more than that. */
  readonly handOnAfterMs?: number;
}

/** `already-done`: another attempt ended this shard. */
export type ShardEnd = "done" | "handed-on" | "already-done";

const RESERVE_MS = 30_000;

/**
 * Audits a shard, from its start or its checkpoint: lists each of its types to the end, evaluates each resource once
 * and leaves parts sorted by id. When time is nearly up it writes a checkpoint and puts the rest of itself on the
 * queue. The message may come any number of times, at once or after a crash: attempts never write the same object,
 * and only the parts count that the manifest of the first one to finish names.
 *
 * A type that the provider won't list is a gap in the report. Throws ProviderError where another try may help, and
 * OutOfTimeError where the time did not suffice for a single step, so that the message comes again.
 */
export async function auditShard(message: ShardMessage, deps: AuditShardDeps, deadline: Deadline): Promise<ShardEnd> {
  const { run, shard } = message;
  const { reserveMs = RESERVE_MS } = deps;
  const late = () => deadline.remainingMs() <= reserveMs;
  const known = await deps.runs.result(run, shard.id);
  if (known !== undefined) {
    return (await endShard(message, known, deps, late)) ? "already-done" : "handed-on";
  }
  const policies = await deps.policies(message.policyHash);
  const attempt = deps.newAttempt();
  const start = await startingPoint(message, deps.objects);
  const work = openWork(message, { attempt, start }, deps, deadline);
  let point = start;
  while (point.typeIndex < shard.types.length) {
    const step = await takeStep(point, work, policies);
    ({ point } = step);
    if (point.typeIndex < shard.types.length && (step.outOfTime || work.late())) {
      if (!hasMoved(start, point)) throw new OutOfTimeError();
      await handOn(message, attempt, withCounts(point, work), deps);
      return "handed-on";
    }
  }
  const { manifest, summary } = withCounts(point, work);
  return finishShard(message, attempt, { manifest, summary }, deps, late);
}

/** Lists or evaluates one type. Where the provider won't list it, the type becomes a gap. */
async function takeStep(point: Checkpoint, work: ShardWork, policies: AuditPolicies): Promise<Step> {
  try {
    return await (point.phase === "read"
      ? evaluateShardType(point, work, policies)
      : listShardType(point, work, policies));
  } catch (error) {
    if (!(error instanceof ProviderError) || error.retryable) throw error;
    const { shard } = work.message;
    const type = shard.types[point.typeIndex] ?? "";
    work.log.error("A resource type can't be listed", { shard: shard.id, type, code: error.code });
    const gap = { shard: shard.id, type, reason: errorText(error.code, error.message) };
    const { manifest, summary } = withGap(point, gap);
    const next = { ...SHARD_START, typeIndex: point.typeIndex + 1, manifest, summary };
    return { point: next, outOfTime: false };
  }
}

interface Attempt {
  readonly attempt: string;
  readonly start: Checkpoint;
}

function openWork(
  message: ShardMessage,
  { attempt, start }: Attempt,
  deps: AuditShardDeps,
  deadline: Deadline,
): ShardWork {
  const { config, registry, limiter, clock, random, objects, layout, log, sizes, reserveMs = RESERVE_MS } = deps;
  const { handOnAfterMs = Infinity } = deps;
  const openedAt = clock.now();
  const { shard } = message;
  const provider = registry.find(shard.provider, shard.account);
  const account = config.accounts.find((one) => one.provider === shard.provider && one.account === shard.account);
  if (provider === undefined || account === undefined) {
    throw new InputError(`shard ${shard.id}: account ${shard.account} of ${shard.provider} is not configured`);
  }
  const timeForCalls: Deadline = { remainingMs: () => deadline.remainingMs() - reserveMs };
  let names = 0;
  const counts = createSummariser();
  const writes = deps.enforceQueue !== undefined && deps.mode !== "report" && message.repair !== false;
  return {
    message,
    provider,
    account,
    caller: counted(createCaller({ clock, random, limiter, deadline: timeForCalls, reserveMs: 0, log }), counts),
    clock,
    objects,
    layout,
    log,
    sizes: { ...AUDIT_SIZES, ...sizes },
    counts,
    ownerTags: config.alerts?.ownerTags,
    seen: deps.seen && { ledger: deps.seen, settleMs: config.settleSeconds * 1_000 },
    earlier: earlierFindings(message, deps, counts),
    repair: repairsOf({ account, writes, before: start.summary, counts }),
    nextName() {
      names += 1;
      return `${attempt}-${String(names).padStart(5, "0")}`;
    },
    late: () => timeForCalls.remainingMs() <= 0 || clock.now() - openedAt >= handOnAfterMs,
  };
}

function counted(caller: Caller, counts: Summariser): Caller {
  return {
    ...caller,
    call: (target, send) =>
      caller.call(target, () => {
        counts.countCall(target.api.action);
        return send();
      }),
  };
}

/** What the run before left of this shard, by type; read once, and only where it is asked for. */
function earlierFindings(
  { shard, previous }: ShardMessage,
  { objects, layout }: AuditShardDeps,
  counts: Summariser,
): ShardWork["earlier"] {
  const read = async (): Promise<{ index?: KnownIndex; asked?: ReadonlySet<string> } | undefined> => {
    if (previous === undefined) return undefined;
    try {
      const index = await readKnownIndex(previous, { objects, layout });
      const asked = await readRequirements(previous, { objects, layout });
      return { ...(index !== undefined && { index }), ...(asked !== undefined && { asked }) };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      counts.note(`Earlier findings are not compared: ${error.message}`);
      return undefined;
    }
  };
  let known: ReturnType<typeof read> | undefined;
  return async (type) => {
    const { index, asked } = (await (known ??= read())) ?? {};
    const before = asked === undefined ? {} : { asked };
    const own = index?.get(shard.id)?.get(type);
    if (own !== undefined) return { parts: own, ...before };
    const parts = globalBefore(shard).flatMap((id) => index?.get(id)?.get(type) ?? []);
    return parts.length === 0 ? undefined : { parts, ofGlobal: true, ...before };
  };
}

async function startingPoint({ run, shard, checkpoint }: ShardMessage, objects: ObjectStore): Promise<Checkpoint> {
  if (checkpoint === undefined) return SHARD_START;
  const body = await objects.get(checkpoint);
  if (body === undefined) throw new InputError(`shard ${shard.id} of run ${run}: its checkpoint ${checkpoint} is gone`);
  return checkpointFrom(body);
}

/** Whether an invocation got anywhere; if not, handing on would go round for ever. */
function hasMoved(start: Checkpoint, point: Checkpoint): boolean {
  return (
    point.typeIndex !== start.typeIndex ||
    point.phase !== start.phase ||
    point.restarts !== start.restarts ||
    point.token !== start.token ||
    (point.recorded === undefined) !== (start.recorded === undefined) ||
    point.scans?.open.length !== start.scans?.open.length ||
    point.after !== start.after
  );
}

function withCounts(point: Checkpoint, { counts }: ShardWork): Checkpoint {
  return { ...point, summary: mergeSummaries(point.summary, counts.summary()) };
}

async function handOn(message: ShardMessage, attempt: string, point: Checkpoint, deps: AuditShardDeps): Promise<void> {
  const checkpoint = checkpointName(message.run, message.shard.id, attempt);
  await deps.objects.put(checkpoint, toJson(point));
  await deps.queue.sendShards([{ ...message, checkpoint }]);
}
