import { partitionedLayout } from "../../lib/app/audit/layout.ts";
import type { ObjectStore } from "../../lib/app/ports/objects.ts";
import type { Outcome, ResourceOutcome } from "../../lib/core/outcome.ts";
import type { Report } from "../../lib/core/report/report.ts";
import { resourceKey } from "../../lib/core/resource.ts";
import { createAwsClients } from "../../lib/lambda/settings/aws-clients.ts";
import { objectOutcomes } from "../../lib/sinks/objects/outcomes.ts";
import { s3Objects } from "../../lib/sinks/objects/s3.ts";
import type { LocalService } from "../service/service.ts";
import type { LocalCloud } from "./cloud.ts";
import { endsOf, plantedIn, saveEnds } from "./ends.ts";
import type { LocalPlan } from "./plan.ts";
import type { DeliveryStart, RunProgress, RunSteps } from "./progress.ts";
import type { DeliveredEvent } from "./recorded-events.ts";
import {
  compareReports,
  countLast,
  countWritten,
  findUnexpected,
  type Expectation,
  type LocalResult,
  type UnexpectedOutcome,
} from "./result.ts";
import { carryHistory, saveReport } from "./save-report.ts";
import { sendEvents } from "./send-events.ts";

/** What the run is doing; `done` of `total` where that is known. */
export interface LocalProgress {
  readonly stage:
    | "start"
    | "audit-before"
    | "deliver"
    | "enforce"
    | "audit-after"
    | "audit-repaired"
    | "deliver-again"
    | "enforce-again";
  readonly done?: number;
  readonly total?: number;
}

export interface LocalRun {
  readonly plan: LocalPlan;
  readonly cloud: LocalCloud;
  readonly service: LocalService;
  /** Where the run stands: what an earlier process has done of it is not done again. */
  readonly steps: RunProgress;
  /** Where the report goes. */
  readonly out: string;
  readonly progress: (progress: LocalProgress) => void;
}

/** One delivery of all events, to the end. */
interface Round {
  /** What each invocation recorded, in the order of time. */
  readonly records: readonly (readonly ResourceOutcome[])[];
  readonly outcomes: ReadonlyMap<string, ResourceOutcome>;
  readonly writes: number;
  /** Keys of the resources that API calls wrote to. */
  readonly written: ReadonlySet<string>;
}

/** Outcomes after which the same event must find nothing to write. */
const DONE: ReadonlySet<Outcome> = new Set(["tagged", "compliant", "rejected"]);

/** Where the functions put evaluations, findings and reports. */
export function reportBucket(service: LocalService): ObjectStore {
  const { s3 } = createAwsClients(service.aws.variables);
  return s3Objects({ client: s3, bucket: service.resources.ref("ReportBucket") });
}

/** Creates what the plan says, audits, delivers, audits again, and delivers the same events once more. */
export async function deliverAndAudit(
  run: LocalRun,
): Promise<Omit<LocalResult, "failures" | "warnings" | "alerts" | "durationMs">> {
  const { plan, cloud, service, steps, progress } = run;
  const { emulator } = cloud;
  const objects = reportBucket(service);
  await carryHistory(run.out, objects);

  const known = new Set(steps.steps.known);
  if (steps.steps.dead === undefined) steps.mark({ dead: await service.deadLetters() });
  if (steps.steps.created === undefined) {
    createMissing(plan.early, run);
    steps.mark({ created: true });
  }
  progress({ stage: "audit-before" });
  const before = await audit(run, "before", objects);

  const { events, duplicates, notCreations } = plan.compose(startFirst(run).at, emulator);
  await deliver(run, events, "first");
  progress({ stage: "audit-after" });
  // This one sends what no event told of to enforcement, and the next one says so.
  await audit(run, "after", objects);
  progress({ stage: "audit-repaired" });
  const after = await audit(run, "repaired", objects);

  const first = await readRound(run, "first", objects);
  if (steps.steps.again === undefined) steps.mark({ again: { at: Date.now(), writes: cloud.writes.length } });
  const failed = (key: string): boolean => first.outcomes.get(key)?.outcome === "failed";
  const isDead = ({ names }: DeliveredEvent): boolean => names.some(failed);
  // A dead letter stays one until somebody sends it back, and nobody does so here.
  await deliver(
    run,
    events.filter((event) => !isDead(event)),
    "again",
  );
  const again = await readRound(run, "again", objects);
  const expected = expectations(plan, known, "first");
  const expectedAgain = new Map([...expectations(plan, known, "again")].filter(([key]) => !failed(key)));
  const unexpected = [
    ...findUnexpected(expected, first.outcomes),
    ...overwritten(expected, first),
    ...findUnexpected(expectedAgain, again.outcomes),
    ...changed(first, again),
  ];
  const deadLetters = without(await service.deadLetters(), steps.steps.dead ?? {});
  const explained = events.filter(isDead).length;
  const gaps = after.gaps.map(
    ({ shard, type, reason }) => `${shard}${type === undefined ? "" : ` ${type}`}: ${reason}`,
  );
  const ends = endsOf(first.records, first.outcomes);
  return {
    resources: first.outcomes.size,
    outcomes: countLast(first.outcomes),
    planted: plantedIn(plan.planted, first.outcomes, unexpected),
    ends,
    calls: sortByName(cloud.calls(steps.steps.startedAt)),
    writes: first.writes,
    compliance: { before: before.compliance, after: after.compliance },
    repaired: after.survey?.changes?.repaired ?? 0,
    ...(await saveReport(after, objects, run.out)),
    details: saveEnds(ends, run.out),
    expected: unexpected.length === 0 && areExplained(deadLetters, explained, run),
    byProvider: compareReports(before, after, "provider"),
    byPolicy: compareReports(before, after, "policy"),
    gaps: gaps.filter((gap) => !plan.isPlantedGap(gap)),
    plantedGaps: gaps.filter((gap) => plan.isPlantedGap(gap)),
    again: { outcomes: countLast(again.outcomes), writes: again.writes },
    unexpected,
    messages: {
      sent: events.length,
      duplicates,
      notCreations,
      unreadable: plan.unreadable,
      deadLetters,
      explained,
    },
  };
}

