import type { Severity } from "../policy/compiled.ts";
import { aboutsText } from "../report/about-text.ts";
import { forbiddenText, invalidText, lackingOf } from "../report/wrong-text.ts";
import type { Finding } from "../report/finding.ts";
import type { Report } from "../report/report.ts";
import { resourceKey } from "../resource.ts";
import { shown } from "../shown.ts";
import { compareSeverity, highestSeverityOf, type Alert, type RunAlert } from "./alert.ts";
import type { AlertSettings } from "./settings.ts";

/** A finding of which the run before didn't have all. */
export interface NewFinding {
  readonly finding: Finding;
  readonly severity: Severity;
}

/**
 * The policies over which a finding is news to the run that started then: all that it breaks, or what of it is newly
 * broken; what is new because its grace is not over was told when it was found, or stood there before anybody compared.
 */
export function newsIn({ newlyBroken, state, firstSeen, policies }: Finding, startedAt: string): readonly string[] {
  if (newlyBroken !== undefined) return newlyBroken.map(({ policy }) => policy);
  return state === "new" && (firstSeen ?? startedAt) === startedAt ? policies : [];
}

/** Those of some findings of which the news are severe enough to be told; told is all that they break. */
export function severeFindings(
  findings: readonly Finding[],
  report: Report,
  least: AlertSettings["newFindings"],
): NewFinding[] {
  if (least === "none") return [];
  return findings
    .filter(({ compliance }) => compliance === "noncompliant")
    .filter((finding) => {
      const news = newsIn(finding, report.startedAt);
      return news.length > 0 && compareSeverity(highestSeverityOf(news, report), least) >= 0;
    })
    .map((finding) => ({ finding, severity: highestSeverityOf(finding.policies, report) }));
}

/** One alert for each of these findings, so that each is opened once, and resolved when that resource is fixed. */
export function findingAlerts(findings: readonly NewFinding[], common: RunAlert): Alert[] {
  return findings.map(({ finding, severity }) => {
    const { type, account, region, id, owner } = finding;
    return {
      ...common,
      key: `finding:${resourceKey(finding).replaceAll("\0", "|")}`,
      kind: "new-finding",
      severity,
      scope: `${type} ${id}`,
      title: `${type} ${id} is noncompliant`,
      text: `${findingText(finding)}${newsText(finding)}`,
      ...(owner !== undefined && { owner }),
      resources: [{ type, account, region, id }],
    };
  });
}

/** What is wrong with it, and by which policies. */
export function findingText(finding: Finding): string {
  const { invalid, forbidden = [], policies } = finding;
  const wrong = [
    ...lackingOf(finding).map((keys) => `${keys.join(" or ")} is missing${otherSpellings(keys, finding)}`),
    ...invalid.map(invalidText),
    ...forbidden.map(forbiddenText),
  ];
  return `${wrong.join("; ")} (policies: ${policies.join(", ")}).${aboutOf(finding)}`;
}

function aboutOf({ about }: Finding): string {
  const said = aboutsText(about);
  return said === "" ? "" : ` About ${said}.`;
}

/** What of it is news, where that isn't all. */
function newsText({ newlyBroken = [] }: Finding): string {
  if (newlyBroken.length === 0) return "";
  return ` Newly broken: ${newlyBroken.map(({ policy, keys }) => `${keys.join(", ")} (${policy})`).join("; ")}.`;
}

function otherSpellings(missing: readonly string[], { nearMisses }: Finding): string {
  const found = nearMisses.filter(({ key }) => missing.includes(key)).map((miss) => shown(miss.found));
  return found.length === 0 ? "" : ` (there is ${found.join(", ")})`;
}
