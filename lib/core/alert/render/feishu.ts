import { compareSeverity } from "../alert.ts";
import { clipped } from "../../clip.ts";
import type { Digest } from "../digest.ts";
import { fitted, headline, restText, type EntryText } from "../digest-text.ts";

/** A custom bot takes 20 KB a request: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot */
const TEXT_BYTES = 14_000;
const ENTRIES = 40;
const TITLE_LENGTH = 100;

/**
 * A card for a custom bot, as JSON without the signature. All of its text is `plain_text`, in which Feishu looks for no
 * mention and no markup.
 */
export function feishuCard(digest: Digest): Readonly<Record<string, unknown>> {
  const { sections, left } = fitted(digest, { most: TEXT_BYTES, entries: ENTRIES }, (entry) => {
    const part = div(entryLines(entry));
    return { part, size: new TextEncoder().encode(JSON.stringify(part)).length };
  });
  return {
    msg_type: "interactive",
    card: {
      config: { wide_screen_mode: true },
      header: { template: colour(digest), title: plainText(clipped(headline(digest), TITLE_LENGTH)) },
      elements: [
        ...sections.flatMap(({ heading, parts }) => [{ tag: "hr" }, div(heading), ...parts]),
        ...(left > 0 ? [div(restText(left))] : []),
        ...(digest.reportUrl === undefined ? [] : [reportButton(digest.reportUrl)]),
      ],
    },
  };
}

function plainText(content: string) {
  return { tag: "plain_text", content };
}

function div(content: string) {
  return { tag: "div", text: plainText(content) };
}

function reportButton(url: string) {
  const button = { tag: "button", type: "default", text: plainText("Report"), url: new URL(url).href };
  return { tag: "action", actions: [button] };
}

function entryLines({ title, text, resources }: EntryText): string {
  return [title, ...(text === "" ? [] : [text]), ...resources.map((one) => `• ${one}`)].join("\n");
}

function colour({ entries }: Digest): string {
  const open = entries.filter(({ change }) => change !== "resolved");
  if (open.length === 0) return "green";
  return open.some(({ alert }) => compareSeverity(alert.severity, "high") >= 0) ? "red" : "orange";
}