function without(
  counts: Readonly<Record<string, number>>,
  earlier: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const left = Object.entries(counts).map(([name, count]) => [name, count - (earlier[name] ?? 0)] as const);
  return Object.fromEntries(left.filter(([, count]) => count > 0));
}

/**
 * Whether the dead letters are those of resources that ended as `failed`, and no others. A process that was killed
 * between the letter and the deletion of its message leaves one more.
 */
function areExplained(
  deadLetters: Readonly<Record<string, number>>,
  explained: number,
  { steps }: Pick<LocalRun, "steps">,
): boolean {
  const { EnforceDeadLetters: dead = 0, ...others } = deadLetters;
  return Object.keys(others).length === 0 && (steps.resumed ? dead >= explained : dead === explained);
}

/** Creates those that neither an earlier run nor an earlier process of this one has created. */
function createMissing(resources: LocalPlan["early"], { cloud: { emulator }, steps }: LocalRun): void {
  const known = new Set(steps.steps.known);
  for (const resource of resources) {
    if (known.has(resourceKey(resource)) || emulator.world.get(resource) !== undefined) continue;
    emulator.world.create(resource);
  }
}

/** What happens between the audit and the first event; the events are of the time when it does. */
function startFirst(run: LocalRun): DeliveryStart {
  const { plan, cloud, steps } = run;
  if (steps.steps.first !== undefined) return steps.steps.first;
  for (const resource of plan.deleted) cloud.emulator.world.remove(resource);
  const first = { at: Date.now(), writes: cloud.writes.length };
  createMissing(plan.late, run);
  steps.mark({ first });
  return first;
}

const STAGES = { first: ["deliver", "enforce"], again: ["deliver-again", "enforce-again"] } as const;
const SENT = { first: "sentFirst", again: "sentAgain" } as const;

async function deliver(run: LocalRun, events: readonly DeliveredEvent[], delivery: "first" | "again"): Promise<void> {
  const { service, steps, progress } = run;
  const [sending, working] = STAGES[delivery];
  const bodies = events.map(({ body }) => body);
  const total = bodies.length;
  const sentBefore = steps.steps[SENT[delivery]] ?? 0;
  await sendEvents(service.sqs, service.resources.ref("EnforceQueue"), bodies.slice(sentBefore), (sent) => {
    const done = sentBefore + sent;
    steps.mark({ [SENT[delivery]]: done });
    progress({ stage: sending, done, total });
  });
  await service.untilIdle((waiting) => progress({ stage: working, done: Math.max(0, total - waiting), total }));
}

/** What became of all that was enforced since the delivery began, the audits' repairs included. */
async function readRound(run: LocalRun, delivery: "first" | "again", objects: ObjectStore): Promise<Round> {
  const { steps } = run;
  const records = await readRecords(objects, steps.steps, delivery);
  const outcomes = new Map<string, ResourceOutcome>();
  for (const resource of records.flat()) outcomes.set(resourceKey(resource), resource);
  const written = writtenIn(delivery, run);
  if (!steps.resumed) return { records, outcomes, writes: countWritten(records), written };
  // An invocation that was killed between its write and its record wrote all the same.
  for (const [key, resource] of outcomes) {
    const neededNothing = resource.outcome === "compliant" || resource.outcome === "report-only";
    if (written.has(key) && neededNothing) outcomes.set(key, { ...resource, outcome: "tagged" });
  }
  return { records, outcomes, writes: written.size, written };
}

