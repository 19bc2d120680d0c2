import type { Report } from "../report/report.ts";
import { resourceKey } from "../resource.ts";
import { gapKey, policyOf, type AlertKind } from "./alert.ts";
import type { AlertRecord } from "./lifecycle.ts";
import type { Seen } from "./seen.ts";
import { hasJudged } from "./unjudged.ts";

type OverByReport = (record: Pick<AlertRecord, "alert">, report: Report, seen: Seen) => boolean;

const byCompleteRun: OverByReport = (_, { complete }) => complete;
const byItsResources: OverByReport = ({ alert }, _, seen) => areFine(alert, seen);
const never: OverByReport = () => false;

const OVER: Readonly<Record<AlertKind, OverByReport>> = {
  compliance: ({ alert }, report) => report.complete && hasJudged(policyOf(alert), report),
  "compliance-drop": (_, { complete, compliance }) => complete && compliance !== null,
  unread: byCompleteRun,
  exemption: (_, { exemptions }) => exemptions !== undefined,
  "not-audited": ({ alert }, { gaps }) =>
    !gaps.some(({ shard, type }) => alert.key === gapKey(shard, type) || alert.key === gapKey(shard, undefined)),
  "new-finding": ({ alert }, _, seen) => isLeftOut({ alert }, seen) || areFine(alert, seen),
  rejected: byItsResources,
  failed: byItsResources,
  access: byItsResources,
  waiting: byItsResources,
  fight: byItsResources,
  foreign: never,
  "write-cap": never,
  "repair-cap": never,
  alarm: never,
};

/**
 * Whether a run that didn't raise an alert again shows that it is over. What a run has not seen it can't say, so that a
 * provider that is down ends no alert.
 */
export function overByReport(record: AlertRecord, report: Report, seen: Seen): boolean {
  return OVER[record.alert.kind](record, report, seen);
}

/** What is exempt is nobody's business any more; what nobody judges may be as bad as before. */
function areFine({ resources }: AlertRecord["alert"], { audited, stillFound, unjudged }: Seen): boolean {
  return resources.every((one) => {
    const key = resourceKey(one);
    return audited(one) && !stillFound.has(key) && !unjudged.has(key);
  });
}

/** Whether an alert about a finding is over because audits don't look there any more. */
export function isLeftOut({ alert }: Pick<AlertRecord, "alert">, { outside }: Pick<Seen, "outside">): boolean {
  return alert.kind === "new-finding" && alert.resources.length > 0 && alert.resources.every(outside);
}

const HOUR_MS = 3_600_000;

/**
 * Whether enforcement has had nothing to say of an alert for so long that it counts as over. Where an audit still finds
 * one of its resources, silence means nothing.
 */
export function overByQuiet({ alert, raisedAt }: AlertRecord, at: number, quietHours: number, seen: Seen): boolean {
  if (alert.source !== "enforcement" || at - raisedAt < quietHours * HOUR_MS) return false;
  return !alert.resources.some((one) => seen.stillFound.has(resourceKey(one)));
}
