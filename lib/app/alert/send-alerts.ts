import type { Digest } from "../../core/alert/digest.ts";
import type { AlertRecord } from "../../core/alert/lifecycle.ts";
import { InputError } from "../../core/errors.ts";
import type { Settlement } from "../ports/messages.ts";
import type { AlertMessage, AlertSender, Deliveries, RaisedMessage } from "../ports/alerts.ts";
import type { Log } from "../ports/invocation.ts";
import { deliverDigest, type DeliverDeps } from "./deliver-digest.ts";
import type { Pace } from "./pace.ts";
import { raiseAlerts, type RaiseDeps } from "./raise-alerts.ts";

/** A message of the alert queue. */
export interface AlertJob {
  readonly messageId: string;
  readonly message: AlertMessage;
}

export interface SendAlertsDeps extends DeliverDeps {
  /** The channel of that name; undefined where the configuration has none any more. */
  readonly sender: (channel: string) => AlertSender | undefined;
  readonly deliveries: Deliveries;
  /** Shared by all invocations of a process. */
  readonly pace: Pace;
  readonly raise: RaiseDeps;
  readonly log: Log;
  readonly count: (metric: string, value: number) => void;
}

/** A channel's rate is counted by the minute. */
const TURN_SECONDS = 60;

/**
 * Records what was raised, and sends digests to their channels. Channels don't wait for each other, and one that
 * fails is left alone until its messages come back.
 */
export async function sendAlerts(jobs: readonly AlertJob[], deps: SendAlertsDeps): Promise<Settlement[]> {
  const lanes = Map.groupBy(jobs, ({ message }) => (message.kind === "digest" ? message.digest.channel : ""));
  const settled = await Promise.all([...lanes.values()].map((lane) => settleLane(lane, deps)));
  return settled.flat();
}

async function settleLane(lane: readonly AlertJob[], deps: SendAlertsDeps): Promise<Settlement[]> {
  const settlements: Settlement[] = [];
  let isBroken = false;
  for (const { messageId, message } of lane) {
    if (isBroken) {
      settlements.push({ messageId, action: "redeliver", reason: "its channel refused the digest before it" });
      continue;
    }
    try {
      const isDone = message.kind === "digest" ? await send(message.digest, deps) : await take(message, deps.raise);
      // Waiting for its turn costs a message none of its deliveries.
      const wait = { messageId, action: "send-again", delaySeconds: TURN_SECONDS } as const;
      settlements.push(isDone ? { messageId, action: "acknowledge" } : wait);
    } catch (error) {
      const channel = message.kind === "digest" ? message.digest.channel : undefined;
      deps.log.error("alert could not be sent and comes back", { messageId, channel, reason: reasonOf(error) });
      deps.count("alertsFailed", 1);
      settlements.push({ messageId, action: "redeliver", reason: reasonOf(error) });
      isBroken = message.kind === "digest";
    }
  }
  return settlements;
}

/** False where it has to wait for its turn. */
async function send(digest: Digest, deps: SendAlertsDeps): Promise<boolean> {
  const { id, channel } = digest;
  if (await deps.deliveries.has(id)) return true;
  const sender = deps.sender(channel);
  if (sender === undefined) throw new InputError(`the configuration has no alert channel ${channel} any more`);
  if (sender.perMinute !== undefined && !deps.pace.take(channel, sender.perMinute)) return false;
  await deliverDigest(digest, sender, deps);
  await deps.deliveries.add(id, deps.clock.now());
  deps.log.info("alert sent", { channel, digest: id, counts: digest.counts });
  deps.count("alertsSent", 1);
  return true;
}

async function take({ event, at, alerts, resolved = [] }: RaisedMessage, deps: RaiseDeps): Promise<true> {
  const isOver = ({ alert }: AlertRecord): boolean => resolved.includes(alert.key);
  const { failures } = await raiseAlerts({ event, at, alerts, isOver }, deps);
  if (failures.length > 0) throw failures[0];
  return true;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
