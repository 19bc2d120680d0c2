import { InputError } from "../../lib/core/errors.ts";
import { countText } from "../../lib/core/report/figures.ts";
import type { StoreRecord } from "../../lib/app/ports/store-records.ts";
import { readPostponed } from "../../lib/lambda/sqs/postponed.ts";
import { FORMAT_OPTION, formatHelp, type AddCommand } from "../command.ts";
import { EXIT, plainText, type Io } from "../io.ts";
import { describeLetter, recordKindOf, type LetterRow } from "../output/letter-row.ts";
import { chooseFormat, writeJson, writeTable, type Column } from "../output/results.ts";
import { needsOneOf } from "../required-options.ts";
import type { Unseen } from "../work/forward-boxes.ts";
import { stopIfAsked, withDeadLetters, type BoxOptions, type FoundLetter } from "../work/dead-letter-boxes.ts";

interface Options {
  readonly queue?: string;
  readonly stage: string;
  readonly service: string;
  readonly config?: string;
  readonly limit: string;
  readonly format?: string;
  readonly id?: readonly string[];
  readonly all?: boolean;
  readonly apply?: boolean;
}

const HIDDEN_SECONDS = 20;
/** Moving letters takes a request or two for each, and none of them may show up again meanwhile. */
const REDRIVE_HIDDEN_SECONDS = 300;
const NAMED_BY = "dlq list names them; somebody else who looks at one hides it for some seconds";

const OF_NO_QUEUE =
  "what a schedule gave up goes back to no queue; start the run again by hand, as docs/operations.md says, and leave the letter";

const COLUMNS: readonly Column<LetterRow>[] = [
  ["queue", ({ queue, account = "", region = "" }) => [queue, account, region].join(" ").trim()],
  ["id", ({ id }) => id, "id"],
  ["since", ({ since }) => since],
  ["failed in", ({ failedIn }) => failedIn],
  ["reason", ({ reason }) => reason],
  ["about", ({ about }) => about],
];

function limitOf(limit: string): number {
  if (/^[1-9][0-9]{0,4}$/.test(limit)) return Number(limit);
  throw new InputError(`--limit ${limit}: must be a whole number from 1 to 99999`);
}

function boxOptions({ queue, stage, service, config, limit }: Options, hiddenSeconds: number): BoxOptions {
  return {
    stage,
    service,
    hiddenSeconds,
    limit: limitOf(limit),
    ...(queue !== undefined && { queue }),
    ...(config !== undefined && { config }),
  };
}

const describe = (found: FoundLetter): LetterRow => describeLetter(found, found.letter);

