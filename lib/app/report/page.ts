import { pastRun, withRun } from "../../core/report/history.ts";
import type { PastRun } from "../../core/report/history.ts";
import { renderHtml } from "../../core/report/html/page.ts";
import type { Report } from "../../core/report/report.ts";

export interface PageAt {
  /** Name of the object that the page becomes. */
  readonly name: string;
  /** The last runs; this one needn't be among them. */
  readonly history: readonly PastRun[];
  /** Names of the findings parts. */
  readonly parts: readonly string[];
}

/** The page of a report, with links from where it stands to the parts. */
export function reportPage(report: Report, { name, history, parts }: PageAt): string {
  const up = "../".repeat(name.split("/").length - 1);
  return renderHtml({
    report,
    history: withRun(history, pastRun(report)).filter(({ startedAt }) => startedAt <= report.startedAt),
    parts: parts.map((part) => `${up}${part}`).sort(),
  });
}
