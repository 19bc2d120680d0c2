import { clipped } from "../../clip.ts";
import type { Digest } from "../digest.ts";
import { fitted, headline, restText, type EntryText } from "../digest-text.ts";

/** https://docs.slack.dev/reference/block-kit/blocks: 50 blocks, 150 characters a header, 3,000 a text. */
const HEADER_LENGTH = 150;
const TEXT_LENGTH = 3_000;
/** Two for the header and the end, one for each of four headings. */
const ENTRIES = 44;
/** Slack refuses messages with `msg_blocks_too_long` from about 13,200 characters on, which no page documents. */
const ALL_TEXT = 10_000;

/**
 * The body for an incoming webhook. Foreign text is escaped as Slack asks, and `verbatim` keeps it from finding
 * channels, people and links in it. https://docs.slack.dev/messaging/formatting-message-text
 */
export function slackBody(digest: Digest): string {
  const { sections, left } = fitted(digest, { most: ALL_TEXT, entries: ENTRIES }, (entry) => {
    const part = entryMarkup(entry);
    return { part, size: part.length };
  });
  const end = [
    ...(left > 0 ? [restText(left)] : []),
    ...(digest.reportUrl === undefined ? [] : [`<${escapedLink(digest.reportUrl)}|Report>`]),
  ].join(" · ");
  const title = headline(digest);
  return JSON.stringify({
    // What notifications show; the blocks take its place in the channel.
    text: escaped(title),
    link_names: false,
    blocks: [
      { type: "header", text: { type: "plain_text", text: clipped(title, HEADER_LENGTH), emoji: false } },
      ...sections.flatMap(({ heading, parts }) => [markup(`*${heading}*`), ...parts.map(markup)]),
      ...(end === "" ? [] : [{ type: "context", elements: [{ type: "mrkdwn", text: end, verbatim: true }] }]),
    ],
  });
}

function markup(text: string) {
  return { type: "section", text: { type: "mrkdwn", text, verbatim: true } };
}

function entryMarkup({ title, text, resources }: EntryText): string {
  const lines = [title, ...(text === "" ? [] : [text]), ...resources.map((one) => `• ${one}`)];
  let all = "";
  for (const line of lines) {
    const more = `${all === "" ? "" : "\n"}${escaped(line)}`;
    if (all.length + more.length > TEXT_LENGTH) break;
    all += more;
  }
  return all;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** A link ends at `|` and `>`. */
function escapedLink(url: string): string {
  return escaped(new URL(url).href.replaceAll("|", "%7C"));
}