/** Says which accounts could not be looked at, and answers the exit code of what else went well. */
async function tellUnseen(unseen: readonly Unseen[], io: Io): Promise<number> {
  for (const { account, region, reason } of unseen) {
    await io.stderr.write(`tagwarden: ${plainText(`dead letters of ${account} ${region} can't be read: ${reason}`)}\n`);
  }
  return unseen.length > 0 ? EXIT.provider : EXIT.done;
}

/** In JSON, where other accounts were asked for. */
const unseenIn = ({ config }: Options, unseen: readonly Unseen[]) => (config === undefined ? {} : { unseen });

/** Nothing, or of which queues there may be more than was looked at: `--all` of some is not all. */
function moreOf(found: readonly FoundLetter[], { limit }: Options): string {
  const nameOf = ({ queue, place }: FoundLetter) =>
    place === undefined ? queue : `${queue} ${place.account} ${place.region}`;
  const full = [...Map.groupBy(found, nameOf)].filter(([, letters]) => letters.length >= limitOf(limit));
  if (full.length === 0) return "";
  return `; ${full.map(([queue]) => queue).join(", ")} may have more than ${limit}: raise --limit`;
}

async function list(options: Options, io: Io): Promise<number> {
  const format = chooseFormat(options.format, io.stdout, "json");
  const boxes = boxOptions(options, HIDDEN_SECONDS);
  const { rows, more, unseen } = await withDeadLetters(boxes, io, async (found, hidden) => {
    return { rows: found.map(describe), more: moreOf(found, options), unseen: hidden };
  });
  if (format === "table") await writeTable(io.stdout, COLUMNS, rows);
  else await writeJson(io.stdout, { letters: rows, ...unseenIn(options, unseen) });
  await io.stderr.write(`${countText(rows.length, "dead letter")}${more}\n`);
  return tellUnseen(unseen, io);
}

async function show(id: string, options: Options, io: Io): Promise<number> {
  const { one, unseen } = await withDeadLetters(boxOptions(options, HIDDEN_SECONDS), io, async (found, hidden) => {
    return { one: found.find(({ letter }) => letter.messageId === id), unseen: hidden };
  });
  if (one === undefined) {
    await tellUnseen(unseen, io);
    throw new InputError(`no dead letter ${id}: ${NAMED_BY}`);
  }
  const { body, attributes } = one.letter;
  const record = await recordIn(recordKindOf({ queue: one.queue, attributes }), body);
  await writeJson(io.stdout, { ...describe(one), ...record, attributes: Object.fromEntries(attributes), body });
  return EXIT.done;
}

/** A record of ours is packed, and nobody could read it. One that can't be unpacked is shown as it is. */
async function recordIn(kind: string | undefined, body: string): Promise<{ readonly record?: StoreRecord }> {
  if (kind === undefined) return {};
  try {
    return { record: await readPostponed(kind, body) };
  } catch (error) {
    if (error instanceof InputError) return {};
    throw error;
  }
}

function chosenOf(found: readonly FoundLetter[], { id: ids = [], all = false }: Options): readonly FoundLetter[] {
  const chosen = all
    ? found.filter(({ redrive }) => redrive !== undefined)
    : found.filter(({ letter }) => ids.includes(letter.messageId));
  const missing = ids.filter((id) => !chosen.some(({ letter }) => letter.messageId === id));
  if (missing.length > 0) throw new InputError(`no dead letter ${missing.join(", ")}: ${NAMED_BY}`);
  const staying = chosen.filter(({ redrive }) => redrive === undefined).map(({ letter }) => letter.messageId);
  if (staying.length > 0) throw new InputError(`${staying.join(", ")}: ${OF_NO_QUEUE}`);
  return chosen;
}

/** One after the other, so that an end in the middle leaves the rest where it lies. */
async function sendBack(chosen: readonly FoundLetter[], io: Io): Promise<void> {
  let sent = 0;
  try {
    for (const letter of chosen) {
      stopIfAsked(io);
      await letter.redrive?.();
      sent += 1;
    }
  } finally {
    if (sent < chosen.length) await io.stderr.write(`${sent} of ${chosen.length} dead letters sent back\n`);
  }
}

async function redrive(options: Options, io: Io): Promise<number> {
  const format = chooseFormat(options.format, io.stdout, "json");
  const { id: ids = [], all = false, apply = false } = options;
  if (ids.length > 0 === all) throw new InputError("dlq redrive: say which, with --id ID or with --all");
  const hidden = apply ? REDRIVE_HIDDEN_SECONDS : HIDDEN_SECONDS;
  const { rows, more, unseen, staying } = await withDeadLetters(
    boxOptions(options, hidden),
    io,
    async (found, unread) => {
      const chosen = chosenOf(found, options);
      if (apply) await sendBack(chosen, io);
      const left = all ? found.length - chosen.length : 0;
      return { rows: chosen.map(describe), more: all ? moreOf(found, options) : "", unseen: unread, staying: left };
    },
  );
  if (format === "table") await writeTable(io.stdout, COLUMNS, rows);
  else await writeJson(io.stdout, { applied: apply, letters: rows, ...unseenIn(options, unseen) });
  const what = apply ? "sent back" : "would be sent back; --apply does it";
  await io.stderr.write(`${countText(rows.length, "dead letter")} ${what}${more}\n`);
  if (staying > 0) await io.stderr.write(`${staying} of schedule: ${OF_NO_QUEUE}\n`);
  return tellUnseen(unseen, io);
}

/** `tagwarden dlq`: what the functions gave up, why, and once more. */
export const addDlq: AddCommand = (program, { io, exit }) => {
  const dlq = program
    .command("dlq")
    .description("Dead letters of a deployed service: what they are about, why they failed, and sending them again")
    .helpCommand(false);
  const withQueues = (name: string, description: string) =>
    dlq
      .command(name)
      .description(description)
      .option("--queue <name>", "enforce, audit, report, alert, schedule or forward (default: all of them)")
      .option(
        "--config <file>",
        "look into the AWS accounts of this configuration as well: their queues are called forward",
      )
      .option("--stage <name>", "the stage that was deployed", "dev")
      .option("--service <name>", "the service's name in serverless.yml", "tagwarden")
      .option("--limit <n>", "look at this many letters of a queue", "100");
  withQueues("list", "Name the dead letters, each with the reason")
    .option(FORMAT_OPTION, formatHelp("json"))
    .action(async (options: Options) => exit(await list(options, io)));
  withQueues("show", "Print one dead letter whole, the event in it as well")
    .argument("<id>", "as dlq list names it")
    .action(async (id: string, options: Options) => exit(await show(id, options, io)));
  const redriving = withQueues(
    "redrive",
    "Send dead letters back to the queue that they come from. Without --apply it only names them.",
  )
    .option("--id <id...>", "these letters")
    .option("--all", "every letter that --queue and --limit reach")
    .option("--apply", "do it")
    .option(FORMAT_OPTION, formatHelp("json"))
    .action(async (options: Options) => exit(await redrive(options, io)));
  needsOneOf(redriving, "--id <id...>", "--all");
};
