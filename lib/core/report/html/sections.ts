import type { Compliance } from "../../evaluation.ts";
import type { ExemptionState } from "../../policy/exemption.ts";
import { coverageState } from "../coverage-state.ts";
import {
  COMPLIANCE_WORDS,
  countText,
  durationText,
  inventoryAgeTexts,
  numberText,
  timeText,
  unseenText,
} from "../figures.ts";
import type { Report, ReportGroup } from "../report.ts";
import type { CoverageState, SourceCounts } from "../summary.ts";
import { meter } from "./charts.ts";
import { countColumn, htmlTable } from "./table.ts";
import { aboutNote, html, lineList, NOTHING, nameText, typeText, type Html } from "./text.ts";
import { htmlTiles } from "./tiles.ts";

/** Rows of a table; the rest is in report.json. */
const MOST_ROWS = 50;

/** Compliance by what resources can be grouped by, and the keys that are missing most. */
export function breakdownSection(report: Report): Html {
  const tables = [
    ["Provider", "By provider", report.by.provider],
    ["Policy", "By policy (each that matches, as it finds the resource)", report.by.policy],
    ["Type", "By resource type", report.by.type],
    ["Account", "By account", report.by.account],
    ["Region", "By region", report.by.region],
  ] as const;
  return html`<p>Those with the most noncompliant resources first.</p>
    ${tables.map(([heading, caption, rows]) =>
      htmlTable<ReportGroup>({
        caption,
        rows: rows.toSorted((a, b) => b.evaluated.noncompliant - a.evaluated.noncompliant),
        most: MOST_ROWS,
        columns: [
          {
            heading,
            cell: ({ name, note, ...said }) =>
              html`${heading === "Type" ? typeText(name) : nameText(name)}${aboutNote(said)}${note === undefined ? NOTHING : html`<div class="note">${nameText(note, 300)}</div>`}`,
          },
          {
            heading: "Compliance",
            cell: ({ compliance }) => meter(compliance, "compliant"),
            number: ({ compliance }) => compliance ?? -1,
          },
          ...COLUMN_ORDER.map((name) => countColumn<ReportGroup>(headingOf(name), ({ evaluated }) => evaluated[name])),
          countColumn("Resources", ({ resources }) => resources),
        ],
      }),
    )}${htmlTable<Report["keys"][number]>({
      caption: "Required keys, the worst first",
      rows: report.keys,
      most: MOST_ROWS,
      narrow: true,
      columns: [
        { heading: "Key", cell: ({ key, ...said }) => html`${nameText(key)}${aboutNote(said)}` },
        countColumn("Missing", ({ missing }) => missing),
        countColumn("Invalid", ({ invalid }) => invalid),
        countColumn("Under another spelling", ({ nearMisses }) => nearMisses),
      ],
    })}${forbiddenTable(report)}`;
}

function forbiddenTable({ forbidden = [] }: Report): Html {
  if (forbidden.length === 0) return NOTHING;
  return htmlTable<NonNullable<Report["forbidden"]>[number]>({
    caption: "Forbidden keys, those on the most resources first",
    rows: forbidden,
    most: MOST_ROWS,
    narrow: true,
    columns: [
      { heading: "Key", cell: ({ key }) => nameText(key) },
      countColumn("Resources", ({ resources }) => resources),
    ],
  });
}

/** What a reader looks for first. */
const COLUMN_ORDER: readonly Compliance[] = ["noncompliant", "compliant", "exempt", "not-applicable", "unknown"];

