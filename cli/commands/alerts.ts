import { previewAlerts } from "../../lib/app/alert/preview.ts";
import { finishedRun } from "../../lib/app/folder-audit/finished-run.ts";
import type { AlertSender } from "../../lib/app/ports/alerts.ts";
import { countsText } from "../../lib/core/alert/digest-text.ts";
import type { Digest } from "../../lib/core/alert/digest.ts";
import type { AlertSettings } from "../../lib/core/alert/settings.ts";
import { alertsShape } from "../../lib/core/config/alerts.ts";
import type { Config } from "../../lib/core/config/config.ts";
import { InputError } from "../../lib/core/errors.ts";
import { countText } from "../../lib/core/report/figures.ts";
import { digestId } from "../../lib/sinks/chat/digest-id.ts";
import { memoryAlertStates } from "../../lib/sinks/dynamo/memory-alert-states.ts";
import { readAlertRecords } from "../../lib/sinks/objects/alert-states.ts";
import { CONFIG_OPTION, FORMAT_OPTION, formatHelp, type AddCommand } from "../command.ts";
import { loadConfig } from "../input/config.ts";
import { plainText, EXIT, type Io } from "../io.ts";
import { damageText, shownText } from "../output/alert-text.ts";
import { chooseFormat, writeJson } from "../output/results.ts";
import { openChannels } from "../work/alert-channels.ts";
import { auditFolder, reportIn } from "../work/audit-folder.ts";
import { credentialResolver } from "../input/credentials.ts";

/** One channel of each kind that leads nowhere, and the usual rules: what a preview shows without a configuration. */
const EXAMPLE_ALERTS: AlertSettings = alertsShape.parse({
  channels: [
    { name: "slack", type: "slack", url: "env:SLACK_URL" },
    { name: "dingtalk", type: "dingtalk", url: "env:DINGTALK_URL", secret: "env:DINGTALK_SECRET" },
    { name: "feishu", type: "feishu", url: "env:FEISHU_URL", secret: "env:FEISHU_SECRET" },
    { name: "webhook", type: "webhook", url: "env:WEBHOOK_URL", secret: "env:WEBHOOK_SECRET" },
    { name: "mail", type: "sns" },
  ],
  fallback: ["slack", "dingtalk", "feishu", "webhook", "mail"],
});

interface Options {
  readonly run: string;
  readonly config?: string;
  readonly format?: string;
}

/** A digest with the channel that it goes to. */
interface Shown {
  readonly digest: Digest;
  readonly sender: AlertSender;
}

type Asked = Pick<Config, "accounts"> & { readonly settings: AlertSettings };

async function askedFor(path: string | undefined, io: Io): Promise<Asked> {
  if (path === undefined) return { settings: EXAMPLE_ALERTS, accounts: [] };
  const { alerts, accounts } = await loadConfig(path, io);
  if (alerts === undefined) throw new InputError(`${path}: has no \`alerts\`; add them, or leave out --config`);
  return { settings: alerts, accounts };
}

async function preview({ run: path, config, format: asked }: Options, io: Io): Promise<number> {
  const format = chooseFormat(asked, io.stdout, "json");
  const { settings, accounts } = await askedFor(config, io);
  const folder = auditFolder(path);
  const { objects, runs } = folder;
  const report = await reportIn(folder, io);
  const finished = await finishedRun({ report, objects, runs });
  const known = await readAlertRecords(objects, path);
  const damage = new Set<string>();
  const digests = await previewAlerts(finished, {
    settings,
    objects,
    accounts,
    hash: digestId,
    known,
    copyOf: memoryAlertStates,
    onDamage: (reason) => damage.add(reason),
  });
  for (const reason of damage) await io.stderr.write(`${damageText(reason)}\n`);
  const channels = openChannels(settings, credentialResolver(config ?? ".", io));
  const shown = digests.flatMap((digest): Shown[] => {
    const sender = channels.get(digest.channel);
    return sender === undefined ? [] : [{ digest, sender }];
  });
  if (format === "table") await writeTexts(shown, io);
  else await writeJson(io.stdout, { run: report.run, digests: shown.map(digestLine) });
  return EXIT.done;
}

function digestLine({ digest, sender }: Shown) {
  const { id, channel, owner, counts } = digest;
  const to = { channel, type: sender.type, to: sender.target, ...(owner !== undefined && { owner }) };
  return { id, ...to, counts, body: sender.bodyOf(digest) };
}

async function writeTexts(shown: readonly Shown[], io: Io): Promise<void> {
  for (const { digest, sender } of shown) {
    const whose = digest.owner === undefined ? "" : `, owner ${digest.owner}`;
    const head = `== ${digest.channel} (${sender.type}, ${sender.target})${whose}: ${countsText(digest)} ==`;
    const text = shownText(sender.type, sender.bodyOf(digest));
    const lines = [head, ...text.split("\n")].map(plainText);
    await io.stdout.write(`${lines.join("\n")}\n\n`);
  }
  await io.stderr.write(
    shown.length === 0 ? "nobody would be told anything\n" : `${countText(shown.length, "message")}\n`,
  );
}

/** `tagwarden alerts …`: what people are told. */
export const addAlerts: AddCommand = (program, { io, exit }) => {
  const alerts = program
    .command("alerts")
    .description("Show what people would be told of an audit.")
    .helpCommand(false);
  alerts
    .command("preview")
    .description("Print the messages that the report of an audit gives reason to send, as their channels get them.")
    .requiredOption("--run <folder>", "where the audit has written: its --out")
    .option(CONFIG_OPTION[0], "the channels and rules (default: one channel of each kind, and the usual rules)")
    .option(FORMAT_OPTION, formatHelp("json"))
    .action(async (options: Options) => exit(await preview(options, io)));
};
