import type { Digest } from "../digest.ts";
import { countsText, fitted, headline, restText, type EntryText } from "../digest-text.ts";

/** SNS takes 262,144 bytes a message, and mail that long is read by nobody. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const TEXT_LENGTH = 30_000;
const ENTRIES = 60;

export interface Mail {
  /** ASCII without line breaks, at most 100 characters, as SNS wants it; so no foreign text is in it. */
  readonly subject: string;
  readonly text: string;
}

/** What e-mail subscribers of a topic read. */
export function mailOf(digest: Digest): Mail {
  const { sections, left } = fitted(digest, { most: TEXT_LENGTH, entries: ENTRIES }, (entry) => {
    const part = entryLines(entry);
    return { part, size: part.length };
  });
  const text = [
    headline(digest),
    ...sections.flatMap(({ heading, parts }) => [heading, ...parts]),
    ...(left > 0 ? [restText(left)] : []),
    ...(digest.reportUrl === undefined ? [] : [`Report: ${digest.reportUrl}`]),
  ].join("\n\n");
  return { subject: `tagwarden alerts: ${countsText(digest)}`, text: `${text}\n` };
}

function entryLines({ title, text, resources }: EntryText): string {
  return [title, ...(text === "" ? [] : [`  ${text}`]), ...resources.map((one) => `  - ${one}`)].join("\n");
}
