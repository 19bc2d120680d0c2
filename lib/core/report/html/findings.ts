import { clipped } from "../../clip.ts";
import type { InvalidTag } from "../../evaluation.ts";
import { shown } from "../../shown.ts";
import { changesNotes } from "../changes-text.ts";
import { countText, numberText, timeText } from "../figures.ts";
import type { Finding } from "../finding.ts";
import { problemsOf } from "../finding.ts";
import { lackingOf } from "../wrong-text.ts";
import type { Report } from "../report.ts";
import type { OwnerCount, Survey } from "../survey.ts";
import { meter } from "./charts.ts";
import { htmlTable, type HtmlColumn } from "./table.ts";
import { aboutNote, html, NOTHING, nameText, typeText, type Html } from "./text.ts";
import { htmlTiles } from "./tiles.ts";

const PROBLEMS_SHOWN = 5;

/** What changed since the last run. */
export function changesSection({ survey, repairs }: Report, since: string | undefined): Html {
  const changes = survey?.changes;
  const notes = changesNotes(changes, repairs).map((note) => html`<p>${note}</p>`);
  if (changes === undefined) {
    return html`<p>No earlier run is known here. The next one will say what is new, fixed and still open.</p>
      ${notes}`;
  }
  const apart = changes.shards - changes.compared;
  const { exempted = 0, unjudged = 0 } = changes;
  const tiles = [
    { name: "New", figure: numberText(changes.new) },
    { name: "Fixed", figure: numberText(changes.fixed) },
    ...(exempted > 0 ? [{ name: "Exempted", figure: numberText(exempted) }] : []),
    ...(unjudged > 0 ? [{ name: "No longer judged", figure: numberText(unjudged) }] : []),
    { name: "Gone", figure: numberText(changes.gone) },
    { name: "Still open", figure: numberText(changes.open) },
  ];
  return html`<p>
      Findings against those of the run before,
      ${since === undefined ? nameText(changes.since) : timeText(since)}.${apart > 0 ? ` ${numberText(apart)} of ${countText(changes.shards, "shard")} ${apart === 1 ? "is" : "are"} not compared: one of the two runs has not seen all of them.` : ""}
    </p>
    ${htmlTiles(tiles)}${notes}
    ${changes.new === 0 ? html`<p class="none">No finding is new.</p>` : findingsTable("New findings, the worst first", changes.newest, changes.new)}`;
}

/** Who owns the findings, and the worst of them. */
export function worstSection({ worst, findings, owners }: Survey): Html {
  if (findings === 0) return html`<p>There are no findings: nothing that was judged lacks a required tag.</p>`;
  return html`${owners === undefined ? html`<p class="soft">No finding names an owner by an owner or team tag.</p>` : ownersTable(owners, findings)}${findingsTable("Findings, those with the most problems first", worst, findings)}`;
}

function ownersTable(owners: readonly OwnerCount[], findings: number): Html {
  return htmlTable<OwnerCount>({
    caption: "Owners, those of the most findings first",
    rows: owners,
    most: 50,
    narrow: true,
    columns: [
      {
        heading: "Owner",
        cell: ({ owner }) => (owner === "" ? html`<em>no owner named</em>` : nameText(owner, 80)),
      },
      { heading: "Findings", cell: (row) => numberText(row.findings), number: (row) => row.findings },
      {
        heading: "Share",
        cell: (row) => meter(row.findings / findings, "noncompliant"),
        number: (row) => row.findings,
      },
    ],
  });
}

const COLUMNS: readonly HtmlColumn<Finding>[] = [
  {
    heading: "Resource",
    cell: (row) =>
      html`${nameText(row.id, 160)}
        <div class="place">
          ${typeText(row.type)} · ${nameText(row.account, 40)} ·
          ${nameText(row.region, 40)}${row.owner === undefined ? NOTHING : html` · ${nameText(row.owner, 60)}`} · since
          ${sinceText(row)}
        </div>`,
  },
  { heading: "Type", cell: ({ type }) => typeText(type), room: "fold long" },
  { heading: "Account", cell: ({ account }) => nameText(account, 40), room: "fold middle" },
  { heading: "Region", cell: ({ region }) => nameText(region, 40), room: "fold" },
  { heading: "Owner", cell: ({ owner }) => (owner === undefined ? "–" : nameText(owner, 60)), room: "fold" },
  { heading: "Since", cell: sinceText, room: "fold" },
  { heading: "Problems", cell: (row) => numberText(problemsOf(row)), number: problemsOf, room: "fold" },
  { heading: "What is wrong", cell: problemsText, room: "wide" },
];

function findingsTable(caption: string, rows: readonly Finding[], all: number): Html {
  const hidden = all - rows.length;
  return html`${htmlTable<Finding>({ caption, rows, most: 100, filter: true, columns: COLUMNS })}${hidden > 0 ? html`<p class="more">${numberText(hidden)} more in the findings parts, under <a href="#files">Files</a>.</p>` : NOTHING}`;
}

/** The day on which it was first found; a new one may be older than its run, as long as its grace lasts. */
function sinceText({ firstSeen, state }: Finding): Html {
  const day = html`<span class="day">${firstSeen === undefined ? "–" : firstSeen.slice(0, 10)}</span>`;
  return state === "new" ? html`${day} <span class="pill">new</span>` : day;
}

function problemsText(finding: Finding): Html {
  const { compliance, invalid, forbidden = [], nearMisses, code, about = [] } = finding;
  if (compliance === "unknown") {
    return html`its tags could not be read${code === undefined ? NOTHING : html`: ${short(code)}`}`;
  }
  const all = lackingOf(finding);
  const lacking = all.slice(0, PROBLEMS_SHOWN).map((keys) => {
    const near = nearMisses.find((miss) => keys.includes(miss.key));
    const names = joined(keys.slice(0, PROBLEMS_SHOWN).map(short), " or ");
    return near === undefined ? names : html`${names} (has ${shortly(near.found)})`;
  });
  const not = forbidden
    .slice(0, PROBLEMS_SHOWN)
    .map(({ key, reason }) => html`${short(key)} ${nameText(reason, LONGEST_REASON)}`);
  const room = Math.max(0, PROBLEMS_SHOWN - lacking.length - not.length);
  const wrong = [...invalid.slice(0, room).map(invalidHtml), ...not];
  const hidden = all.length + invalid.length + forbidden.length - lacking.length - wrong.length;
  const parts = [...(lacking.length === 0 ? [] : [html`missing ${joined(lacking, ", ")}`]), ...wrong];
  return html`${joined(parts, "; ")}${hidden > 0 ? ` and ${numberText(hidden)} more` : ""}${about.slice(0, PROBLEMS_SHOWN).map(aboutNote)}`;
}

function invalidHtml({ key, value, reason, found }: InvalidTag): Html {
  const whose = found === undefined ? NOTHING : html` (for ${short(key)})`;
  return html`${short(found ?? key)} = ${shortly(value)}${whose}: ${nameText(reason, LONGEST_REASON)}`;
}

function joined(parts: readonly Html[], between: string): Html {
  return html`${parts.map((part, index) => (index === 0 ? part : html`${between}${part}`))}`;
}

const LONGEST = 48;
const LONGEST_REASON = 120;

function short(text: string): Html {
  return nameText(text, LONGEST);
}

/** What somebody has written into a tag, in quotes and with its escapes whole. */
function shortly(text: string): Html {
  return nameText(shown(clipped(text, LONGEST)), Infinity);
}
