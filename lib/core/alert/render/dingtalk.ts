import { clipped } from "../../clip.ts";
import type { Digest } from "../digest.ts";
import { fitted, headline, restText, type EntryText } from "../digest-text.ts";

/** A robot takes 20,000 bytes a message: https://open.dingtalk.com/document/orgapp/custom-robot-access */
const TEXT_BYTES = 16_000;
const ENTRIES = 40;
const TITLE_LENGTH = 100;

/** The body for a group robot. It mentions nobody, whatever a resource is called. */
export function dingtalkBody(digest: Digest): string {
  const { sections, left } = fitted(digest, { most: TEXT_BYTES, entries: ENTRIES }, (entry) => {
    const part = entryMarkdown(entry);
    return { part, size: new TextEncoder().encode(JSON.stringify(part)).length };
  });
  const title = defused(clipped(headline(digest), TITLE_LENGTH));
  const text = [
    `### ${title}`,
    ...sections.flatMap(({ heading, parts }) => [`#### ${heading}`, ...parts]),
    ...(left > 0 ? [restText(left)] : []),
    ...(digest.reportUrl === undefined ? [] : [`[Report](${escapedLink(digest.reportUrl)})`]),
  ].join("\n\n");
  return JSON.stringify({
    msgtype: "markdown",
    markdown: { title, text },
    at: { atMobiles: [], atUserIds: [], isAtAll: false },
  });
}

function entryMarkdown({ title, text, resources }: EntryText): string {
  const lines = [
    `**${defused(title)}**`,
    ...(text === "" ? [] : [defused(text)]),
    ...resources.map((one) => `- ${defused(one)}`),
  ];
  return lines.join("\n\n");
}

const LOOKALIKES: ReadonlyMap<string, string> = new Map([
  ["@", "＠"],
  ["[", "［"],
  ["]", "］"],
  ["<", "＜"],
  [">", "＞"],
  ["*", "＊"],
  ["`", "｀"],
  ["#", "＃"],
  ["\\", "＼"],
  ["&", "＆"],
]);

/**
 * DingTalk documents no way to escape its Markdown, so the characters that could mention somebody, make a link or
 * load a picture are replaced by their wide forms.
 */
function defused(text: string): string {
  return text.replaceAll(/[@[\]<>*`#\\&]/gu, (mark) => LOOKALIKES.get(mark) ?? "");
}

function escapedLink(url: string): string {
  return new URL(url).href.replaceAll("(", "%28").replaceAll(")", "%29");
}
