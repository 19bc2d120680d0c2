import { percentText, timeText } from "../figures.ts";
import type { PastRun } from "../history.ts";
import type { Report } from "../report.ts";
import { filesSection } from "./files.ts";
import { changesSection, worstSection } from "./findings.ts";
import { headlineSection } from "./headline.ts";
import { SCRIPT_ELEMENT, SCRIPT_HASH } from "./script.ts";
import { breakdownSection, costSection, coverageSection, exemptionsSection } from "./sections.ts";
import { STYLE } from "./style.ts";
import { html, nameText, type Html } from "./text.ts";
import { trendSection } from "./trend.ts";

export interface PageParts {
  readonly report: Report;
  /** The last runs with this one, the earliest first. */
  readonly history: readonly PastRun[];
  /** Findings parts, each as a path from where the page stands. */
  readonly parts: readonly string[];
}

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  `script-src '${SCRIPT_HASH}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** The report as one HTML page that needs no network and no script. Every value in it is escaped. */
export function renderHtml({ report, history, parts }: PageParts): string {
  const sections = sectionsOf({ report, history, parts });
  return html`<!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${CONTENT_SECURITY_POLICY}" />
        <meta name="referrer" content="no-referrer" />
        <title>Tag compliance: ${percentText(report.compliance)}</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header>
          <h1>Tag compliance</h1>
          <p class="soft">
            ${timeText(report.startedAt)} · run ${nameText(report.run)} · policies ${nameText(report.policyHash, 13)}
          </p>
        </header>
        <nav aria-label="Parts of this report">
          <ul>
            ${sections.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}
          </ul>
        </nav>
        <main id="content" tabindex="-1">
          ${headlineSection(report, history)}
          ${sections.map(
            ([id, title, content]) =>
              html`<section aria-labelledby="${id}">
                <h2 id="${id}">${title}</h2>
                ${content}
              </section> `,
          )}
        </main>
        <footer><p class="soft">Written by tagwarden. All times are UTC.</p></footer>
        ${SCRIPT_ELEMENT}
      </body>
    </html> `.html;
}

type Section = readonly [id: string, title: string, content: Html];

/** The parts under the headline, in the order in which readers ask for them. */
function sectionsOf({ report, history, parts }: PageParts): readonly Section[] {
  const { survey } = report;
  const since = history.find(({ run }) => run === survey?.changes?.since)?.startedAt;
  return [
    ["trend", "Trend", trendSection(history)],
    ["changes", "New, fixed, still open", changesSection(report, since)],
    [
      "worst",
      "Worst offenders",
      survey === undefined ? html`<p>The findings of this run were not looked at.</p>` : worstSection(survey),
    ],
    ["breakdown", "Where", breakdownSection(report)],
    ["exemptions", "Exemptions", exemptionsSection(report)],
    ["coverage", "Coverage", coverageSection(report)],
    ["cost", "Calls and time", costSection(report)],
    ["files", "Files", filesSection(parts)],
  ];
}
