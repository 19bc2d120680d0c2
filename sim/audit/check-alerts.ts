import { newFindings } from "../../lib/app/alert/new-findings.ts";
import { knownIn } from "../../lib/app/audit/known-findings.ts";
import { partsOf } from "../../lib/app/audit/checkpoint.ts";
import { partitionedLayout } from "../../lib/app/audit/layout.ts";
import { policyOf, type AlertKind } from "../../lib/core/alert/alert.ts";
import type { AlertRecord } from "../../lib/core/alert/lifecycle.ts";
import { reportAlerts } from "../../lib/core/alert/report-alerts.ts";
import { hasJudged } from "../../lib/core/alert/unjudged.ts";
import type { Evaluation } from "../../lib/core/evaluation.ts";
import { isFinding } from "../../lib/core/report/evaluation-line.ts";
import type { Report } from "../../lib/core/report/report.ts";
import { resourceKey } from "../../lib/core/resource.ts";
import type { DoneShard } from "./done-shard.ts";
import type { FunctionDeps } from "./functions.ts";

/** A run with its report, and what counts of it. */
export interface ReportedRun {
  readonly run: string;
  readonly published: boolean;
  readonly done: readonly DoneShard[];
}

/**
 * When all is quiet: no notice waits to be sent, each open alert was told, and what is open is what the last report
 * gives reason to raise. Where a report's message is a dead letter, or clocks jumped, that is not certain.
 */
export async function checkAlerts(runs: readonly ReportedRun[], deps: FunctionDeps): Promise<void> {
  const { simulation, alerts, queues, objects } = deps;
  const { violate, scenario } = simulation;
  if (queues.reports.deadLetters.length > 0 || runs.some(({ published }) => !published)) return;
  const pending = await alerts.states.pending();
  const told = [...alerts.told.values()];
  const isWhole = told.every(({ counts, entries }) => entries.length === sumOf(counts));
  const toldOpen = new Set(
    told.flatMap(({ entries }) => entries.flatMap(({ change, alert }) => (change === "resolved" ? [] : alert.key))),
  );
  for (const { alert, notice } of pending) {
    if (notice?.sent === false) violate("alerts", `${alert.key} was never put on its way: ${notice.change}`);
    else if (isWhole && !toldOpen.has(alert.key)) violate("alerts", `${alert.key} is open, and nobody was told`);
  }
  if (scenario.mishaps.clockJump > 0) return;
  const open = new Map(pending.flatMap((record) => (record.state === "open" ? [[record.alert.key, record]] : [])));
  const reports: { readonly report: Report; readonly done: readonly DoneShard[] }[] = [];
  for (const { run, done } of runs) {
    const body = await objects.get(partitionedLayout.report(run, "report.json"));
    if (body !== undefined) reports.push({ report: JSON.parse(new TextDecoder().decode(body)) as Report, done });
  }
  const [last] = reports.sort((a, b) => (a.report.finishedAt < b.report.finishedAt ? 1 : -1));
  // One that looked while another run raised its alerts leaves those to the run after it.
  if (last !== undefined && alerts.wasAlone(last.report.run)) await checkLast(last, open, deps);
}

/** What a complete report that doesn't raise them any more resolves. */
const OVER_WITH_REASON: ReadonlySet<AlertKind> = new Set(["compliance", "not-audited", "unread"]);

async function checkLast(
  { report, done }: { readonly report: Report; readonly done: readonly DoneShard[] },
  open: ReadonlyMap<string, AlertRecord>,
  { simulation, objects }: FunctionDeps,
): Promise<void> {
  const { violate, scenario } = simulation;
  const settings = scenario.alerts;
  const shards = done.map(({ shard, manifest }) => ({ shard, parts: partsOf(manifest, "findings") }));
  const fresh = await newFindings({ report, shards }, settings, { objects });
  const reasons = new Set(reportAlerts({ report, settings, newFindings: fresh }).map(({ key }) => key));
  for (const key of reasons) {
    if (!open.has(key)) violate("alerts", `${report.run} gives reason for ${key}, and it is not open`);
  }
  const fixed = await fixedIn(done, objects);
  for (const { alert } of open.values()) {
    const isUnjudged = alert.kind === "compliance" && !hasJudged(policyOf(alert), report);
    if (report.complete && !reasons.has(alert.key) && OVER_WITH_REASON.has(alert.kind) && !isUnjudged) {
      violate("alerts", `${alert.key} is open, and ${report.run} gives no reason for it any more`);
    }
    if (alert.kind === "new-finding" && alert.resources.every((one) => fixed.has(resourceKey(one)))) {
      violate("alerts", `${alert.key} is fixed, and still open`);
    }
  }
}

/** Resources that were judged and are no findings. */
async function fixedIn(done: readonly DoneShard[], objects: FunctionDeps["objects"]): Promise<ReadonlySet<string>> {
  const fixed = new Set<string>();
  for (const { summary, lines, manifest } of done) {
    if (summary.gaps.length > 0) continue;
    const unjudged = new Set<string>();
    for await (const known of knownIn(partsOf(manifest, "known"), objects)) {
      for (const { id, absence } of known) if (absence?.kind === "unjudged") unjudged.add(id);
    }
    for (const { line } of lines) {
      const evaluation = JSON.parse(line) as Evaluation;
      if (!isFinding(evaluation) && !unjudged.has(evaluation.id)) fixed.add(resourceKey(evaluation));
    }
  }
  return fixed;
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
