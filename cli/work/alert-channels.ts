import { SNSClient } from "@aws-sdk/client-sns";
import type { AlertSender } from "../../lib/app/ports/alerts.ts";
import { systemClock } from "../../lib/app/ports/system-clock.ts";
import type { AlertSettings } from "../../lib/core/alert/settings.ts";
import { createAlertSender } from "../../lib/sinks/chat/sender.ts";
import type { ResolveCredential } from "../input/credentials.ts";

/** The channels of a configuration by name; nothing is looked up before something is sent. */
export function openChannels(
  { channels }: AlertSettings,
  credential: ResolveCredential,
): ReadonlyMap<string, AlertSender> {
  const sns = async (region: string | undefined) => new SNSClient(region === undefined ? {} : { region });
  const deps = { credential, clock: systemClock, sns };
  return new Map(channels.map((channel) => [channel.name, createAlertSender(channel, deps)]));
}
