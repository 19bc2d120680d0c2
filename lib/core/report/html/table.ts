import { numberText } from "../figures.ts";
import { html, NOTHING, type Html } from "./text.ts";

/** One column: its heading, what it shows of a row, and for numbers the value to sort by. */
export interface HtmlColumn<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => Html | string;
  readonly number?: (row: Row) => number;
  /** `fold`: on a narrow page another column says the same; with `middle` or `long` names. `wide`: it holds sentences. */
  readonly room?: "fold" | "fold middle" | "fold long" | "wide";
}

export interface HtmlTable<Row> {
  readonly caption: string;
  readonly columns: readonly HtmlColumn<Row>[];
  readonly rows: readonly Row[];
  /** Rows that are shown; the rest is counted under the table. */
  readonly most: number;
  /** Where the rest of the rows is found. */
  readonly rest?: string;
  /** Adds a field that filters the rows, for readers with scripts. */
  readonly filter?: boolean;
  /** Its figures are few: they stand close to what they count. */
  readonly narrow?: boolean;
}

/** A table with a caption and scoped headings, in a box that scrolls by keyboard too. */
export function htmlTable<Row>(table: HtmlTable<Row>): Html {
  const { caption, columns, rows, most, rest = "report.json", filter = false, narrow = false } = table;
  if (rows.length === 0) return html`<p class="none">${caption}: none.</p>`;
  const hidden = rows.length - most;
  return html`<div class="${narrow ? "scroll narrow" : "scroll"}" tabindex="0" role="region" aria-label="${caption}">
      <table data-sort${filter ? html` data-filter` : NOTHING}>
        <caption>
          ${caption}
        </caption>
        <thead>
          <tr>
            ${columns.map((column) => html`<th scope="col" ${classOf(column)}>${column.heading}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.slice(0, most).map(
            (row) =>
              html`<tr>
                ${columns.map((column, index) => htmlCell(column, row, index))}
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
    ${hidden > 0 ? html`<p class="more">${numberText(hidden)} more in ${rest}.</p>` : NOTHING}`;
}

function htmlCell<Row>(column: HtmlColumn<Row>, row: Row, index: number): Html {
  const { cell, number } = column;
  if (index === 0) return html`<th scope="row">${cell(row)}</th>`;
  const value = number === undefined ? NOTHING : html` data-value="${number(row)}"`;
  return html`<td${classOf(column)}${value}>${cell(row)}</td>`;
}

function classOf<Row>({ number, room }: HtmlColumn<Row>): Html {
  const classes = [...(number === undefined ? [] : ["n"]), ...(room === undefined ? [] : [room])];
  return classes.length === 0 ? NOTHING : html` class="${classes.join(" ")}"`;
}

/** A column of counts. */
export function countColumn<Row>(heading: string, number: (row: Row) => number): HtmlColumn<Row> {
  return { heading, cell: (row) => numberText(number(row)), number };
}