/** The resources that API calls wrote to during a delivery. */
function writtenIn(delivery: "first" | "again", { cloud, steps: { steps } }: LocalRun): ReadonlySet<string> {
  const end = delivery === "first" ? steps.again?.writes : undefined;
  return new Set(cloud.writes.slice(steps[delivery]?.writes ?? 0, end));
}

/** What `enforce` recorded during a delivery, in the order of time. */
async function readRecords(
  objects: ObjectStore,
  { first, again }: RunSteps,
  delivery: "first" | "again",
): Promise<(readonly ResourceOutcome[])[]> {
  const from = (delivery === "first" ? first : again)?.at ?? 0;
  const to = (delivery === "first" ? again?.at : undefined) ?? Infinity;
  const records: (readonly ResourceOutcome[])[] = [];
  for await (const { at, resources } of objectOutcomes(objects).read()) {
    if (at >= from && at < to) records.push(resources);
  }
  return records;
}

/** The first audit only looks, or it would leave nothing for the events to do. */
const REPAIRS = { before: { repair: false }, after: {}, repaired: {} } as const;

/** Runs the audit by its own functions, as the schedule does, and reads its report. */
async function audit({ service, steps }: LocalRun, which: keyof typeof REPAIRS, objects: ObjectStore): Promise<Report> {
  let run = steps.steps[which];
  if (run === undefined) {
    ({ run } = (await service.invoke("startAudit", REPAIRS[which])) as { readonly run: string });
    steps.mark({ [which]: run });
  }
  const name = partitionedLayout.report(run, "report.json");
  // Of a run that goes on, the queues may hold much else by now.
  const ready = steps.resumed ? await objects.get(name) : undefined;
  if (ready === undefined) await service.untilIdle();
  return JSON.parse(await readText(objects, name)) as Report;
}

async function readText(objects: ObjectStore, name: string): Promise<string> {
  const body = await objects.get(name);
  if (body === undefined) throw new Error(`the audit left no ${name}`);
  return new TextDecoder().decode(body);
}

/** A resource that an earlier run has left behind is as that run left it. */
function expectations(plan: LocalPlan, known: ReadonlySet<string>, delivery: "first" | "again") {
  return new Map<string, Expectation>(
    [...plan.expected].flatMap(([key, { ref, first, again, code, unheard }]) => {
      const isRepeated = delivery === "again" || known.has(key);
      // Once it is repaired, nothing brings it to enforcement any more.
      if (unheard && isRepeated) return [];
      return [[key, { ref, outcomes: isRepeated ? again : first, code }] as const];
    }),
  );
}

/** Outcomes of resources that enforcement leaves as they are. */
const LEFT_ALONE: ReadonlySet<string> = new Set(["report-only", "exempt", "compliant", "not-applicable"]);

/** Resources that were to be left as they are, and that API calls wrote to all the same. */
function overwritten(expected: ReadonlyMap<string, Expectation>, { outcomes, written }: Round): UnexpectedOutcome[] {
  return [...expected].flatMap(
    ([
      key,
      {
        ref: { type, account, region, id },
        outcomes: wanted,
      },
    ]) => {
      const isLeftAlone = wanted.length > 0 && wanted.every((outcome) => LEFT_ALONE.has(outcome));
      if (!isLeftAlone || !written.has(key)) return [];
      const outcome = outcomes.get(key)?.outcome ?? "none";
      return [{ type, account, region, id, expected: "nothing written", outcome }];
    },
  );
}

/** Resources that the first delivery was done with, and that the second one wrote to all the same. */
function changed(first: Round, again: Round): UnexpectedOutcome[] {
  return [...first.outcomes].flatMap(([key, { type, account, region, id, outcome }]) => {
    const found = again.outcomes.get(key);
    const wrote = again.written.has(key) || found?.tags.some((tag) => tag.outcome === "tagged") === true;
    if (!DONE.has(outcome) || !wrote) return [];
    const expected = "nothing written by the second delivery";
    return [{ type, account, region, id, expected, outcome: found?.outcome ?? "none" }];
  });
}

function sortByName(calls: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(calls).sort(([one], [other]) => (one < other ? -1 : 1)));
}
