import type { ExemptionState } from "../policy/exemption.ts";
import type { Report } from "../report/report.ts";
import type { Alert, RunAlert } from "./alert.ts";

const DAY_MS = 86_400_000;

/**
 * One alert for each exemption that has expired or soon will. The two share a key, so that an exemption that expires
 * is one alert that becomes more severe, and one that is prolonged is mended.
 */
export function exemptionAlerts({ exemptions = [], startedAt }: Report, days: number, common: RunAlert): Alert[] {
  const byKey = new Map<string, Alert>();
  for (const exemption of exemptions) {
    const daysLeft = Math.ceil(
      (Date.parse(`${exemption.expires}T00:00:00Z`) + DAY_MS - Date.parse(startedAt)) / DAY_MS,
    );
    if (!exemption.expired && daysLeft > days) continue;
    const alert = exemptionAlert(exemption, daysLeft, common);
    // Where two exemptions read the same, the more severe one speaks for both.
    if (byKey.get(alert.key)?.severity !== "medium") byKey.set(alert.key, alert);
  }
  return [...byKey.values()];
}

function exemptionAlert(exemption: ExemptionState, daysLeft: number, common: RunAlert): Alert {
  const { reason, approvedBy, tags, expires, expired } = exemption;
  const when = daysLeft === 1 ? "today" : `in ${daysLeft - 1} ${daysLeft === 2 ? "day" : "days"}`;
  const approved = approvedBy === undefined ? "" : ` It was approved by ${approvedBy}.`;
  const keys = tags === undefined ? "all required tags" : tags.join(", ");
  return {
    ...common,
    key: `exemption:${JSON.stringify([reason, approvedBy, tags])}`,
    kind: "exemption",
    severity: expired ? "medium" : "low",
    scope: "exemptions",
    title: expired ? `An exemption expired on ${expires}: ${reason}` : `An exemption expires ${when}: ${reason}`,
    text: `It covers ${keys}, until the end of ${expires} (UTC).${approved} Prolong it, or mend the tags and remove it.`,
    resources: [],
  };
}
