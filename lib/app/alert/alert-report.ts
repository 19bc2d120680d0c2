import { DROP_KEY, highestSeverityOf, type Alert } from "../../core/alert/alert.ts";
import { findingText } from "../../core/alert/finding-alerts.ts";
import type { AlertRecord } from "../../core/alert/lifecycle.ts";
import { overByQuiet, overByReport } from "../../core/alert/over.ts";
import { reportAlerts } from "../../core/alert/report-alerts.ts";
import type { Seen } from "../../core/alert/seen.ts";
import { isLapsed, isToldAgain, unjudgedIn, withoutJudgement } from "../../core/alert/unjudged.ts";
import { whyOver } from "../../core/alert/why-over.ts";
import type { Config } from "../../core/config/config.ts";
import { InputError } from "../../core/errors.ts";
import { anyGlobMatcher } from "../../core/glob.ts";
import type { Finding } from "../../core/report/finding.ts";
import type { Report } from "../../core/report/report.ts";
import { resourceKey, type ResourceRef } from "../../core/resource.ts";
import { knownIn } from "../audit/known-findings.ts";
import { shardIdsOf } from "../audit/plan-shards.ts";
import type { ObjectStore } from "../ports/objects.ts";
import { findingsIn } from "../report/findings.ts";
import type { ShardFindings, FinishedRun } from "../report/survey.ts";
import { newFindings } from "./new-findings.ts";
import { raiseAlerts, type RaiseDeps, type Raised } from "./raise-alerts.ts";

export interface AlertReportDeps extends RaiseDeps {
  readonly objects: ObjectStore;
  /** The accounts that are audited, for the types that they ask for; absent = not known. */
  readonly accounts?: Config["accounts"];
  /** Told where a findings part can't be read: nothing new is known of what it holds, and nothing of it counts as fixed. */
  readonly onDamage?: (reason: string) => void;
}

/** What makes the alerts of a run due. */
export function runEvent({ run }: Report): string {
  return `run ${run}`;
}

/** Raises what a report gives reason to, and resolves what it shows to be over. */
export async function alertReport({ report, before, shards }: FinishedRun, deps: AlertReportDeps): Promise<Raised> {
  const { settings, states } = deps;
  const pending = await states.pending();
  const seen = await lookFor(pending, { report, shards }, deps);
  const drop = pending.find(({ alert, state }) => alert.key === DROP_KEY && state === "open");
  const at = Date.parse(report.finishedAt);
  const raised = reportAlerts({
    report,
    settings,
    ...(before !== undefined && { before }),
    ...(drop?.alert.baseline !== undefined && { baseline: drop.alert.baseline }),
    newFindings: await newFindings({ report, shards }, settings, deps),
  });
  const keys = new Set(raised.map(({ key }) => key));
  const alerts = [...raised, ...stillOpen(pending, seen, report).filter(({ key }) => !keys.has(key))];
  const isOver = (record: AlertRecord): boolean =>
    overByReport(record, report, seen) ||
    overByQuiet(record, at, settings.quietHours, seen) ||
    (unjudgedIn(record.alert, report, seen) !== undefined && isLapsed(record, at));
  const why = (record: AlertRecord) => whyOver(record, { report, before }, seen);
  return raiseAlerts({ event: runEvent(report), at, alerts, isOver, whyOver: why }, deps);
}

/**
 * Alerts that are raised again although nothing in the report gives reason to: they are over resources that this run
 * still finds, or nobody has judged what they are about.
 */
function stillOpen(pending: readonly AlertRecord[], seen: Seen, report: Report): Alert[] {
  const now = { at: report.finishedAt, run: report.run };
  return pending.flatMap((record): Alert[] => {
    const { unjudged: _, judgedAt: __, ...alert } = record.alert;
    if (record.state !== "open") return [];
    const [found] = alert.resources.flatMap((one) => seen.stillFound.get(resourceKey(one)) ?? []);
    if (found !== undefined) return [{ ...alert, ...now, ...saidToday(alert, found, report) }];
    const unjudged = unjudgedIn(alert, report, seen);
    if (unjudged === undefined || !isToldAgain(record, unjudged)) return [];
    return [{ ...withoutJudgement(record.alert, unjudged), ...now }];
  });
}

/** An alert about a finding says what is broken today: some of it may be mended, and something more severe be broken. */
function saidToday({ kind }: Alert, finding: Finding, report: Report): Partial<Pick<Alert, "severity" | "text">> {
  if (kind !== "new-finding" || finding.compliance !== "noncompliant") return {};
  return { severity: highestSeverityOf(finding.policies, report), text: findingText(finding) };
}

