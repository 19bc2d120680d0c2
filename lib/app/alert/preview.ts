import type { Digest } from "../../core/alert/digest.ts";
import type { AlertRecord } from "../../core/alert/lifecycle.ts";
import { alertReport, runEvent, type AlertReportDeps } from "./alert-report.ts";
import { type FinishedRun } from "../report/survey.ts";

export interface PreviewDeps extends Pick<AlertReportDeps, "settings" | "hash" | "objects" | "accounts" | "onDamage"> {
  /** Alerts that are known, and where a copy of them is kept. */
  readonly copyOf: (records: readonly AlertRecord[]) => AlertReportDeps["states"];
  readonly known: readonly AlertRecord[];
}

/**
 * The digests that a report gives reason to send, without sending any or changing what is known of alerts. What this
 * report has made due counts as not sent yet, so that the answer is the same before and after sending.
 */
export async function previewAlerts(finished: FinishedRun, deps: PreviewDeps): Promise<readonly Digest[]> {
  const event = runEvent(finished.report);
  const states = deps.copyOf(deps.known.map((record) => unsent(record, event)));
  const { digests } = await alertReport(finished, { ...deps, states, dispatch: async () => undefined });
  return digests;
}

function unsent(record: AlertRecord, event: string): AlertRecord {
  if (record.notice?.event !== event) return record;
  const { told: _, ...notice } = record.notice;
  return { ...record, notice: { ...notice, sent: false } };
}
