import { DROP_KEY, type Alert } from "../../core/alert/alert.ts";
import type { AlertRecord } from "../../core/alert/lifecycle.ts";
import { isLeftOut, overByQuiet, overByReport, type Seen } from "../../core/alert/over.ts";
import { reportAlerts } from "../../core/alert/report-alerts.ts";
import type { Config } from "../../core/config/config.ts";
import { InputError } from "../../core/errors.ts";
import { anyGlobMatcher } from "../../core/glob.ts";
import type { Report } from "../../core/report/report.ts";
import { resourceKey, type ResourceRef } from "../../core/resource.ts";
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
    overByReport(record, report, seen) || overByQuiet(record, at, settings.quietHours, seen);
  const whyOver = (record: AlertRecord) => (isLeftOut(record, seen) ? LEFT_OUT : undefined);
  return raiseAlerts({ event: runEvent(report), at, alerts, isOver, whyOver }, deps);
}

const LEFT_OUT = "It is not fixed: its account, region or type is not in the configuration any more, so nobody looks.";

/** Alerts that were raised once, over resources that this run still finds: they are raised again. */
function stillOpen(pending: readonly AlertRecord[], { stillFound }: Seen, report: Report): Alert[] {
  return pending
    .filter(({ state, alert }) => state === "open" && alert.resources.some((one) => stillFound.has(resourceKey(one))))
    .map(({ alert }) => ({ ...alert, at: report.finishedAt, run: report.run }));
}

/** Which resources of pending alerts were audited, and which of those are still findings. */
async function lookFor(
  pending: readonly AlertRecord[],
  { report, shards }: Pick<FinishedRun, "report" | "shards">,
  { objects, accounts = [], onDamage }: Pick<AlertReportDeps, "objects" | "accounts" | "onDamage">,
): Promise<Seen> {
  const asksFor = typesAskedFor(accounts);
  const known = new Map(shards.map((one) => [one.shard, one]));
  const damaged = new Set<string>();
  const shardOf = (resource: ResourceRef): ShardFindings | undefined =>
    asksFor(resource)
      ? shardIdsOf(resource)
          .map((id) => known.get(id))
          .find((shard) => shard !== undefined)
      : undefined;

  const watched = pending.flatMap(({ alert }) => alert.resources);
  const wanted = new Set(watched.map(resourceKey));
  const stillFound = new Set<string>();
  for (const { shard, parts } of new Set(watched.flatMap((resource) => shardOf(resource) ?? []))) {
    try {
      for await (const key of keysIn(parts, objects)) if (wanted.has(key)) stillFound.add(key);
    } catch (error) {
      // Nothing of this shard can be taken for fixed. The report names the damage as a gap where it is older.
      if (!(error instanceof InputError)) throw error;
      damaged.add(shard);
      onDamage?.(error.message);
    }
  }
  return {
    stillFound,
    // Where nothing is known of the run's parts, nothing is known of what it leaves out.
    outside: (resource) => shards.length > 0 && shardOf(resource) === undefined,
    audited(resource) {
      const shard = shardOf(resource);
      if (shard === undefined || damaged.has(shard.shard)) return false;
      const unseen = [...report.gaps, ...(report.coverage.unproven ?? [])];
      return !unseen.some(({ shard: gap, type }) => gap === shard.shard && covers(type, resource));
    },
  };
}

/** Whether a resource is of a type that its account is to be audited for: a shard lists those alone. */
function typesAskedFor(accounts: Config["accounts"]): (resource: ResourceRef) => boolean {
  const isAskedFor = new Map(accounts.map((one) => [`${one.provider} ${one.account}`, anyGlobMatcher(one.types)]));
  return ({ type, account }) => isAskedFor.get(`${type.split(":", 1)[0]} ${account}`)?.(type) ?? true;
}

async function* keysIn(parts: readonly string[], objects: ObjectStore): AsyncGenerator<string> {
  for (const part of parts) {
    for await (const findings of findingsIn(part, objects)) yield* findings.map(resourceKey);
  }
}

/** A gap without a type is the whole shard's; one of `aws:*:*` too. */
function covers(type: string | undefined, resource: ResourceRef): boolean {
  return type === undefined || type.includes("*") || type === resource.type;
}
