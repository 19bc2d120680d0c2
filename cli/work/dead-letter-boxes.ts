import { InputError, messageOf } from "../../lib/core/errors.ts";
import { createAwsClients, type AwsClients } from "../../lib/lambda/settings/aws-clients.ts";
import { sqsDeadLetterBox, type DeadLetterBox, type LyingLetter } from "../../lib/sinks/sqs/dead-letter-box.ts";
import type { Io } from "../io.ts";

/** The queues of serverless.yml, by what `--queue` calls them. */
const QUEUES = { enforce: "Enforce", audit: "Audit", report: "Report", alert: "Alert" } as const;
type QueueName = keyof typeof QUEUES;

export interface BoxOptions {
  /** Absent = all of them. */
  readonly queue?: string;
  readonly stage: string;
  readonly service: string;
  /** So many letters of each queue. */
  readonly limit: number;
  /** For so long nobody else sees them, at most. */
  readonly hiddenSeconds: number;
}

/** A dead letter, and where it lies. */
export interface FoundLetter {
  readonly queue: QueueName;
  readonly letter: LyingLetter;
  /** Sends it to its queue again and takes it off this one. Throws InputError where SQS refuses. */
  redrive(): Promise<void>;
}

/**
 * Looks at the dead letters, the oldest first, and does something with them. However that ends, everybody sees again at
 * once what was not redriven. Throws InputError where a queue can't be opened or read.
 */
export async function withDeadLetters<Result>(
  options: BoxOptions,
  io: Io,
  use: (letters: readonly FoundLetter[]) => Promise<Result>,
): Promise<Result> {
  const aws = createAwsClients(io.env);
  const boxes: DeadLetterBox[] = [];
  try {
    const found: FoundLetter[] = [];
    for (const queue of queuesOf(options)) {
      const box = await openBox(queue, options, aws);
      boxes.push(box);
      const letters = await orSay(`the dead letters of ${queue} can't be read`, () =>
        box.look(options.limit, io.signal),
      );
      for (const letter of letters) {
        const redrive = () => orSay(`${letter.messageId} can't be sent back`, () => box.redrive(letter));
        found.push({ queue, letter, redrive });
      }
      stopIfAsked(io);
    }
    return await use(found.toSorted((one, other) => one.letter.sentAt - other.letter.sentAt));
  } finally {
    for (const box of boxes) await putBack(box, options, io);
  }
}

/** Throws where somebody wants the command to end. */
export function stopIfAsked({ signal }: Pick<Io, "signal">): void {
  if (signal.aborted) throw new Error("interrupted");
}

function queuesOf({ queue }: BoxOptions): readonly QueueName[] {
  const names = Object.keys(QUEUES) as QueueName[];
  if (queue === undefined) return names;
  const name = names.find((one) => one === queue);
  if (name === undefined) throw new InputError(`--queue ${queue}: choose one of ${names.join(", ")}`);
  return [name];
}

async function openBox(
  queue: QueueName,
  { service, stage, hiddenSeconds }: BoxOptions,
  aws: AwsClients,
): Promise<DeadLetterBox> {
  const { GetQueueUrlCommand } = await import("@aws-sdk/client-sqs");
  const client = await aws.sqs();
  const urlOf = async (suffix: string): Promise<string> => {
    const QueueName = `${service}-${stage}-${QUEUES[queue]}${suffix}`;
    const { QueueUrl = "" } = await orSay(`the queue ${QueueName} can't be opened`, () =>
      client.send(new GetQueueUrlCommand({ QueueName })),
    );
    return QueueUrl;
  };
  const [deadLettersUrl, queueUrl] = await Promise.all([urlOf("DeadLetters"), urlOf("Queue")]);
  return sqsDeadLetterBox({ client: aws.sqs, deadLettersUrl, queueUrl, hiddenSeconds });
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
