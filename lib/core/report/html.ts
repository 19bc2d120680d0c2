import { complianceBar, trendChart } from "./charts.ts";
import { numberText, percentText, timeText } from "./figures.ts";
import type { PastRun } from "./history.ts";
import { changesSection, worstSection } from "./html-findings.ts";
import { breakdownSection, costSection, coverageSection, exemptionsSection } from "./html-sections.ts";
import { SCRIPT } from "./html-script.ts";
import { STYLE } from "./html-style.ts";
import { countColumn, htmlTable } from "./html-table.ts";
import { html, lineList, NOTHING, nameText, type Html } from "./html-text.ts";
import type { Report } from "./report.ts";

export interface PageParts {
  readonly report: Report;
  /** The last runs with this one, the earliest first. */
  readonly history: readonly PastRun[];
  /** Findings parts, each as a path from where the page stands. */
  readonly parts: readonly string[];
}

/** Links to parts: a page stays under 2 MB whatever was found. */
const MOST_PARTS = 300;

/** The report as one HTML page that needs no network and no script. Every value in it is escaped. */
export function renderHtml({ report, history, parts }: PageParts): string {
  const sections: readonly (readonly [id: string, title: string, content: Html])[] = [
    ["trend", "Trend", trendSection(history)],
    ["changes", "New, fixed, still open", changesSection(report.survey?.changes)],
    [
      "worst",
      "Worst offenders",
      report.survey === undefined
        ? html`<p>The findings of this run were not looked at.</p>`
        : worstSection(report.survey),
    ],
    ["breakdown", "Where", breakdownSection(report)],
    ["exemptions", "Exemptions", exemptionsSection(report.exemptions)],
    ["coverage", "Coverage", coverageSection(report)],
    ["cost", "Calls and time", costSection(report)],
    ["files", "Files", filesSection(parts)],
  ];
  return html`<!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
        />
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
            Run ${nameText(report.run)}, ${timeText(report.startedAt)}, policies ${nameText(report.policyHash, 16)}
          </p>
          <nav aria-label="Parts of this report">
            <ul>
              ${sections.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}
            </ul>
          </nav>
        </header>
        <main id="content" tabindex="-1">
          ${complianceSection(report)}
          ${sections.map(
            ([id, title, content]) =>
              html`<section aria-labelledby="${id}">
                <h2 id="${id}">${title}</h2>
                ${content}
              </section> `,
          )}
        </main>
        <footer><p class="soft">Written by tagwarden. The same figures are in report.json and report.md.</p></footer>
        <script>
          ${SCRIPT};
        </script>
      </body>
    </html> `.html;
}

function complianceSection(report: Report): Html {
  const { compliant, noncompliant } = report.evaluated;
  return html`<section aria-labelledby="compliance">
    <h2 id="compliance">Compliance</h2>
    <p class="headline">${percentText(report.compliance)}</p>
    <p>
      ${numberText(compliant)} of the ${numberText(compliant + noncompliant)} resources that were judged are compliant,
      of ${numberText(report.resources)} in all. Exempt, not-applicable and unknown resources stand apart.
    </p>
    ${complianceBar(report.evaluated)}
    ${
      report.complete
        ? NOTHING
        : html`<div class="warn">
            <p><strong>This report is incomplete.</strong> Missing from it:</p>
            ${lineList(report.gaps.map(({ shard, type, reason }) => `${shard}${type === undefined ? "" : `, ${type}`}: ${reason}`))}
          </div>`
    }
  </section>`;
}

function trendSection(history: readonly PastRun[]): Html {
  if (history.length < 2) return html`<p>This is the first run that is known here: a trend needs two.</p>`;
  return html`<figure>
      ${trendChart(history)}
      <figcaption>Compliance of the last ${history.length} runs. A hollow dot is an incomplete run.</figcaption>
    </figure>
    <details>
      <summary>The same as a table</summary>
      ${htmlTable<PastRun>({
        caption: "The last runs, the latest first",
        rows: history.toReversed(),
        most: history.length,
        columns: [
          {
            heading: "Started",
            cell: ({ startedAt, complete }) => `${timeText(startedAt)}${complete ? "" : " (incomplete)"}`,
          },
          {
            heading: "Compliance",
            cell: ({ compliance }) => percentText(compliance),
            number: ({ compliance }) => compliance ?? -1,
          },
          countColumn("Compliant", ({ evaluated }) => evaluated.compliant),
          countColumn("Noncompliant", ({ evaluated }) => evaluated.noncompliant),
          countColumn("Resources", ({ resources }) => resources),
          countColumn("Calls", ({ calls }) => calls),
          { heading: "Policies", cell: ({ policyHash }) => nameText(policyHash, 16) },
        ],
      })}
    </details>`;
}

function filesSection(parts: readonly string[]): Html {
  const links = parts.slice(0, MOST_PARTS).map(
    (part) =>
      html`<li>
        <a
          href="${part
            .split("/")
            .map((step) => encodeURIComponent(step.toWellFormed()))
            .join("/")}"
          >${part}</a
        >
      </li>`,
  );
  const hidden = parts.length - links.length;
  return html`<p>All findings, as gzip NDJSON:${parts.length === 0 ? " there are none." : ""}</p>
    ${
      links.length === 0
        ? NOTHING
        : html`<ul class="plain">
            ${links}
          </ul>`
    }${hidden > 0 ? html`<p class="more">${numberText(hidden)} more beside them.</p>` : NOTHING}`;
}