function headingOf(compliance: Compliance): string {
  const words = COMPLIANCE_WORDS[compliance];
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** What the policies exempt, and until when. */
export function exemptionsSection({ exemptions, evaluated }: Report): Html {
  const count = `${countText(evaluated.exempt, "resource")} ${evaluated.exempt === 1 ? "is" : "are"} exempt from every tag that ${evaluated.exempt === 1 ? "it lacks" : "they lack"}.`;
  if (exemptions === undefined) return html`<p>${count} The policies of this run were not available.</p>`;
  const expired = exemptions.filter((exemption) => exemption.expired).length;
  const ended = html` <strong>${countText(expired, "exemption")} expired:</strong> what ${expired === 1 ? "it" : "they"}
    exempted is judged again.`;
  return html`<p>${count}${expired === 0 ? NOTHING : ended}</p>
    ${htmlTable<ExemptionState>({
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
        {
          heading: "Until (UTC)",
          cell: (exemption) =>
            html`<span class="day">${exemption.expires}</span
              >${exemption.expired ? html` <span class="pill bad">expired</span>` : NOTHING}`,
        },
        {
          heading: "Covers",
          cell: ({ resources }) => (resources === undefined ? "–" : numberText(resources)),
          number: ({ resources }) => resources ?? -1,
        },
      ],
    })}`;
}

const COVERAGE_SENTENCES: Readonly<Record<CoverageState, string>> = {
  complete: "Every part of the run was listed to its end.",
  "partly-seen": "Every part of the run was listed to its end, and there may be resources that no listing shows.",
  incomplete: "Not every part of the run was listed to its end.",
};

/** What each listing knew, and what could not be seen. */
export function coverageSection({ coverage, readErrors, notTaggable, gaps }: Report): Html {
  const unseen = unseenText(coverage);
  const table = htmlTable<readonly [string, SourceCounts]>({
    caption: "Resources by the source that knew them",
    rows: Object.entries(coverage.byType),
    most: MOST_ROWS,
    columns: [
      { heading: "Listed", cell: ([type]) => typeText(type) },
      countColumn("In the inventory", ([, { inventory }]) => inventory),
      countColumn("In the tag listing", ([, { tagListing }]) => tagListing),
      countColumn("Told of by events", ([, { events }]) => events),
      countColumn("Only in the inventory", ([, { onlyInventory }]) => onlyInventory),
      countColumn("Only in the tag listing", ([, { onlyTagListing }]) => onlyTagListing),
      countColumn("Only told of by events", ([, { onlyEvents }]) => onlyEvents),
    ],
  });
  return html`<p>
      ${COVERAGE_SENTENCES[coverageState({ gaps, coverage })]}${gaps.length === 0 ? NOTHING : html` <strong>${countText(gaps.length, "part")} missing:</strong> the list stands at the top of this page.`}
    </p>
    ${lineList([
      ...(unseen === undefined ? [] : [unseen]),
      ...inventoryAgeTexts(coverage),
      ...coverage.notes,
      ...Object.entries(readErrors).map(([error, n]) => `Tags of ${countText(n, "resource")} are unknown: ${error}`),
      ...Object.entries(notTaggable).map(([reason, n]) => `${countText(n, "resource")} can't carry tags: ${reason}`),
      ...Object.entries(coverage.gone).map(
        ([type, n]) => `${countText(n, "resource")} of ${type} gone between listing and reading`,
      ),
    ])}
    ${table}`;
}

/** What the run cost. */
export function costSection({ calls, rows, startedAt, finishedAt }: Report): Html {
  const total = Object.values(calls).reduce((sum, n) => sum + n, 0);
  const tiles = [
    { name: "API calls", figure: numberText(total) },
    { name: "Tag rows read", figure: numberText(rows) },
    { name: "Time", figure: durationText(startedAt, finishedAt), note: `from ${timeText(startedAt)}` },
  ];
  return html`${htmlTiles(tiles)}
  ${htmlTable<readonly [string, number]>({
    caption: "API calls by action, failed ones included",
    rows: Object.entries(calls),
    most: MOST_ROWS,
    narrow: true,
    columns: [{ heading: "Action", cell: ([action]) => nameText(action) }, countColumn("Calls", ([, n]) => n)],
  })}`;
}
