import { partitionedLayout } from "../../lib/app/audit/layout.ts";
import { repairsPerHour } from "../../lib/app/write/cap.ts";
import type { Evaluation } from "../../lib/core/evaluation.ts";
import { evaluationLine } from "../../lib/core/report/evaluation-line.ts";
import type { Tags } from "../../lib/core/resource.ts";
import { parseShardMessage } from "../../lib/lambda/sqs/audit-messages.ts";
import { currentTags } from "./check-generic.ts";
import { shardKey } from "./generic-evidence.ts";
import { placeOf } from "../place.ts";
import type { SeenRun } from "./check-publishing.ts";
import type { CountedLine, DoneShard } from "./done-shard.ts";
import type { FunctionDeps } from "./functions.ts";
import { possibleTags } from "./possible-tags.ts";
import type { AuditTask } from "./task.ts";

/** What a day of the write cap leaves to repairs, in hours. */
const HOURS = 24;

/**
 * What the policies want repaired was sent to enforcement at least once, unless more was found than the write cap lets
 * through, and nothing else was: nothing unknown or exempt, nothing that no part that counts names, nothing of an
 * account in report mode or of a run that only looks.
 */
export async function checkRepairs(
  seen: SeenRun,
  at: number,
  done: readonly DoneShard[],
  tasks: readonly AuditTask[],
  deps: FunctionDeps,
): Promise<void> {
  const { violate } = deps.simulation;
  const { run } = seen;
  const sent = deps.repairs.in(run);
  const counted = new Set<string>();
  const attempts = new Map(tasks.map((task) => [`i${task.number}`, task]));
  for (const shard of done) {
    for (const { line } of shard.lines) counted.add(placeOf(JSON.parse(line) as Evaluation));
    checkShard(shard, { seen, at, sent, attempts }, deps);
    if (isDead(run, shard.shard, deps)) continue;
    const [left] = await deps.objects.list(partitionedLayout.partPrefix("repairs", run, shard.shard));
    if (left !== undefined && shard.manifest.repairs.includes(left)) {
      violate("nothing is lost", `${left} was never sent to enforcement`);
    }
  }
  for (const place of sent.keys()) {
    if (!counted.has(place)) violate("repairs", `${place} was sent by ${run}, and no part that counts has it`);
  }
}

interface Sent {
  readonly seen: SeenRun;
  readonly at: number;
  readonly sent: ReadonlyMap<string, number>;
  readonly attempts: ReadonlyMap<string, AuditTask>;
}

function checkShard({ shard, summary, lines }: DoneShard, found: Sent, deps: FunctionDeps): void {
  const { violate, scenario } = deps.simulation;
  const { sent, seen } = found;
  const [, accountId = ""] = shard.split(".");
  const account = scenario.accounts.find((one) => one.account === accountId);
  const writes = scenario.repairs && account?.mode === "enforce";
  const most = writes ? repairsPerHour(account) * HOURS : 0;
  let wanted = 0;
  let gone = 0;
  for (const counted of lines) {
    const evaluation = JSON.parse(counted.line) as Evaluation;
    const isSent = sent.has(placeOf(evaluation));
    if (!isSent && most === 0) continue;
    if (isSent) gone += 1;
    const wants = wantsRepair(counted, evaluation, { ...found, shard }, deps);
    if (wants === true) wanted += 1;
    if (wants === false && isSent) {
      violate("repairs", `${evaluation.id} was sent by ${seen.run}, and is ${evaluation.compliance}`);
    }
  }
  if (gone > most) violate("repairs", `${gone} of ${shard} were sent by ${seen.run}, and ${most} may be`);
  if (isDead(seen.run, shard, deps)) return;
  if (gone < Math.min(wanted, most)) {
    violate("nothing is lost", `${gone} of ${shard} were sent by ${seen.run}, of ${wanted} to be repaired`);
  }
  if (summary.repairs.sent !== gone) {
    violate("counts", `${shard} of ${seen.run} says that it sent ${summary.repairs.sent} repairs, and sent ${gone}`);
  }
}

/** What enforcement would write, where a policy that wants it repaired requires it; undefined where that isn't certain. */
function wantsRepair(
  { part, line }: CountedLine,
  evaluation: Evaluation,
  { seen, at, attempts, shard }: Sent & { readonly shard: string },
  { simulation, checks }: FunctionDeps,
): boolean | undefined {
  if (evaluation.compliance !== "noncompliant") return false;
  const { policies } = simulation.scenario.policies;
  const resource = simulation.byPlace.get(placeOf(evaluation));
  if (resource === undefined) return undefined;
  const { ref } = resource;
  const task = attempts.get(/\/(i\d+)-\d+\.ndjson\.gz$/.exec(part)?.[1] ?? "");
  const says = (tags: Tags) => evaluationLine(policies.evaluate({ ...ref, tags }, at), ref.project) === line;
  const readings = currentTags(resource, task, checks.evidence.of(shardKey(seen.run, shard)));
  // Each line has been held against the readings: of a single one it speaks.
  const read = readings.length === 1 ? readings : readings.filter(says);
  const span = { from: seen.startedAt, until: seen.publishedAt };
  const tagged = read.length > 0 ? read : (possibleTags(resource, span, simulation)?.filter(says) ?? []);
  const repairing = new Set(policies.policies.filter(({ repair }) => repair === "nightly").map(({ name }) => name));
  const nightly = evaluation.broken.flatMap(({ policy, keys }) => (repairing.has(policy) ? keys : []));
  const answers = tagged.map((tags) =>
    policies
      .decide({ ...ref, tags }, evaluation, at)
      .some(({ key, action }) => action === "write" && nightly.includes(key)),
  );
  const [first] = answers;
  return answers.every((one) => one === first) ? first : undefined;
}

/** Nobody carries on with a shard whose message has become a dead letter. */
function isDead(run: string, shard: string, { queues }: FunctionDeps): boolean {
  return queues.shards.deadLetters.some(({ body }) => {
    const message = parseShardMessage(body);
    return message.run === run && message.shard.id === shard;
  });
}
