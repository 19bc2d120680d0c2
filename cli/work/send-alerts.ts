import { alertReport } from "../../lib/app/alert/alert-report.ts";
import { type FinishedRun } from "../../lib/app/report/survey.ts";
import { deliverDigest } from "../../lib/app/alert/deliver-digest.ts";
import { createPace, waitForTurn } from "../../lib/app/alert/pace.ts";
import { owedRun } from "../../lib/app/folder-audit/finished-run.ts";
import { AlertDeliveryError, type AlertSender } from "../../lib/app/ports/alerts.ts";
import type { Deadline } from "../../lib/app/ports/invocation.ts";
import { systemClock } from "../../lib/app/ports/system-clock.ts";
import type { AlertSettings } from "../../lib/core/alert/settings.ts";
import type { Config } from "../../lib/core/config/config.ts";
import { InputError, messageOf } from "../../lib/core/errors.ts";
import { digestId } from "../../lib/sinks/chat/digest-id.ts";
import { urlProblem } from "../../lib/sinks/chat/post-webhook.ts";
import { objectAlertStates } from "../../lib/sinks/objects/alert-states.ts";
import { objectDeliveries } from "../../lib/sinks/objects/deliveries.ts";
import type { Io } from "../io.ts";
import { damageText } from "../output/alert-text.ts";
import { openChannels } from "./alert-channels.ts";
import type { AuditFolder } from "./audit-folder.ts";
import { credentialResolver, isLocalReference, type ResolveCredential } from "../input/credentials.ts";

/** Tells people of runs, and remembers in the folder of the runs what it has told. */
export interface Alerter {
  /** Sends the alerts of a run. What a channel doesn't take is due again the next time. */
  tell(run: FinishedRun): Promise<void>;
  /** Does that for the run whose report stands in the folder, where its audit was cut short before it did. */
  tellOwed(): Promise<void>;
  /** Whether a channel has not taken something: what was due before was tried with the last run again. */
  hasFailed(): boolean;
}

/** Chats are told in seconds; what takes longer is left for the next audit. */
const LONGEST_MS = 120_000;

/**
 * Checks that the configuration's alerts can be sent from here, and that what is known of earlier ones can be read: an
 * InputError comes now and not after hours of listing.
 */
export async function openAlerter(
  configPath: string,
  { alerts, accounts }: Config,
  { path, objects, runs }: AuditFolder,
  io: Io,
): Promise<Alerter> {
  if (alerts === undefined) throw new InputError(`--alert: ${configPath} has no \`alerts\`; add them, or leave it out`);
  const settings = alerts;
  const credential = credentialResolver(configPath, io);
  await checkChannels(settings, credential);
  const channels = openChannels(settings, credential);
  const states = objectAlertStates(objects, path);
  await states.pending();
  const deliveries = objectDeliveries(objects, path);
  await deliveries.has("");
  const pace = createPace(systemClock);
  let failed = false;

  /** Waits until a channel that takes so many messages in a minute takes one more. */
  async function turnOf(channel: string, { perMinute }: AlertSender, deadline: Deadline): Promise<void> {
    if (perMinute === undefined) return;
    if (await waitForTurn(pace, { channel, perMinute }, { clock: systemClock, deadline })) return;
    const problem = `alert channel ${channel} takes ${perMinute} messages a minute; the others are for the next audit`;
    throw new AlertDeliveryError(problem, { retryable: true });
  }

  async function tell(run: FinishedRun): Promise<void> {
    const endsAt = systemClock.now() + LONGEST_MS;
    const deadline = { remainingMs: () => (io.signal.aborted ? 0 : endsAt - systemClock.now()) };
    const broken = new Map<string, unknown>();
    let sent = 0;
    const damage = new Set<string>();
    const { failures } = await alertReport(run, {
      settings,
      states,
      objects,
      accounts,
      hash: digestId,
      onDamage: (reason) => damage.add(reason),
      // Nobody else is at work in this folder.
      leaseMs: 0,
      async dispatch(digest) {
        // An audit that was cut short here is carried on with, and tells its alerts again.
        if (await deliveries.has(digest.id)) return;
        const sender = channels.get(digest.channel);
        if (sender === undefined) throw new InputError(`there is no alert channel ${digest.channel}`);
        // A channel that fails is left alone, so that it holds up the others once and not for each of its messages.
        if (broken.has(digest.channel)) throw broken.get(digest.channel);
        try {
          await turnOf(digest.channel, sender, deadline);
          await deliverDigest(digest, sender, { clock: systemClock, random: Math.random, deadline });
        } catch (error) {
          broken.set(digest.channel, error);
          throw error;
        }
        await deliveries.add(digest.id, systemClock.now());
        sent += 1;
      },
    });
    for (const reason of damage) await io.stderr.write(`${damageText(reason)}\n`);
    for (const failure of new Set(failures)) {
      await io.stderr.write(`tagwarden: ${messageOf(failure)}\n`);
    }
    await io.stderr.write(`alerts: ${sent} sent, ${failures.length} failed\n`);
    failed = failures.length > 0;
  }

  return {
    tell,
    async tellOwed() {
      const owed = await owedRun(objects, runs);
      if (owed === undefined) return;
      await io.stderr.write(`tagwarden: the audit ${owed.report.run} was cut short before all were told of it\n`);
      await tell(owed);
      await runs.markPublished(owed.report.run);
    },
    hasFailed: () => failed,
  };
}

/** References to environment and files are looked up, so that one that leads nowhere is known before hours of listing. */
async function checkChannels({ channels }: AlertSettings, credential: ResolveCredential): Promise<void> {
  for (const channel of channels) {
    if (channel.type === "sns") {
      if (channel.topicArn !== undefined) continue;
      throw new InputError(
        `--alert: channel ${channel.name} needs a topicArn; only a deployment has a topic of its own`,
      );
    }
    const { name, url, secret } = channel;
    if (secret !== undefined && isLocalReference(secret)) await credential(secret);
    const problem = isLocalReference(url) ? urlProblem(await credential(url)) : undefined;
    if (problem !== undefined) throw new InputError(`--alert: channel ${name} ${problem} (${url})`);
  }
}
