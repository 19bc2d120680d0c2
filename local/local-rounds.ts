import { partitionedLayout } from "../lib/app/audit-names.ts";
import type { ObjectStore } from "../lib/app/ports/objects.ts";
import type { Outcome, ResourceOutcome } from "../lib/core/outcome.ts";
import type { Report } from "../lib/core/report/report.ts";
import { resourceKey } from "../lib/core/resource.ts";
import { createAwsClients } from "../lib/lambda/aws-clients.ts";
import { objectOutcomes } from "../lib/sinks/object-outcomes.ts";
import { s3Objects } from "../lib/sinks/s3-objects.ts";
import type { Emulator } from "./emulator/start.ts";
import type { LocalPlan } from "./local-plan.ts";
import { compareReports, countLast, countWritten, findUnexpected, type LocalResult } from "./local-result.ts";
import type { LocalService } from "./local-service.ts";
import { carryHistory, saveReport } from "./save-report.ts";
import { sendEvents } from "./send-events.ts";

/** What the run is doing; `done` of `total` where that is known. */
export interface LocalProgress {
  readonly stage: "start" | "audit-before" | "deliver" | "enforce" | "audit-after" | "deliver-again" | "enforce-again";
  readonly done?: number;
  readonly total?: number;
}

export interface LocalRun {
  readonly plan: LocalPlan;
  readonly emulator: Emulator;
  readonly service: LocalService;
  /** Where the report goes. */
  readonly out: string;
  readonly progress: (progress: LocalProgress) => void;
}

/** One delivery of all events, to the end. */
interface Round {
  readonly outcomes: ReadonlyMap<string, ResourceOutcome>;
  readonly writes: number;
}

/** Outcomes after which the same event must find nothing to write. */
const SETTLED: ReadonlySet<Outcome> = new Set(["tagged", "compliant", "rejected"]);

/** Creates what the plan says, audits, delivers, audits again, and delivers the same events once more. */
export async function deliverAndAudit(
  run: LocalRun,
): Promise<Omit<LocalResult, "failures" | "warnings" | "durationMs">> {
  const { plan, emulator, service, progress } = run;
  const { s3 } = createAwsClients(service.aws.variables);
  const objects = s3Objects({ client: s3, bucket: service.resources.ref("ReportBucket") });
  await carryHistory(run.out, objects);
  const seen = new Set<string>();
  await readNewRecords(objects, seen);

  const known = new Set([...emulator.world.all()].map((resource) => resourceKey(resource)));
  const isNew = (resource: LocalPlan["early"][number]): boolean => !known.has(resourceKey(resource));
  for (const resource of plan.early.filter(isNew)) emulator.world.create(resource);
  progress({ stage: "audit-before" });
  const before = await audit(run, objects);

  for (const resource of plan.deleted) emulator.world.remove(resource);
  const { bodies, duplicates, notCreations } = plan.compose(Date.now(), emulator);
  for (const resource of plan.late.filter(isNew)) emulator.world.create(resource);
  const first = await deliver(run, bodies, ["deliver", "enforce"], { objects, seen });
  progress({ stage: "audit-after" });
  const after = await audit(run, objects);

  const tagsBefore = settledTags(first, run);
  const again = await deliver(run, bodies, ["deliver-again", "enforce-again"], { objects, seen });
  const unexpected = [
    ...findUnexpected(expectations(plan, known, "first"), first.outcomes),
    ...findUnexpected(expectations(plan, known, "again"), again.outcomes),
    ...changed(tagsBefore, settledTags(first, run), again),
  ];
  const deadLetters = await service.deadLetters();
  return {
    resources: first.outcomes.size,
    outcomes: countLast(first.outcomes),
    calls: sortByName(emulator.calls()),
    writes: first.writes,
    compliance: { before: before.compliance, after: after.compliance },
    ...(await saveReport(after, objects, run.out)),
    expected: unexpected.length === 0 && Object.keys(deadLetters).length === 0,
    byProvider: compareReports(before, after, "provider"),
    byPolicy: compareReports(before, after, "policy"),
    gaps: after.gaps.map(({ shard, type, reason }) => `${shard}${type === undefined ? "" : ` ${type}`}: ${reason}`),
    again: { outcomes: countLast(again.outcomes), writes: again.writes },
    unexpected,
    messages: {
      sent: bodies.length,
      duplicates,
      notCreations,
      unreadable: plan.unreadable,
      deadLetters,
    },
  };
}

interface Records {
  readonly objects: ObjectStore;
  readonly seen: Set<string>;
}

async function deliver(
  { service, progress }: LocalRun,
  bodies: readonly string[],
  [sending, working]: readonly [LocalProgress["stage"], LocalProgress["stage"]],
  { objects, seen }: Records,
): Promise<Round> {
  const total = bodies.length;
  await sendEvents(service.sqs, service.resources.ref("EnforceQueue"), bodies, (done) =>
    progress({ stage: sending, done, total }),
  );
  await service.untilIdle((waiting) => progress({ stage: working, done: Math.max(0, total - waiting), total }));
  const records = await readNewRecords(objects, seen);
  const outcomes = new Map<string, ResourceOutcome>();
  for (const resource of records.flat()) outcomes.set(resourceKey(resource), resource);
  return { outcomes, writes: countWritten(records) };
}

async function readNewRecords(objects: ObjectStore, seen: Set<string>): Promise<(readonly ResourceOutcome[])[]> {
  const records: (readonly ResourceOutcome[])[] = [];
  for await (const { id, resources } of objectOutcomes(objects).read()) {
    if (seen.has(id)) continue;
    seen.add(id);
    records.push(resources);
  }
  return records;
}

/** Runs the audit by its own functions, as the schedule does, and reads its report. */
async function audit({ service }: LocalRun, objects: ObjectStore): Promise<Report> {
  const { run } = (await service.invoke("startAudit", {})) as { readonly run: string };
  await service.untilIdle();
  return JSON.parse(await readText(objects, partitionedLayout.report(run, "report.json"))) as Report;
}

async function readText(objects: ObjectStore, name: string): Promise<string> {
  const body = await objects.get(name);
  if (body === undefined) throw new Error(`the audit left no ${name}`);
  return new TextDecoder().decode(body);
}

/** A resource that an earlier run has left behind is as that run left it. */
function expectations(plan: LocalPlan, known: ReadonlySet<string>, delivery: "first" | "again") {
  return new Map(
    [...plan.expected].map(([key, { ref, first, again }]) => {
      const outcomes = delivery === "again" || known.has(key) ? again : first;
      return [key, { ref, outcomes }] as const;
    }),
  );
}

/** The tags of every resource that the first delivery has settled. */
function settledTags({ outcomes }: Round, { emulator }: LocalRun): Map<string, string> {
  const tags = new Map<string, string>();
  for (const [key, resource] of outcomes) {
    if (SETTLED.has(resource.outcome)) tags.set(key, JSON.stringify(emulator.world.get(resource)?.tags));
  }
  return tags;
}

function changed(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>, again: Round) {
  return [...again.outcomes].flatMap(([key, { type, account, region, id, outcome, tags }]) => {
    const wrote = tags.some((tag) => tag.outcome === "tagged") || before.get(key) !== after.get(key);
    if (!before.has(key) || !wrote) return [];
    return [{ type, account, region, id, expected: "nothing written by the second delivery", outcome }];
  });
}

function sortByName(calls: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(calls).sort(([one], [other]) => (one < other ? -1 : 1)));
}