/** Which resources of pending alerts were audited, and which of those are still findings or are none for another reason than that they were fixed. */
async function lookFor(
  pending: readonly AlertRecord[],
  { report, shards }: Pick<FinishedRun, "report" | "shards">,
  { objects, accounts = [], onDamage }: Pick<AlertReportDeps, "objects" | "accounts" | "onDamage">,
): Promise<Seen> {
  const asksFor = typesAskedFor(accounts);
  const known = new Map(shards.map((one) => [one.shard, one]));
  const damaged = new Set<string>();
  const unseen = [...report.gaps, ...(report.coverage.unproven ?? [])];
  // Of shards that a resource may be listed by, some list other types of its service alone.
  const lists = ({ shard, known: byType }: ShardFindings, resource: ResourceRef): boolean =>
    byType === undefined ||
    byType.keys().some((type) => covers(type, resource)) ||
    unseen.some((gap) => gap.shard === shard && covers(gap.type, resource));
  const shardOf = (resource: ResourceRef): ShardFindings | undefined =>
    asksFor(resource)
      ? shardIdsOf(resource)
          .flatMap((id) => known.get(id) ?? [])
          .find((shard) => lists(shard, resource))
      : undefined;

  const byShard = Map.groupBy(
    pending.flatMap(({ alert }) => alert.resources),
    shardOf,
  );
  const stillFound = new Map<string, Finding>();
  const absent: Absent = { exempted: new Map(), unjudged: new Map() };
  for (const [shard, watched] of byShard) {
    if (shard === undefined) continue;
    const wanted = new Map(watched.map((resource) => [resourceKey(resource), resource]));
    try {
      for await (const finding of findingsOf(shard.parts, objects)) {
        const key = resourceKey(finding);
        if (wanted.has(key)) stillFound.set(key, finding);
      }
      for (const key of stillFound.keys()) wanted.delete(key);
      await lookForAbsent(wanted, shard, absent, objects);
    } catch (error) {
      // Nothing of this shard can be taken for fixed. The report names the damage as a gap where it is older.
      if (!(error instanceof InputError)) throw error;
      damaged.add(shard.shard);
      onDamage?.(error.message);
    }
  }
  return {
    stillFound,
    ...absent,
    // Where nothing is known of the run's parts, nothing is known of what it leaves out.
    outside: (resource) => shards.length > 0 && shardOf(resource) === undefined,
    audited(resource) {
      const shard = shardOf(resource);
      if (shard === undefined || damaged.has(shard.shard)) return false;
      return !unseen.some(({ shard: gap, type }) => gap === shard.shard && covers(type, resource));
    },
  };
}

/** Whether a resource is of a type that its account is to be audited for: a shard lists those alone. */
function typesAskedFor(accounts: Config["accounts"]): (resource: ResourceRef) => boolean {
  const isAskedFor = new Map(accounts.map((one) => [`${one.provider} ${one.account}`, anyGlobMatcher(one.types)]));
  return ({ type, account }) => isAskedFor.get(`${type.split(":", 1)[0]} ${account}`)?.(type) ?? true;
}

interface Absent {
  readonly exempted: Map<string, string | undefined>;
  readonly unjudged: Map<string, readonly string[]>;
}

/** Which of these resources, which are no findings, are none although nobody has mended them. */
async function lookForAbsent(
  wanted: ReadonlyMap<string, ResourceRef>,
  { known = new Map() }: ShardFindings,
  { exempted, unjudged }: Absent,
  objects: ObjectStore,
): Promise<void> {
  for (const [listed, parts] of known) {
    const covered = new Map([...wanted].filter(([, one]) => covers(listed, one)));
    const byId = new Map([...covered].map(([key, { id }]) => [id, key]));
    const byResource = new Map([...covered].map(([key, one]) => [placeOf(one), key]));
    if (covered.size === 0) continue;
    for await (const findings of knownIn(parts, objects)) {
      for (const { id, named, absence, broken = new Map() } of findings) {
        const key = named === undefined ? byId.get(id) : byResource.get(placeOf(named));
        if (key === undefined || absence === undefined) continue;
        if (absence.kind === "exempted") exempted.set(key, absence.until);
        else unjudged.set(key, [...broken.keys()]);
      }
    }
  }
}

/** Tells a resource from all others of its account. */
function placeOf({ type, region, id }: Pick<ResourceRef, "type" | "region" | "id">): string {
  return JSON.stringify([type, region, id]);
}

async function* findingsOf(parts: readonly string[], objects: ObjectStore): AsyncGenerator<Finding> {
  for (const part of parts) for await (const findings of findingsIn(part, objects)) yield* findings;
}

/** A gap without a type is the whole shard's; one of `aws:*:*` too. */
function covers(type: string | undefined, resource: ResourceRef): boolean {
  return type === undefined || type.includes("*") || type === resource.type;
}
