import type { Digest } from "../../core/alert/digest.ts";
import type { AlertRecord } from "../../core/alert/lifecycle.ts";
import { InputError } from "../../core/errors.ts";
import { comeBack, eachByItself, type ComingMessage, type MessageAction } from "../ports/messages.ts";
import type { AlertMessage, AlertSender, Deliveries, RaisedMessage } from "../ports/alerts.ts";
import type { Log } from "../ports/invocation.ts";
import { deliverDigest, type DeliverDeps } from "./deliver-digest.ts";
import type { Pace } from "./pace.ts";
import { raiseAlerts, type RaiseDeps } from "./raise-alerts.ts";

/** A message of the alert queue. */
export interface AlertJob extends ComingMessage {
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
export async function sendAlerts(jobs: readonly AlertJob[], deps: SendAlertsDeps): Promise<MessageAction[]> {
  const lanes = Map.groupBy(jobs, ({ message }) => (message.kind === "digest" ? message.digest.channel : ""));
  const actions = await Promise.all([...lanes.values()].map((lane) => workLane(lane, deps)));
  return actions.flat();
}

/** The digests of one channel, or what was raised. */
async function workLane(lane: readonly AlertJob[], deps: SendAlertsDeps): Promise<MessageAction[]> {
  let isBroken = false;
  return eachByItself(
    lane,
    async (job) => {
      const { messageId, message } = job;
      if (isBroken) return comeBack(job, "its channel refused the digest before it", deps);
      const isDone = message.kind === "digest" ? await send(message.digest, deps) : await take(message, deps.raise);
      return isDone
        ? { messageId, action: "acknowledge" }
        : { messageId, action: "send-again", delaySeconds: TURN_SECONDS, isExpected: true };
    },
    {
      ...deps,
      onFailure: ({ messageId, message }, reason) => {
        const channel = message.kind === "digest" ? message.digest.channel : undefined;
        deps.log.error("alert could not be sent and comes back", { messageId, channel, reason });
        deps.count("alertsFailed", 1);
        isBroken = message.kind === "digest";
      },
    },
  );
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
