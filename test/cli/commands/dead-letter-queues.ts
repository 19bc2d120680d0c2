import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  DeleteQueueCommand,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, onTestFinished } from "vitest";
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

/** Where the rules of another account leave theirs. */
const ELSEWHERE = "eu-west-1";

async function openQueues(aws: Pick<EmbeddedAws, "variables">, stage: string) {
  const own = await createAwsClients(aws.variables).sqs();
  const other = await createAwsClients({ ...aws.variables, AWS_REGION: ELSEWHERE }).sqs();
  const nameOf = (queue: string): string => `tagwarden-${stage}-${queue}`;
  const sqsOf = (queue: string) => (queue === "ForwardDeadLetters" ? other : own);
  const sources = ["Enforce", "Audit", "Report", "Alert"].flatMap((name) => [`${name}Queue`, `${name}DeadLetters`]);
  for (const name of [...sources, "ScheduleDeadLetters", "ForwardDeadLetters"]) {
    await sqsOf(name).send(new CreateQueueCommand({ QueueName: nameOf(name) }));
  }

  async function urlOf(queue: string): Promise<string> {
    const { QueueUrl = "" } = await sqsOf(queue).send(new GetQueueUrlCommand({ QueueName: nameOf(queue) }));
    return QueueUrl;
  }

  return {
    urlOf,
    async remove(queue: string): Promise<void> {
      await sqsOf(queue).send(new DeleteQueueCommand({ QueueUrl: await urlOf(queue) }));
    },
    async put(queue: string, body: string, attributes: Readonly<Record<string, string>> = {}): Promise<void> {
      const MessageAttributes = Object.fromEntries(
        Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: "String", StringValue }]),
      );
      const message = { QueueUrl: await urlOf(queue), MessageBody: body, MessageAttributes };
      await sqsOf(queue).send(new SendMessageCommand(message));
    },
    /** At most ten of those that anybody can see; they stay so. */
    async bodiesOn(queue: string): Promise<readonly string[]> {
      const { Messages = [] } = await sqsOf(queue).send(
        new ReceiveMessageCommand({ QueueUrl: await urlOf(queue), MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
      );
      return Messages.map(({ Body = "" }) => Body);
    },
    /** What stands beside their bodies. */
    async attributesOn(queue: string): Promise<readonly Readonly<Record<string, string>>[]> {
      const QueueUrl = await urlOf(queue);
      const { Messages = [] } = await sqsOf(queue).send(
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

/** SQS with somebody in between, who is told of each call before it is passed on and may refuse it. */
export async function sqsBetween(
  aws: Pick<EmbeddedAws, "endpoint">,
  onCall: (action: string, region: string) => "refuse" | undefined,
): Promise<Record<string, string>> {
  const server = createServer((incoming: IncomingMessage, response: ServerResponse) => {
    const action = String(incoming.headers["x-amz-target"]).replace(/^AmazonSQS\./, "");
    const region = /Credential=[^/]+\/[^/]+\/([^/]+)\//.exec(String(incoming.headers.authorization))?.[1] ?? "";
    if (onCall(action, region) === "refuse") {
      response.writeHead(403, { "content-type": "application/x-amz-json-1.0" });
      response.end(JSON.stringify({ __type: "com.amazonaws.sqs#AccessDenied", message: `no ${action} for you` }));
      incoming.resume();
      return;
    }
    const { method, headers, url } = incoming;
    const onward = request(new URL(url ?? "/", aws.endpoint), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(onward);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
