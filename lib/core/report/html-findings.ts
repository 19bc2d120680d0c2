import { numberText } from "./figures.ts";
import type { Finding } from "./finding.ts";
import { problemsOf } from "./finding.ts";
import { htmlTable } from "./html-table.ts";
import { html, NOTHING, nameText, shortened, type Html } from "./html-text.ts";
import type { Changes, Survey } from "./survey.ts";

const PROBLEMS_SHOWN = 5;

/** What changed since the last run. */
export function changesSection(changes: Changes | undefined): Html {
  if (changes === undefined) {
    return html`<p>No earlier run is known here: the next one will say what is new, fixed and still open.</p>`;
  }
  const apart = changes.shards - changes.compared;
  return html`<dl class="tiles">
      <div>
        <dt>New</dt>
        <dd>${numberText(changes.new)}</dd>
      </div>
      <div>
        <dt>Fixed or gone</dt>
        <dd>${numberText(changes.fixed)}</dd>
      </div>
      <div>
        <dt>Still open</dt>
        <dd>${numberText(changes.open)}</dd>
      </div>
    </dl>
    <p class="soft">
      Since run
      ${nameText(changes.since)}.${apart > 0 ? ` ${numberText(apart)} of ${numberText(changes.shards)} shards are not in this comparison: one of the two runs has not seen them whole.` : ""}
    </p>
    ${changes.new === 0 ? NOTHING : findingsTable("New findings, the worst first", changes.newest, changes.new)}`;
}

/** The worst findings and who owns them. */
export function worstSection({ worst, findings, owners }: Survey): Html {
  const byOwner =
    owners === undefined
      ? NOTHING
      : htmlTable({
          caption: "Owners of the most findings, by the owner or team tag",
          rows: owners,
          most: 50,
          columns: [
            { heading: "Owner", cell: ({ owner }) => (owner === "" ? html`<em>names none</em>` : nameText(owner, 80)) },
            { heading: "Findings", cell: (row) => numberText(row.findings), number: (row) => row.findings },
          ],
        });
  return html`${findingsTable("Findings with the most problems first", worst, findings)}${byOwner}`;
}

function findingsTable(caption: string, rows: readonly Finding[], all: number): Html {
  const hidden = all - rows.length;
  const table = htmlTable<Finding>({
    caption,
    rows,
    most: 100,
    filter: true,
    columns: [
      { heading: "Resource", cell: ({ id }) => nameText(id, 160) },
      { heading: "Type", cell: ({ type }) => nameText(type, 80) },
      { heading: "Account", cell: ({ account }) => nameText(account, 40) },
      { heading: "Region", cell: ({ region }) => nameText(region, 40) },
      { heading: "Owner", cell: ({ owner }) => (owner === undefined ? "–" : nameText(owner, 60)) },
      { heading: "Problems", cell: (row) => numberText(problemsOf(row)), number: problemsOf },
      { heading: "What is wrong", cell: problemsText },
    ],
  });
  return html`${table}${hidden > 0 ? html`<p class="more">${numberText(hidden)} more in the findings parts, under <a href="#files">Files</a>.</p>` : NOTHING}`;
}

function problemsText(finding: Finding): Html {
  const { missing, invalid, nearMisses } = finding;
  if (finding.compliance === "unknown") return html`its tags could not be read`;
  const problems = [
    ...missing.map((key) => {
      const near = nearMisses.find((miss) => miss.key === key);
      return near === undefined ? `${short(key)} missing` : `${short(key)} missing, has ${short(near.found)}`;
    }),
    ...invalid.map(({ key, value, reason }) => `${short(key)}=${short(value)} ${short(reason)}`),
  ];
  const hidden = problems.length - PROBLEMS_SHOWN;
  return html`<bdi>${problems.slice(0, PROBLEMS_SHOWN).join("; ")}${hidden > 0 ? ` and ${hidden} more` : ""}</bdi>`;
}

function short(text: string): string {
  return shortened(text, 48);
}
