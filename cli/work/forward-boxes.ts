import type { SQSClient } from "@aws-sdk/client-sqs";
import type { AwsAccountConfig } from "../../lib/core/config/config.ts";
import { forwardedFrom } from "../../lib/core/config/sender.ts";
import { errorText, messageOf, ProviderError } from "../../lib/core/errors.ts";
import { fetchAwsKey } from "../../lib/providers/aws/credentials.ts";
import { homesOf } from "../../lib/providers/aws/global-homes.ts";
import { sqsDeadLetterBox, type DeadLetterBox } from "../../lib/sinks/sqs/dead-letter-box.ts";
import { loadConfig } from "../input/config.ts";
import type { Io } from "../io.ts";
import { credentialResolver } from "../input/credentials.ts";

interface Place {
  readonly account: string;
  readonly region: string;
}

/** A queue of another account that could not be looked at, with what to do about it. */
export interface Unseen extends Place {
  readonly queue: "forward";
  readonly reason: string;
}

export interface ForwardOptions {
  readonly stage: string;
  readonly service: string;
  readonly config?: string;
  readonly hiddenSeconds: number;
}

/** Where forwarded events arrive. */
export interface ForwardTarget {
  readonly client: () => Promise<SQSClient>;
  readonly queueUrl: string;
  readonly region: string;
}

export interface ForwardBox {
  readonly place: Place;
  /** Hands the box on, or notes why it can't be opened or looked into. */
  look(use: (box: DeadLetterBox) => Promise<void>, unseen: Unseen[]): Promise<void>;
}

/** What templates/aws-account.yml lets the role of the account do with that queue. */
const RIGHTS = ["sqs:GetQueueUrl", "sqs:ReceiveMessage", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage"];
const DEPLOY = "deploy templates/aws-account.yml there again";

/** https://sqs.us-east-1.amazonaws.com/111122223333/NAME */
const ACCOUNT_IN_URL = /^https?:\/\/[^/]+\/(\d{12})\//;

/**
 * The dead letters of the rules that templates/aws-account.yml makes: one queue in each region of each AWS account of
 * the configuration, but for the place where tagwarden runs, whose rules have none of their own. Each is entered as the
 * account's credentials say. Throws InputError where the configuration can't be read.
 */
export async function* openForwardBoxes(
  options: ForwardOptions,
  target: ForwardTarget,
  io: Io,
): AsyncGenerator<ForwardBox> {
  const { config = "", service, stage } = options;
  const { accounts } = await loadConfig(config, io);
  const credential = credentialResolver(config, io);
  const central = ACCOUNT_IN_URL.exec(target.queueUrl)?.[1];
  const name = `${service}-${stage}-ForwardDeadLetters`;
  for (const account of accounts) {
    if (account.provider !== "aws") continue;
    const homes = homesOf(account.partition);
    // Events of global services come from a home, whether or not anything else of the account is looked after there.
    for (const region of new Set([...account.regions, ...homes])) {
      if (region === "global" || (account.account === central && region === target.region)) continue;
      const place = { account: account.account, region };
      const isExpected = account.regions.includes(region);
      const open = async (): Promise<DeadLetterBox> => {
        const key = await fetchAwsKey(account, { credential });
        const { SQSClient, GetQueueUrlCommand } = await import("@aws-sdk/client-sqs");
        const endpoint = io.env["AWS_ENDPOINT_URL_SQS"];
        const own = new SQSClient({ region, credentials: key, ...(endpoint !== undefined && { endpoint }) });
        const { QueueUrl = "" } = await own.send(new GetQueueUrlCommand({ QueueName: name }));
        const { queueUrl, client } = target;
        const { hiddenSeconds } = options;
        return sqsDeadLetterBox({
          client: async () => own,
          sendClient: client,
          deadLettersUrl: QueueUrl,
          queueUrl,
          hiddenSeconds,
          // Whoever may send to it in that account could call a message a record of ours, or tell of another account.
          sender: forwardedFrom(account.account),
        });
      };
      yield {
        place,
        async look(use, unseen) {
          try {
            await use(await open());
          } catch (error) {
            if (isMissing(error) && !isExpected) return;
            unseen.push({ queue: "forward", ...place, reason: reasonOf(error, { account, region, name }) });
          }
        },
      };
    }
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "");

/** Whether SQS says that there is no such queue. */
export const isMissing = (error: unknown): boolean => /QueueDoesNotExist|NonExistentQueue/.test(nameOf(error));
const isDenied = (error: unknown): boolean => /AccessDenied|NotAuthorized/.test(nameOf(error));

function reasonOf(
  error: unknown,
  { account, region, name }: { readonly account: AwsAccountConfig; readonly region: string; readonly name: string },
): string {
  if (isMissing(error)) return `there is no queue ${name}: ${DEPLOY}`;
  if (error instanceof ProviderError) return errorText(error.code, error.message);
  if (!isDenied(error)) return messageOf(error);
  const arn = `arn:${account.partition}:sqs:${region}:${account.account}:${name}`;
  return `${messageOf(error)}; its role needs ${RIGHTS.join(", ")} on ${arn}: ${DEPLOY}`;
}
