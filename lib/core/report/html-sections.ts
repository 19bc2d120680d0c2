import { COMPLIANCES } from "../evaluation.ts";
import type { ExemptionState } from "../policy/exemption.ts";
import { durationText, numberText, percentText } from "./figures.ts";
import { countColumn, htmlTable } from "./html-table.ts";
import { html, lineList, NOTHING, nameText, type Html } from "./html-text.ts";
import type { Report, ReportGroup } from "./report.ts";
import type { KeyCounts, SourceCounts } from "./summary.ts";

/** Rows of a table; the rest is in report.json. */
const MOST_ROWS = 50;

/** Compliance by what resources can be grouped by, and the keys that are missing most. */
export function breakdownSection(report: Report): Html {
  const tables = [
    ["Provider", "By provider", report.by.provider],
    ["Policy", "By policy; a resource counts under each that matches it", report.by.policy],
    ["Type", "By resource type", report.by.type],
    ["Account", "By account", report.by.account],
    ["Region", "By region", report.by.region],
  ] as const;
  return html`${tables.map(([heading, caption, rows]) =>
    htmlTable<ReportGroup>({
      caption,
      rows: rows.toSorted((a, b) => b.evaluated.noncompliant - a.evaluated.noncompliant),
      most: MOST_ROWS,
      columns: [
        { heading, cell: ({ name }) => nameText(name) },
        {
          heading: "Compliance",
          cell: ({ compliance }) => percentText(compliance),
          number: ({ compliance }) => compliance ?? -1,
        },
        countColumn("Resources", ({ resources }) => resources),
        ...COMPLIANCES.map((name) => countColumn<ReportGroup>(name, ({ evaluated }) => evaluated[name])),
      ],
    }),
  )}${htmlTable<KeyCounts & { readonly key: string }>({
    caption: "Required keys, the worst first",
    rows: report.keys,
    most: MOST_ROWS,
    columns: [
      { heading: "Key", cell: ({ key }) => nameText(key) },
      countColumn("Missing", ({ missing }) => missing),
      countColumn("Invalid", ({ invalid }) => invalid),
      countColumn("Under another spelling", ({ nearMisses }) => nearMisses),
    ],
  })}`;
}

/** What the policies exempt, and until when. */
export function exemptionsSection(exemptions: readonly ExemptionState[] | undefined): Html {
  if (exemptions === undefined) return html`<p>The policies of this run were not at hand.</p>`;
  const expired = exemptions.filter((exemption) => exemption.expired).length;
  return html`${expired === 0 ? NOTHING : html`<p><strong>${numberText(expired)} expired:</strong> what they exempted is judged again.</p>`}${htmlTable<ExemptionState>(
    {
      caption: "Exemptions of the policies, the first to expire first",
      rows: exemptions.toSorted((a, b) => (a.expires < b.expires ? -1 : 1)),
      most: MOST_ROWS,
      columns: [
        { heading: "Reason", cell: ({ reason }) => nameText(reason, 200) },
        { heading: "Tags", cell: ({ tags }) => (tags === undefined ? "all" : nameText(tags.join(", "), 200)) },
        {
          heading: "Approved by",
          cell: ({ approvedBy }) => (approvedBy === undefined ? "–" : nameText(approvedBy, 80)),
        },
        { heading: "Until", cell: (exemption) => `${exemption.expires}${exemption.expired ? " (expired)" : ""}` },
      ],
    },
  )}`;
}

/** What each listing knew, and what could not be seen. */
export function coverageSection({ coverage, readErrors, notTaggable }: Report): Html {
  const table = htmlTable<readonly [string, SourceCounts]>({
    caption: "Resources by the listing that knew them",
    rows: Object.entries(coverage.byType),
    most: MOST_ROWS,
    columns: [
      { heading: "Listed", cell: ([type]) => nameText(type) },
      countColumn("In the inventory", ([, { inventory }]) => inventory),
      countColumn("In the tag listing", ([, { tagListing }]) => tagListing),
      countColumn("Only in the inventory", ([, { onlyInventory }]) => onlyInventory),
      countColumn("Only in the tag listing", ([, { onlyTagListing }]) => onlyTagListing),
    ],
  });
  return html`${table}${lineList([
    ...coverage.notes,
    ...Object.entries(readErrors).map(([error, n]) => `Tags of ${numberText(n)} resources are unknown: ${error}`),
    ...Object.entries(notTaggable).map(([reason, n]) => `${numberText(n)} resources can't carry tags: ${reason}`),
  ])}`;
}

/** What the run cost. */
export function costSection({ calls, rows, startedAt, finishedAt }: Report): Html {
  const total = Object.values(calls).reduce((sum, n) => sum + n, 0);
  return html`<dl class="tiles">
      <div>
        <dt>Calls</dt>
        <dd>${numberText(total)}</dd>
      </div>
      <div>
        <dt>Tag rows read</dt>
        <dd>${numberText(rows)}</dd>
      </div>
      <div>
        <dt>Time</dt>
        <dd>${durationText(startedAt, finishedAt)}</dd>
      </div>
    </dl>
    ${htmlTable<readonly [string, number]>({
      caption: "API calls by action, failed ones included",
      rows: Object.entries(calls),
      most: MOST_ROWS,
      columns: [{ heading: "Action", cell: ([action]) => nameText(action) }, countColumn("Calls", ([, n]) => n)],
    })}`;
}
