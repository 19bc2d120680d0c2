import type { ChannelType } from "../../lib/core/alert/settings.ts";

/** The parts of our own bodies that people see. */
interface Body {
  readonly blocks?: readonly { readonly text?: Text; readonly elements?: readonly Text[] }[];
  readonly markdown?: { readonly text: string };
  readonly card?: {
    readonly header: { readonly title: { readonly content: string } };
    readonly elements: readonly CardElement[];
  };
  readonly Subject?: string;
  readonly Message?: string;
}

interface Text {
  readonly text: string;
}

interface CardElement {
  readonly text?: { readonly content: string };
  readonly actions?: readonly { readonly url: string }[];
}

/** A line for whoever tells people of a run whose findings can't all be read. */
export function damageText(reason: string): string {
  return `tagwarden: ${reason}; nobody is told what is new there, and nothing there counts as fixed`;
}

/** What people see of a message body of ours, as text. */
export function shownText(type: ChannelType, body: string): string {
  const message = JSON.parse(body) as Body;
  switch (type) {
    case "slack":
      return (message.blocks ?? [])
        .flatMap(({ text, elements = [] }) => (text === undefined ? elements : [text]))
        .map(({ text }) => unescaped(text))
        .join("\n");
    case "dingtalk":
      return message.markdown?.text ?? "";
    case "feishu":
      return cardText(message.card);
    case "sns":
      return `Subject: ${message.Subject ?? ""}\n\n${message.Message ?? ""}`;
    case "webhook":
      return JSON.stringify(message, undefined, 2);
  }
}

function cardText(card: Body["card"]): string {
  const lines = (card?.elements ?? []).map(
    ({ text, actions = [] }) => text?.content ?? actions.map(({ url }) => url).join(" "),
  );
  return [card?.header.title.content ?? "", ...lines].join("\n");
}

function unescaped(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
