import { InputError } from "../lib/core/errors.ts";
import { createAwsClients, type AwsClients } from "../lib/lambda/aws-clients.ts";
import { sqsDeadLetterBox, type DeadLetterBox, type LyingLetter } from "../lib/sinks/sqs-dead-letter-box.ts";
import { FORMAT_OPTION, formatHelp, type AddCommand } from "./command.ts";
import { describeLetter, type LetterRow } from "./dead-letter-row.ts";
import { EXIT, type Io } from "./io.ts";
import { chooseFormat, writeJson, writeTable, type Column } from "./results.ts";

interface Options {
  readonly queue?: string;
  readonly stage: string;
  readonly service: string;
  readonly limit: string;
  readonly format?: string;
  readonly id?: readonly string[];
  readonly all?: boolean;
  readonly apply?: boolean;
}

/** The queues of serverless.yml, by what `--queue` calls them. */
const QUEUES = { enforce: "Enforce", audit: "Audit", report: "Report", alert: "Alert" } as const;
type QueueName = keyof typeof QUEUES;

const HIDDEN_SECONDS = 20;
/** Moving letters takes a request or two for each, and none of them may show up again meanwhile. */
const REDRIVE_HIDDEN_SECONDS = 300;

const COLUMNS: readonly Column<LetterRow>[] = [
  ["queue", ({ queue }) => queue],
  ["id", ({ id }) => id],
  ["since", ({ since }) => since],
  ["failed in", ({ failedIn }) => failedIn],
  ["reason", ({ reason }) => reason],
  ["about", ({ about }) => about],
];

function queuesOf({ queue }: Options): readonly QueueName[] {
  const names = Object.keys(QUEUES) as QueueName[];
  if (queue === undefined) return names;
  const name = names.find((one) => one === queue);
  if (name === undefined) throw new InputError(`--queue ${queue}: choose one of ${names.join(", ")}`);
  return [name];
}

function limitOf({ limit }: Options): number {
  if (/^[1-9][0-9]{0,4}$/.test(limit)) return Number(limit);
  throw new InputError(`--limit ${limit}: must be a whole number from 1 to 99999`);
}

async function openBox(
  queue: QueueName,
  hiddenSeconds: number,
  options: Options,
  aws: AwsClients,
): Promise<DeadLetterBox> {
  const { GetQueueUrlCommand } = await import("@aws-sdk/client-sqs");
  const client = await aws.sqs();
  const urlOf = async (suffix: string): Promise<string> => {
    const name = `${options.service}-${options.stage}-${QUEUES[queue]}${suffix}`;
    try {
      const { QueueUrl = "" } = await client.send(new GetQueueUrlCommand({ QueueName: name }));
      return QueueUrl;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new InputError(
        `the queue ${name} can't be opened: ${reason}. Check --stage, AWS_REGION and the credentials of the AWS SDK's chain.`,
        { cause: error },
      );
    }
  };
  const [deadLettersUrl, queueUrl] = await Promise.all([urlOf("DeadLetters"), urlOf("Queue")]);
  return sqsDeadLetterBox({ client: aws.sqs, deadLettersUrl, queueUrl, hiddenSeconds });
}

interface Found {
  readonly queue: QueueName;
  readonly box: DeadLetterBox;
  readonly letter: LyingLetter;
}

async function find(options: Options, hiddenSeconds: number, io: Io): Promise<readonly Found[]> {
  const limit = limitOf(options);
  const aws = createAwsClients(io.env);
  const found: Found[] = [];
  for (const queue of queuesOf(options)) {
    const box = await openBox(queue, hiddenSeconds, options, aws);
    for (const letter of await box.look(limit)) found.push({ queue, box, letter });
  }
  return found.toSorted((one, other) => one.letter.sentAt - other.letter.sentAt);
}

async function list(options: Options, io: Io): Promise<number> {
  const format = chooseFormat(options.format, io.stdout, "json");
  const rows = (await find(options, HIDDEN_SECONDS, io)).map(({ queue, letter }) => describeLetter(queue, letter));
  if (format === "table") await writeTable(io.stdout, COLUMNS, rows);
  else await writeJson(io.stdout, { letters: rows });
  await io.stderr.write(`${rows.length} dead letters\n`);
  return EXIT.done;
}

async function show(id: string, options: Options, io: Io): Promise<number> {
  const one = (await find(options, HIDDEN_SECONDS, io)).find(({ letter }) => letter.messageId === id);
  if (one === undefined) {
    throw new InputError(
      `no dead letter ${id}: dlq list names them. One that was looked at is hidden for ${HIDDEN_SECONDS} seconds.`,
    );
  }
  await writeJson(io.stdout, { ...describeLetter(one.queue, one.letter), body: one.letter.body });
  return EXIT.done;
}

async function redrive(options: Options, io: Io): Promise<number> {
  const format = chooseFormat(options.format, io.stdout, "json");
  const { id: ids = [], all = false, apply = false } = options;
  if (ids.length > 0 === all) throw new InputError("dlq redrive: say which, with --id ID or with --all");
  const found = await find(options, apply ? REDRIVE_HIDDEN_SECONDS : HIDDEN_SECONDS, io);
  const chosen = all ? found : found.filter(({ letter }) => ids.includes(letter.messageId));
  const missing = ids.filter((id) => !chosen.some(({ letter }) => letter.messageId === id));
  if (missing.length > 0) throw new InputError(`no dead letter ${missing.join(", ")}: dlq list names them`);
  for (const { box, letter } of apply ? chosen : []) await box.redrive(letter);
  const rows = chosen.map(({ queue, letter }) => describeLetter(queue, letter));
  if (format === "table") await writeTable(io.stdout, COLUMNS, rows);
  else await writeJson(io.stdout, { applied: apply, letters: rows });
  const what = apply ? "sent back to their queues" : "would be sent back; --apply does it";
  await io.stderr.write(`${rows.length} dead letters ${what}\n`);
  return EXIT.done;
}

/** `tagwarden dlq`: what the functions gave up, why, and once more. */
export const addDlq: AddCommand = (program, { io, exit }) => {
  const dlq = program
    .command("dlq")
    .description("Dead letters of a deployed service: what they are about, why they failed, and sending them again");
  const withQueues = (name: string, description: string) =>
    dlq
      .command(name)
      .description(description)
      .option("--queue <name>", "enforce, audit, report or alert (default: all of them)")
      .option("--stage <name>", "the stage that was deployed", "dev")
      .option("--service <name>", "the service's name in serverless.yml", "tagwarden")
      .option("--limit <n>", "look at this many letters of a queue", "100");
  withQueues("list", "Name the dead letters, each with the reason")
    .option(FORMAT_OPTION, formatHelp("json"))
    .action(async (options: Options) => exit(await list(options, io)));
  withQueues("show", "Print one dead letter whole, the event in it as well")
    .argument("<id>", "as dlq list names it")
    .action(async (id: string, options: Options) => exit(await show(id, options, io)));
  withQueues("redrive", "Send dead letters back to the queue that they come from. Without --apply it only names them.")
    .option("--id <id...>", "these letters")
    .option("--all", "every letter that --queue and --limit reach")
    .option("--apply", "do it")
    .option(FORMAT_OPTION, formatHelp("json"))
    .action(async (options: Options) => exit(await redrive(options, io)));
};
