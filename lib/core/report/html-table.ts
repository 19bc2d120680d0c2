import { numberText } from "./figures.ts";
import { html, NOTHING, type Html } from "./html-text.ts";

/** One column: its heading, what it shows of a row, and for numbers the value to sort by. */
export interface HtmlColumn<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => Html | string;
  readonly number?: (row: Row) => number;
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
}

/** A table with a caption and scoped headings, in a box that scrolls sideways by keyboard too. */
export function htmlTable<Row>({ caption, columns, rows, most, rest = "report.json", filter }: HtmlTable<Row>): Html {
  if (rows.length === 0) return html`<p class="none">${caption}: none.</p>`;
  const hidden = rows.length - most;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
      <table data-sort${filter === true ? html` data-filter` : NOTHING}>
        <caption>
          ${caption}
        </caption>
        <thead>
          <tr>
            ${columns.map(
              ({ heading, number }) =>
                html`<th scope="col" ${number === undefined ? NOTHING : html` class="n"`}>${heading}</th>`,
            )}
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

function htmlCell<Row>({ cell, number }: HtmlColumn<Row>, row: Row, index: number): Html {
  if (index === 0) return html`<th scope="row">${cell(row)}</th>`;
  return number === undefined
    ? html`<td>${cell(row)}</td>`
    : html`<td class="n" data-value="${number(row)}">${cell(row)}</td>`;
}

/** A column of counts. */
export function countColumn<Row>(heading: string, number: (row: Row) => number): HtmlColumn<Row> {
  return { heading, cell: (row) => numberText(number(row)), number };
}
