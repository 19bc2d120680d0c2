import type { Report } from "../report/report.ts";
import { resourceKey, type ResourceRef } from "../resource.ts";
import { gapKey } from "./alert.ts";
import type { AlertRecord } from "./lifecycle.ts";

/** What a run knows of resources that an earlier alert was about. */
export interface Seen {
  /** Whether the part of the run that this resource belongs to was audited. */
  readonly audited: (resource: ResourceRef) => boolean;
  /** Whether no part of the run could have listed this resource: its account, region or type is not configured. */
  readonly outside: (resource: ResourceRef) => boolean;
  /** By `resourceKey`: those that are still findings. */
  readonly stillFound: ReadonlySet<string>;
}

/**
 * Whether a run that didn't raise an alert again shows that it is over. What a run has not seen it can't say, so that a
 * provider that is down ends no alert.
 */
export function overByReport({ alert }: AlertRecord, report: Report, seen: Seen): boolean {
  switch (alert.kind) {
    case "compliance":
    case "compliance-drop":
    case "unread":
      return report.complete;
    case "exemption":
      return report.exemptions !== undefined;
    case "not-audited":
      return !report.gaps.some(
        ({ shard, type }) => alert.key === gapKey(shard, type) || alert.key === gapKey(shard, undefined),
      );
    case "new-finding":
      return isLeftOut({ alert }, seen) || areFine(alert, seen);
    case "rejected":
    case "failed":
    case "access":
    case "waiting":
    case "fight":
      return areFine(alert, seen);
    case "foreign":
    case "write-cap":
    case "repair-cap":
    case "alarm":
      return false;
  }
}

function areFine({ resources }: AlertRecord["alert"], { audited, stillFound }: Seen): boolean {
  return resources.every((one) => audited(one) && !stillFound.has(resourceKey(one)));
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
