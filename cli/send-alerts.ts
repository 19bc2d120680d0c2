import { alertReport } from "../lib/app/alert-report.ts";
import { deliverDigest } from "../lib/app/deliver-digest.ts";
import { finishedRun, type RunFolder } from "../lib/app/finished-run.ts";
import { systemClock } from "../lib/app/system-clock.ts";
import type { Config } from "../lib/core/config.ts";
import { InputError } from "../lib/core/errors.ts";
import { digestId } from "../lib/sinks/digest-id.ts";
import { objectAlertStates } from "../lib/sinks/object-alert-states.ts";
import { openChannels } from "./alert-channels.ts";
import { credentialResolver, isLocalReference } from "./credentials.ts";
import type { Io } from "./io.ts";

/** Sends the alerts of a run; answers whether all of them went out. What didn't is due again the next time. */
export type Alerter = (run: RunFolder) => Promise<boolean>;

/** Chats are told in seconds; what takes longer is left for the next audit. */
const LONGEST_MS = 120_000;

/**
 * Checks that the configuration's alerts can be sent from here. References to environment and files are looked up, so
 * that a wrong one is an InputError now and not after hours of listing.
 */
export async function openAlerter(configPath: string, { alerts }: Config, io: Io): Promise<Alerter> {
  if (alerts === undefined) throw new InputError(`--alert: ${configPath} has no \`alerts\`; add them, or leave it out`);
  const credential = credentialResolver(configPath, io);
  for (const channel of alerts.channels) {
    if (channel.type === "sns") {
      if (channel.topicArn !== undefined) continue;
      throw new InputError(
        `--alert: channel ${channel.name} needs a topicArn; only a deployment has a topic of its own`,
      );
    }
    for (const reference of [channel.url, ...(channel.secret === undefined ? [] : [channel.secret])]) {
      if (isLocalReference(reference)) await credential(reference);
    }
  }
  const channels = openChannels(alerts, credential);
  return async (run) => {
    const endsAt = systemClock.now() + LONGEST_MS;
    const deadline = { remainingMs: () => (io.signal.aborted ? 0 : endsAt - systemClock.now()) };
    const { digests, failures } = await alertReport(await finishedRun(run), {
      settings: alerts,
      states: objectAlertStates(run.objects),
      objects: run.objects,
      hash: digestId,
      async dispatch(digest) {
        const sender = channels.get(digest.channel);
        if (sender === undefined) throw new InputError(`there is no alert channel ${digest.channel}`);
        await deliverDigest(digest, sender, { clock: systemClock, random: Math.random, deadline });
      },
    });
    for (const failure of failures) {
      await io.stderr.write(`tagwarden: ${failure instanceof Error ? failure.message : String(failure)}\n`);
    }
    await io.stderr.write(`alerts: ${digests.length} sent, ${failures.length} failed\n`);
    return failures.length === 0;
  };
}
