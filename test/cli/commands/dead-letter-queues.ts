import { CreateQueueCommand, GetQueueUrlCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { createAwsClients } from "../../../lib/lambda/settings/aws-clients.ts";
import { startEmbeddedAws, type EmbeddedAws } from "../../../local/service/embedded-aws.ts";
import { runMain, type RunOptions } from "../run-main.ts";

/** The queues of a stage of its own for each test. Stands at the head of a file of tests. */
export function useQueues() {
  let aws: EmbeddedAws;
  let queues: Awaited<ReturnType<typeof openQueues>>;
  let stage = 0;
  beforeAll(async () => {
    aws = await startEmbeddedAws();
  });
  afterAll(async () => aws.close());
  beforeEach(async () => {
    stage += 1;
    queues = await openQueues(aws, `t${stage}`);
  });
  return { aws: () => aws, queues: () => queues };
}

async function openQueues(aws: Pick<EmbeddedAws, "variables">, stage: string) {
  const sqs = await createAwsClients(aws.variables).sqs();
  const nameOf = (queue: string): string => `tagwarden-${stage}-${queue}`;
  for (const name of ["Enforce", "Audit", "Report", "Alert"]) {
    for (const suffix of ["Queue", "DeadLetters"]) {
      await sqs.send(new CreateQueueCommand({ QueueName: nameOf(`${name}${suffix}`) }));
    }
  }

  async function urlOf(queue: string): Promise<string> {
    const { QueueUrl = "" } = await sqs.send(new GetQueueUrlCommand({ QueueName: nameOf(queue) }));
    return QueueUrl;
  }

  return {
    urlOf,
    async put(queue: string, body: string, attributes: Readonly<Record<string, string>> = {}): Promise<void> {
      const MessageAttributes = Object.fromEntries(
        Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: "String", StringValue }]),
      );
      await sqs.send(new SendMessageCommand({ QueueUrl: await urlOf(queue), MessageBody: body, MessageAttributes }));
    },
    /** At most ten of those that anybody can see; they stay so. */
    async bodiesOn(queue: string): Promise<readonly string[]> {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: await urlOf(queue), MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
      );
      return Messages.map(({ Body = "" }) => Body);
    },
    /** What stands beside their bodies. */
    async attributesOn(queue: string): Promise<readonly Readonly<Record<string, string>>[]> {
      const QueueUrl = await urlOf(queue);
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ["All"], VisibilityTimeout: 0 }),
      );
      return Messages.map(({ MessageAttributes = {} }) =>
        Object.fromEntries(
          Object.entries(MessageAttributes).map(([name, { StringValue = "" }]) => [name, StringValue]),
        ),
      );
    },
    /** `tagwarden dlq …`. */
    async dlq(line: readonly string[], options: RunOptions = {}) {
      const env = { ...aws.variables, ...options.env };
      const ran = await runMain(["dlq", ...line, "--stage", stage], { ...options, env });
      return { ...ran, value: () => JSON.parse(ran.stdout) as { letters: readonly Record<string, string>[] } };
    },
  };
}
