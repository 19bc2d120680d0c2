import { InputError, messageOf } from "../../lib/core/errors.ts";
import { createAwsClients, type AwsClients } from "../../lib/lambda/settings/aws-clients.ts";
import { sqsDeadLetterBox, type DeadLetterBox, type LyingLetter } from "../../lib/sinks/sqs/dead-letter-box.ts";
import type { Io } from "../io.ts";
import { isMissing, openForwardBoxes, type Unseen } from "./forward-boxes.ts";

/** The queues of serverless.yml, by what `--queue` calls them. */
const QUEUES = { enforce: "Enforce", audit: "Audit", report: "Report", alert: "Alert" } as const;
/** What a schedule or Lambda itself gave up: it was no message of ours before, and goes back to no queue. */
const SCHEDULE = "schedule";
/** What rules in other accounts could not forward. */
const FORWARD = "forward";

type SourceName = keyof typeof QUEUES;
type QueueName = SourceName | typeof SCHEDULE | typeof FORWARD;

const NAMES: readonly QueueName[] = [...(Object.keys(QUEUES) as SourceName[]), SCHEDULE, FORWARD];

export interface BoxOptions {
  /** Absent = all of them; those of other accounts where a configuration names the accounts. */
  readonly queue?: string;
  readonly stage: string;
  readonly service: string;
  /** A file with the accounts whose rules forward events. */
  readonly config?: string;
  /** So many letters of each queue. */
  readonly limit: number;
  /** For so long nobody else sees them, at most. */
  readonly hiddenSeconds: number;
}

/** A dead letter, and where it lies. */
export interface FoundLetter {
  readonly queue: QueueName;
  /** Of another account's queue. */
  readonly place?: { readonly account: string; readonly region: string };
  readonly letter: LyingLetter;
  /**
   * Sends it to its queue again and takes it off this one; absent = it belongs to none. Throws InputError where SQS
   * refuses.
   */
  readonly redrive?: () => Promise<void>;
}

interface OpenBox extends Pick<FoundLetter, "queue" | "place"> {
  readonly box: DeadLetterBox;
}

/**
 * Looks at the dead letters, the oldest first, and does something with them. However that ends, everybody sees again at
 * once what was not redriven. `unseen` are the queues of other accounts that could not be looked at. Throws InputError
 * where one of our own can't be opened or read.
 */
export async function withDeadLetters<Result>(
  options: BoxOptions,
  io: Io,
  use: (letters: readonly FoundLetter[], unseen: readonly Unseen[]) => Promise<Result>,
): Promise<Result> {
  const aws = createAwsClients(io.env);
  const boxes: OpenBox[] = [];
  const found: FoundLetter[] = [];
  const unseen: Unseen[] = [];
  const look = async ({ queue, place, box }: OpenBox): Promise<void> => {
    boxes.push({ queue, box });
    const letters = await box.look(options.limit, io.signal);
    for (const letter of letters) {
      const redrive = () => orSay(`${letter.messageId} can't be sent back`, () => box.redrive(letter));
      found.push({ queue, letter, ...(place !== undefined && { place }), ...(queue !== SCHEDULE && { redrive }) });
    }
  };
  try {
    for (const queue of queuesOf(options)) {
      if (queue === FORWARD) {
        const { url, region } = await targetOfForwarding(options, aws);
        const target = { client: aws.sqs, queueUrl: url, region };
        for await (const opened of openForwardBoxes(options, target, io)) {
          await opened.look((box) => look({ queue, place: opened.place, box }), unseen);
          stopIfAsked(io);
        }
        continue;
      }
      const box = queue === SCHEDULE ? await openNewest(options, aws, io) : await openBox(queue, options, aws);
      if (box === undefined) continue;
      await orSay(`the dead letters of ${queue} can't be read`, () => look({ queue, box }));
      stopIfAsked(io);
    }
    return await use(
      found.toSorted((one, other) => one.letter.sentAt - other.letter.sentAt),
      unseen,
    );
  } finally {
    for (const { box } of boxes) await putBack(box, options, io);
  }
}

/** Throws where somebody wants the command to end. */
export function stopIfAsked({ signal }: Pick<Io, "signal">): void {
  if (signal.aborted) throw new Error("interrupted");
}

function queuesOf({ queue, config }: BoxOptions): readonly QueueName[] {
  if (queue === undefined) return NAMES.filter((name) => name !== FORWARD || config !== undefined);
  const name = NAMES.find((one) => one === queue);
  if (name === undefined) throw new InputError(`--queue ${queue}: choose one of ${NAMES.join(", ")}`);
  if (name === FORWARD && config === undefined) {
    throw new InputError(`--queue ${FORWARD}: lies in the accounts of the configuration; name it with --config FILE`);
  }
  return [name];
}

async function urlOf(name: string, { service, stage }: BoxOptions, aws: AwsClients): Promise<string> {
  const { GetQueueUrlCommand } = await import("@aws-sdk/client-sqs");
  const client = await aws.sqs();
  const QueueName = `${service}-${stage}-${name}`;
  const { QueueUrl = "" } = await orSay(`the queue ${QueueName} can't be opened`, () =>
    client.send(new GetQueueUrlCommand({ QueueName })),
  );
  return QueueUrl;
}

async function openBox(queue: SourceName, options: BoxOptions, aws: AwsClients): Promise<DeadLetterBox> {
  const { hiddenSeconds } = options;
  const [deadLettersUrl, queueUrl] = await Promise.all([
    urlOf(`${QUEUES[queue]}DeadLetters`, options, aws),
    urlOf(`${QUEUES[queue]}Queue`, options, aws),
  ]);
  return sqsDeadLetterBox({ client: aws.sqs, deadLettersUrl, queueUrl, hiddenSeconds });
}

/** The dead letters of the schedule, which services that were deployed by earlier versions don't have. */
async function openNewest(options: BoxOptions, aws: AwsClients, io: Io): Promise<DeadLetterBox | undefined> {
  try {
    const deadLettersUrl = await urlOf("ScheduleDeadLetters", options, aws);
    return sqsDeadLetterBox({ client: aws.sqs, deadLettersUrl, queueUrl: "", hiddenSeconds: options.hiddenSeconds });
  } catch (error) {
    if (options.queue !== undefined || !(error instanceof InputError && isMissing(error.cause))) throw error;
    await io.stderr.write(`tagwarden: this service has no queue for what its schedule gives up; deploy it again\n`);
    return undefined;
  }
}

/** The events that other accounts forward end here. */
async function targetOfForwarding(options: BoxOptions, aws: AwsClients): Promise<{ url: string; region: string }> {
  const url = await urlOf(`${QUEUES.enforce}Queue`, options, aws);
  return { url, region: await (await aws.sqs()).config.region() };
}

async function orSay<Result>(problem: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const reason = messageOf(error);
    const advice = "Check --stage, AWS_REGION and the credentials of the AWS SDK's chain.";
    throw new InputError(`${problem}: ${reason}. ${advice}`, { cause: error });
  }
}

/** What went wrong before matters more, so a failure here is told and not thrown. */
async function putBack(box: DeadLetterBox, { hiddenSeconds }: BoxOptions, io: Io): Promise<void> {
  const later = `come back by themselves within ${hiddenSeconds} seconds`;
  try {
    const staying = await box.putBack();
    if (staying > 0) await io.stderr.write(`${staying} dead letters that were looked at ${later}\n`);
  } catch (error) {
    const reason = messageOf(error);
    await io.stderr.write(`the dead letters that were looked at ${later}: ${reason}\n`);
  }
}
