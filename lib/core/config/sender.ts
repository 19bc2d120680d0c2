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
  if (sender.startsWith(FORWARDED)) return whyNotForwarded(sender.slice(FORWARDED.length), resources);
  const settings = isWebhook(sender) ? ingest[sender] : undefined;
  if (!isWebhook(sender) || settings === undefined) return `The configuration has no ingest.${sender}.`;
  const cloud = CLOUDS[sender];
  for (const { type, account } of resources) {
    const provider = providerOf(type);
    if (cloud !== undefined && provider !== cloud)
      return `ingest.${sender} may tell of ${cloud} alone, and tells of ${type}.`;
    if (settings.accounts?.includes(account) === false) {
      return `ingest.${sender}.accounts doesn't name account ${account}, of whose ${type} it tells.`;
    }
  }
  return undefined;
}

/** How people know a sender: as its place in the configuration, or as it is. */
export function nameOfSender(sender: string): string {
  return isWebhook(sender) ? `ingest.${sender}` : sender;
}

function whyNotForwarded(from: string, resources: readonly ResourceRef[]): string | undefined {
  const foreign = resources.find(({ type, account }) => providerOf(type) !== "aws" || account !== from);
  if (foreign === undefined) return undefined;
  return `The rules of AWS account ${from} may tell of it alone, and tell of account ${foreign.account} (${foreign.type}).`;
}

function isWebhook(sender: string): sender is WebhookSender {
  return Object.hasOwn(CLOUDS, sender);
}

export function cloudOf(sender: WebhookSender): ProviderName | undefined {
  return CLOUDS[sender];
}

export const WEBHOOK_SENDERS = Object.keys(CLOUDS).filter(isWebhook);
