import type { About } from "../../evaluation.ts";
import { visible } from "../../shown.ts";
import { clipped } from "../../clip.ts";
import { numberText } from "../figures.ts";

/** Text that is HTML already; whatever else goes into a page is escaped. */
export interface Html {
  readonly html: string;
}

/** What `html` takes between its texts: plain values are escaped, lists joined. */
export type HtmlValue = Html | string | number | readonly Html[];

/** HTML from a template: its own texts are markup, its values are not. */
export function html(texts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return { html: texts.map((text, index) => text + markup(values[index] ?? "")).join("") };
}

export const NOTHING: Html = { html: "" };

function markup(value: HtmlValue): string {
  if (typeof value === "string") return escaped(value);
  if (typeof value === "number") return String(value);
  return "html" in value ? value.html : value.map((part) => part.html).join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Fit for an element's text and for a quoted attribute. What HTML can't hold is shown as U+FFFD. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Noncharacter_Code_Point}]/gu, (mark) => (/[\t\n\r]/u.test(mark) ? " " : "\u{FFFD}"))
    .replaceAll(/[&<>"']/gu, (mark) => ENTITIES[mark] ?? mark);
}

/**
 * A name that users or clouds have given: of limited length, with what can't be seen escaped, and its writing direction
 * can't change what follows.
 */
export function nameText(name: string, most = 120): Html {
  return html`<bdi>${clipped(visible(clipped(name, most)), most)}</bdi>`;
}

/** What the policy file says of a policy or key, in a line of its own; its address is a link. */
export function aboutNote({ description, url }: Pick<About, "description" | "url">): Html {
  if (description === undefined && url === undefined) return NOTHING;
  const link = url === undefined ? NOTHING : html` <a href="${linkTo(url)}" rel="noreferrer">${nameText(url, 80)}</a>`;
  return html`<div class="note">${description === undefined ? NOTHING : nameText(description, 500)}${link}</div>`;
}

/** A page that is read from files may come from anywhere: what is no address of a page leads nowhere. */
const linkTo = (url: string): string => (/^https?:\/\//i.test(url) ? url : "#");

/** A resource type, which may be broken between its provider, service and kind. */
export function typeText(type: string): Html {
  const [, provider = "", service = "", kind = ""] =
    /^([^:]*:?)([^:]*:?)([^]*)$/u.exec(clipped(visible(clipped(type, 80)), 80)) ?? [];
  return html`<bdi>${provider}<wbr />${service}<wbr />${kind}</bdi>`;
}

const MOST_LINES = 50;

/** Sentences that hold names, as a list; the rest is in report.json. */
export function lineList(lines: readonly string[], most = MOST_LINES): Html {
  if (lines.length === 0) return NOTHING;
  const hidden = lines.length - most;
  return html`<ul class="plain">
    ${lines.slice(0, most).map((line) => html`<li>${nameText(line, 300)}</li>`)}${hidden > 0 ? html`<li>${numberText(hidden)} more in report.json</li>` : NOTHING}
  </ul>`;
}
