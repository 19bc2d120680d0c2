import { CreateTopicCommand, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AlertDeliveryError } from "../../../lib/app/ports/alerts.ts";
import type { SnsChannel } from "../../../lib/core/alert/settings.ts";
import { createAlertSender } from "../../../lib/sinks/chat/sender.ts";
import { AT, DIGEST, longDigest } from "../../core/alert/alerts.ts";
import { openAws } from "../aws-clients.ts";

const CHANNEL: SnsChannel = { type: "sns", name: "mail", leastSeverity: "low" };

let aws: Awaited<ReturnType<typeof openAws>>;
let topicArn: string;
let queueUrl: string;
beforeAll(async () => {
  aws = await openAws();
  const [sns, sqs] = await Promise.all([aws.sns(), aws.sqs()]);
  ({ TopicArn: topicArn = "" } = await sns.send(new CreateTopicCommand({ Name: "alerts" })));
  ({ QueueUrl: queueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "inbox" })));
  const inbox = "arn:aws:sqs:us-east-1:000000000000:inbox";
  await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: "sqs", Endpoint: inbox }));
});
afterAll(() => aws.close());

const open = (channel: SnsChannel, deployed?: string) =>
  createAlertSender(channel, {
    credential: async (reference) => reference,
    clock: { now: () => AT },
    sns: aws.sns,
    ...(deployed !== undefined && { topicArn: deployed }),
  });
const signal = () => AbortSignal.timeout(20_000);

describe("a channel of type sns", () => {
  it("publishes what it shows, to the topic's subscribers", async () => {
    const sender = open({ ...CHANNEL, topicArn });
    await sender.send(DIGEST, { signal: signal() });
    const receive = new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 5 });
    const { Messages: messages = [] } = await (await aws.sqs()).send(receive);
    const { Subject, Message } = JSON.parse(messages[0]?.Body ?? "{}") as { Subject: string; Message: string };
    expect({ Subject, Message }).toEqual(JSON.parse(sender.bodyOf(DIGEST)));
  });

  it("publishes to the topic of the deployment where it names none", async () => {
    expect(open(CHANNEL, topicArn).target).toBe(topicArn);
    await open(CHANNEL, topicArn).send(longDigest(60, "资源".repeat(20)), { signal: signal() });
  });

  it("publishes in the region of the topic, which may be another one than the function's", async () => {
    const elsewhere = await (await aws.sns("eu-west-1")).send(new CreateTopicCommand({ Name: "alerts" }));
    expect(elsewhere.TopicArn).toContain(":eu-west-1:");
    const asked: (string | undefined)[] = [];
    const sns = (region: string | undefined) => {
      asked.push(region);
      return aws.sns(region);
    };
    const channel = { ...CHANNEL, topicArn: elsewhere.TopicArn ?? "" };
    const sender = createAlertSender(channel, { credential: async (one) => one, clock: { now: () => AT }, sns });
    await sender.send(DIGEST, { signal: signal() });
    expect(asked).toEqual(["eu-west-1"]);
    expect(await (await aws.sns("eu-west-1")).config.region()).toBe("eu-west-1");
  });

  it("keeps within SNS's limits", () => {
    const { Subject, Message } = JSON.parse(open(CHANNEL).bodyOf(longDigest(60, "资".repeat(40)))) as Record<
      string,
      string
    >;
    expect(Subject).toMatch(/^[\x20-\x7e]{1,100}$/u);
    expect(Buffer.byteLength(Message ?? "")).toBeLessThan(262_144);
  });

  it("may be tried again where nobody answers", async () => {
    const gone = await openAws();
    await gone.close();
    const deps = { credential: async (reference: string) => reference, clock: { now: () => AT }, sns: gone.sns };
    const error: unknown = await createAlertSender({ ...CHANNEL, topicArn }, deps)
      .send(DIGEST, { signal: signal() })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ retryable: true, message: "alert channel mail: SNS can't be reached" });
  });

  it.each([
    ["without a topic", undefined],
    ["whose topic is gone", "arn:aws:sns:us-east-1:000000000000:gone"],
  ])("%s is not tried again by itself", async (_, arn) => {
    const channel = arn === undefined ? CHANNEL : { ...CHANNEL, topicArn: arn };
    const error: unknown = await open(channel)
      .send(DIGEST, { signal: signal() })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AlertDeliveryError);
    expect(error).toMatchObject({ retryable: false });
  });
});
