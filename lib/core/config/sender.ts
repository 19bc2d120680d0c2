import { providerOf, type ProviderName, type ResourceRef } from "../resource.ts";
import type { Config, IngestConfig } from "./config.ts";

/** A webhook's sender, as the configuration calls it. */
export type WebhookSender = Exclude<keyof IngestConfig, "url">;

/** Who put a message on the enforce queue, where it says so. Only we can: nobody's event may. */
export type Sender = WebhookSender | "audit";

const FORWARDED = "forward:";

/** The sender of what an operator sends on from the dead letters of another AWS account, for which its admins may write. */
export function forwardedFrom(account: string): string {
  return `${FORWARDED}${account}`;
}

/** The attribute of a message that holds its sender. */
export const SENDER = "sender";

/** What stands there on messages that audits send. */
export const AUDIT: Sender = "audit";

/** The cloud that a sender tells of; own programs may tell of any. */
const CLOUDS: Readonly<Record<WebhookSender, ProviderName | undefined>> = {
  alibabaEventBridge: "alibaba",
  huaweiSmn: "huawei",
  huaweiEventGrid: "huawei",
  signedEvents: undefined,
};

/** Somebody whose word is taken for some resources. */
interface Speaker {
  /** Where people look for what it may tell of. */
  readonly name: string;
  /** Absent: of any. */
  readonly cloud?: ProviderName | undefined;
  /** Absent: of all. */
  readonly accounts?: readonly string[] | undefined;
}

/**
 * Why a sender may not speak for these resources; undefined where it may. A webhook's sender speaks for all accounts of
 * its cloud, or for those of them that its `accounts` name; an AWS account's rules speak for that account, and an audit
 * for whatever it found. Who isn't in the configuration any more speaks for nothing.
 */
export function whyNotFor(
  sender: string,
  resources: readonly ResourceRef[],
  { ingest = {} }: Pick<Config, "ingest">,
): string | undefined {
  if (sender === AUDIT) return undefined;
  const speaker = speakerOf(sender, ingest);
  if (speaker === undefined) return `The configuration has no ingest.${sender}.`;
  const { name, cloud, accounts } = speaker;
  for (const { type, account } of resources) {
    if (cloud !== undefined && providerOf(type) !== cloud)
      return `${name} may tell of ${cloud} alone, and tells of ${type}.`;
    if (accounts?.includes(account) === false) {
      return `${name} doesn't name account ${account}, of whose ${type} it tells.`;
    }
  }
  return undefined;
}

function speakerOf(sender: string, ingest: IngestConfig): Speaker | undefined {
  const name = nameOfSender(sender);
  if (sender.startsWith(FORWARDED)) return { name, cloud: "aws", accounts: [sender.slice(FORWARDED.length)] };
  const settings = isWebhook(sender) ? ingest[sender] : undefined;
  return isWebhook(sender) && settings !== undefined
    ? { name, cloud: CLOUDS[sender], accounts: settings.accounts }
    : undefined;
}

/** How people know a sender: as its place in the configuration, or as it is. */
export function nameOfSender(sender: string): string {
  return isWebhook(sender) ? `ingest.${sender}` : sender;
}

function isWebhook(sender: string): sender is WebhookSender {
  return Object.hasOwn(CLOUDS, sender);
}

export function cloudOf(sender: WebhookSender): ProviderName | undefined {
  return CLOUDS[sender];
}

export const WEBHOOK_SENDERS = Object.keys(CLOUDS).filter(isWebhook);
