import { countText, percentText } from "../report/figures.ts";
import { differencesOf } from "../report/history.ts";
import type { Report } from "../report/report.ts";
import { resourceKey } from "../resource.ts";
import { policyOf, type Alert } from "./alert.ts";
import type { AlertRecord } from "./lifecycle.ts";
import { isLeftOut } from "./over.ts";
import type { RunBefore } from "./report-alerts.ts";
import type { Seen } from "./seen.ts";
import { isLapsed, lapsedText, unjudgedIn } from "./unjudged.ts";

const LEFT_OUT = "It is not fixed: its account, region or type is not in the configuration any more, so nobody looks.";

interface Run {
  readonly report: Report;
  readonly before?: RunBefore | undefined;
}

/** Why an alert is over, in a sentence for people, where it is not, or not only, that somebody has fixed something. */
export function whyOver(record: AlertRecord, { report, before }: Run, seen: Seen): string | undefined {
  const { alert } = record;
  if (isLeftOut(record, seen)) return LEFT_OUT;
  if (unjudgedIn(alert, report, seen) !== undefined && isLapsed(record, Date.parse(report.finishedAt))) {
    return lapsedText(alert);
  }
  if (alert.kind === "compliance") return exemptText(policyOf(alert), report);
  if (alert.kind === "compliance-drop") return changedText(report, before);
  return alert.kind === "unread" ? unaskedText(alert, report) : exemptedText(alert, seen);
}

function exemptText(name: string, { by }: Report): string | undefined {
  const row = by.policy.find((one) => one.name === name);
  const exempt = row?.evaluated.exempt ?? 0;
  if (row === undefined || exempt === 0) return undefined;
  const resources = `${countText(exempt, "resource")} under it ${exempt === 1 ? "is" : "are"} exempt`;
  return row.compliance === null
    ? `It is not fixed: all that the policy matches, ${countText(exempt, "resource")}, is exempt.`
    : `It is ${percentText(row.compliance)} now; ${resources}, which mends nothing, and ${exempt === 1 ? "counts" : "count"} neither way.`;
}

function changedText(report: Report, before: RunBefore | undefined): string | undefined {
  const isChanged = before !== undefined && differencesOf(before, report).policies;
  return isChanged
    ? `It is ${percentText(report.compliance)} now. The policies have changed since the run before, which may be why.`
    : undefined;
}

/** The tags of what no policy matches are not asked for. */
function unaskedText({ scope }: Alert, { by }: Report): string | undefined {
  const [type = ""] = scope.split(" ", 1);
  const row = by.type.find(({ name }) => name === type);
  if (row === undefined || row.evaluated["not-applicable"] < row.resources) return undefined;
  return `It is not fixed: no policy matches ${type} any more, so nobody asks for its tags.`;
}

/** A finding is about one resource, and what enforcement tells of may be about many. */
function exemptedText({ resources }: Alert, { exempted }: Seen): string | undefined {
  const keys = resources.map(resourceKey).filter((key) => exempted.has(key));
  const [first] = keys;
  if (first === undefined) return undefined;
  if (resources.length > 1)
    return `${keys.length} of its ${countText(resources.length, "resource")} ${keys.length === 1 ? "is" : "are"} exempt, not fixed.`;
  const until = exempted.get(first);
  return `It is not fixed: it is exempt${until === undefined ? "" : ` until ${until}`}.`;
}
