import type { ResourceRef } from "../resource.ts";
import { plain } from "../clip.ts";
import { visible } from "../shown.ts";
import { CHANGES, type Digest, type DigestEntry } from "./digest.ts";
import type { Change } from "./lifecycle.ts";

const HEADINGS: Readonly<Record<Change, string>> = {
  escalated: "More severe than before",
  opened: "New",
  repeated: "Still open",
  resolved: "Resolved",
};

const TITLE_LENGTH = 200;
const TEXT_LENGTH = 500;
const ID_LENGTH = 160;
const OWNER_LENGTH = 60;

/** `3 new, 1 still open, 2 resolved`. */
export function countsText({ counts }: Digest): string {
  return CHANGES.filter((change) => counts[change] > 0)
    .map((change) => `${counts[change]} ${HEADINGS[change].toLowerCase()}`)
    .join(", ");
}

/** The one line that stands above everything. */
export function headline(digest: Digest): string {
  const whose = digest.owner === undefined ? "" : ` for ${plain(visible(digest.owner), OWNER_LENGTH)}`;
  return `tagwarden alerts${whose}: ${countsText(digest)}`;
}

/** A change and its entries, as far as they are named. */
export interface Section {
  /** e.g. `New (3)`. */
  readonly heading: string;
  readonly entries: readonly EntryText[];
}

/** Text of one alert: plain, on one line each, of limited length, and not escaped for any channel yet. */
export interface EntryText {
  readonly title: string;
  readonly text: string;
  /** The resources, where the title doesn't name the only one. */
  readonly resources: readonly string[];
}

export function sections(digest: Digest): Section[] {
  return CHANGES.filter((change) => digest.counts[change] > 0).map((change) => ({
    heading: `${HEADINGS[change]} (${digest.counts[change]})`,
    entries: digest.entries.filter((entry) => entry.change === change).map(entryText),
  }));
}

function entryText({ change, why = "", alert, resources: all }: DigestEntry): EntryText {
  const { severity, title, text, unjudged, resources, kind, owner } = alert;
  const whose = owner === undefined ? "" : ` (owner: ${plain(visible(owner), OWNER_LENGTH)})`;
  const isOver = change === "resolved";
  const [only] = resources;
  const place = kind === "new-finding" && only !== undefined ? ` In account ${only.account}, ${only.region}.` : "";
  return {
    title: `${severity.toUpperCase()}: ${plain(title, TITLE_LENGTH)}${whose}`,
    text: isOver ? why : plain(`${unjudged === undefined ? "" : `${unjudged} `}${text}${place}`, TEXT_LENGTH),
    resources: isOver || kind === "new-finding" ? [] : resourceLines(resources, all),
  };
}

function resourceLines(resources: readonly ResourceRef[], all: number): string[] {
  const lines = resources.map(({ type, account, region, id }) =>
    plain(`${type} ${plain(visible(id), ID_LENGTH)} (${account}, ${region})`, 2 * ID_LENGTH),
  );
  const more = all - lines.length;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}

/** What stands at the end where entries are left out. */
export function restText(left: number): string {
  return `and ${left} more: see the report`;
}

/** As much as fits: entries of all sections in their order, until `most` is spent; and how many are left out. */
export function fitted<Part>(
  digest: Digest,
  budget: { readonly most: number; readonly entries: number },
  render: (entry: EntryText) => { readonly part: Part; readonly size: number },
): {
  readonly sections: readonly { readonly heading: string; readonly parts: readonly Part[] }[];
  readonly left: number;
} {
  let spent = 0;
  let named = 0;
  let isFull = false;
  const shown: { heading: string; parts: Part[] }[] = [];
  for (const { heading, entries } of sections(digest)) {
    const parts: Part[] = [];
    for (const entry of entries) {
      const { part, size } = render(entry);
      isFull ||= spent + size > budget.most || named >= budget.entries;
      if (isFull) break;
      parts.push(part);
      spent += size;
      named += 1;
    }
    shown.push({ heading, parts });
  }
  const all = CHANGES.reduce((sum, change) => sum + digest.counts[change], 0);
  return { sections: shown, left: all - named };
}
