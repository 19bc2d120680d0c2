import { timeText } from "../report/figures.ts";
import type { Report, ReportGroup } from "../report/report.ts";
import { resourceKey } from "../resource.ts";
import { policyOf, type Alert } from "./alert.ts";
import type { AlertRecord } from "./lifecycle.ts";
import type { Seen } from "./seen.ts";

/** Why a run that doesn't raise an alert again doesn't show either that it is over: nobody has judged what it is about. */
export interface Unjudged {
  /** A sentence, the same from run to run. */
  readonly reason: string;
  /**
   * Somebody seems to have meant it: the policy is gone, or the resource was taken out of it. People are told once, and
   * when nobody has judged it for `UNJUDGED_DAYS` it ends. A policy that matches nothing at all is a slip: that is told
   * like any alert that stays open.
   */
  readonly isMeant: boolean;
}

/** How long an alert stays open that nobody judges any more and that seems to be meant so. */
const UNJUDGED_DAYS = 30;
const DAY_MS = 86_400_000;

/** Why nobody has judged what an alert is about; undefined where somebody has, or where it isn't known. */
export function unjudgedIn(alert: Alert, report: Report, seen: Seen): Unjudged | undefined {
  if (alert.kind === "compliance") return unjudgedPolicy(policyOf(alert), report);
  if (alert.kind === "compliance-drop") return unjudgedRun(report);
  return alert.kind === "new-finding" ? unjudgedFinding(alert, report, seen) : undefined;
}

/** Whether a run has judged something by a policy, or left it out because all of it is exempt. */
export function hasJudged(name: string, report: Report): boolean {
  const row = rowOf(name, report);
  return row !== undefined && (row.compliance !== null || isExempt(row));
}

function unjudgedRun({ complete, compliance }: Report): Unjudged | undefined {
  if (!complete || compliance !== null) return undefined;
  return { reason: "The last run has judged nothing at all.", isMeant: false };
}

function unjudgedPolicy(name: string, report: Report): Unjudged | undefined {
  if (isGone(name, report)) return { reason: `The policy ${name} is not in the policies any more.`, isMeant: true };
  const row = rowOf(name, report);
  if (!report.complete || row === undefined || row.compliance !== null || isExempt(row)) return undefined;
  const what =
    row.note ?? (row.resources === 0 ? "matched nothing" : "judged nothing: the tags of what it matches are unknown");
  return { reason: `The policy ${name} ${what}.`, isMeant: false };
}

/** A finding breaks policies, and is judged again only where all of them judge it. */
function unjudgedFinding({ resources }: Alert, report: Report, seen: Seen): Unjudged | undefined {
  const broken = resources.map((one) => seen.unjudged.get(resourceKey(one))).find((names) => names !== undefined);
  if (broken === undefined) return undefined;
  const idle = broken.map((name) => unjudgedPolicy(name, report)).filter((one) => one !== undefined);
  const slip = idle.find(({ isMeant }) => !isMeant);
  return slip ?? idle[0] ?? { reason: "No policy that matches it asks any more for what it broke.", isMeant: true };
}

/** Whether people have known for so long that nobody judges it that it ends. */
export function isLapsed({ alert, raisedAt }: AlertRecord, at: number): boolean {
  return alert.unjudged !== undefined && at - raisedAt >= UNJUDGED_DAYS * DAY_MS;
}

/** Whether a record is to be raised again for what a run says of it. */
export function isToldAgain({ alert }: AlertRecord, { reason, isMeant }: Unjudged): boolean {
  return !isMeant || alert.unjudged !== reason;
}

/** An open alert that nobody has judged this time: when it was judged last is kept from run to run. */
export function withoutJudgement(alert: Alert, { reason }: Unjudged): Alert {
  const judgedAt = alert.unjudged === undefined ? alert.at : alert.judgedAt;
  return { ...alert, unjudged: reason, ...(judgedAt !== undefined && { judgedAt }) };
}

/** Title and text as people are to read them: what nobody has judged since is not as it is today, but as it was then. */
export function asJudged({ title, text, unjudged, judgedAt }: Alert): Pick<Alert, "title" | "text"> {
  if (unjudged === undefined) return { title, text };
  const last = "the last audit that judged it";
  if (judgedAt === undefined) return { title: `${title} (in ${last})`, text: `In ${last}: ${text}` };
  const time = timeText(judgedAt);
  return { title: `${title} (as of ${time})`, text: `As of ${time}, ${last}: ${text}` };
}

/** Why a lapsed one is over. */
export function lapsedText({ unjudged = "" }: Alert): string {
  return `It is not fixed: nobody has judged it for ${UNJUDGED_DAYS} days. ${unjudged}`;
}

function isGone(name: string, { policies }: Report): boolean {
  return policies !== undefined && policies.every((policy) => policy.name !== name);
}

function rowOf(name: string, { by }: Report): ReportGroup | undefined {
  return by.policy.find((row) => row.name === name);
}

/** Whether all that a policy matches is exempt. */
function isExempt({ evaluated: { exempt, unknown } }: ReportGroup): boolean {
  return exempt > 0 && unknown === 0;
}
