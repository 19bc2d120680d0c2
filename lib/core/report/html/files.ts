import { countText, numberText } from "../figures.ts";
import { html, NOTHING, type Html } from "./text.ts";

/** Links to parts: a page stays under 2 MB whatever was found. */
const MOST_PARTS = 300;
/** More of them wait until they are asked for. */
const PARTS_OPEN = 8;

/** Where the rest of the report is. */
export function filesSection(parts: readonly string[]): Html {
  const links = parts.slice(0, MOST_PARTS).map((part) => html`<li><a href="${addressOf(part)}">${part}</a></li>`);
  const hidden = parts.length - links.length;
  const list = html`<ul class="plain">
      ${links}
    </ul>
    ${hidden > 0 ? html`<p class="more">${numberText(hidden)} more beside them.</p>` : NOTHING}`;
  return html`<p>
      <a href="report.json">report.json</a> holds all figures for programs, <a href="report.md">report.md</a> the
      summary for a chat. All findings, as gzip NDJSON:${parts.length === 0 ? " there are none." : ""}
    </p>
    ${
      parts.length <= PARTS_OPEN
        ? list
        : html`<details>
            <summary>${countText(parts.length, "part")}</summary>
            ${list}
          </details>`
    }`;
}

function addressOf(part: string): string {
  return part
    .split("/")
    .map((step) => encodeURIComponent(step.toWellFormed()))
    .join("/");
}
