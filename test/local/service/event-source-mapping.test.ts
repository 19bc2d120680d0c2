import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAwsClients } from "../../../lib/lambda/settings/aws-clients.ts";
import { sqsBatch } from "../../../lib/lambda/sqs/batch.ts";
import type { MessageEnvelope } from "../../../lib/lambda/sqs/messages.ts";
import { createTelemetry } from "../../../lib/lambda/telemetry.ts";
import { sqsBatchDeps } from "../../../lib/lambda/sqs/batch-deps.ts";
import { startEmbeddedAws, type EmbeddedAws } from "../../../local/service/embedded-aws.ts";
import {
  startEventSourceMapping,
  type EventSourceMapping,
  type MappingDeps,
} from "../../../local/service/event-source-mapping.ts";
import type { LocalFunction } from "../../../local/service/function-runtime.ts";
import type { QueueMapping } from "../../../local/service/serverless-file.ts";

const mapping: QueueMapping = {
  queue: "Work",
  batchSize: 100,
  windowSeconds: 0,
  maximumConcurrency: 5,
  reportsFailures: true,
};

let aws: EmbeddedAws;
let sqs: SQSClient;
let queueUrl: string;
let deadLettersUrl: string;
let running: EventSourceMapping[];
let queues = 0;

beforeAll(async () => {
  aws = await startEmbeddedAws();
  sqs = new SQSClient({
    region: aws.region,
    endpoint: aws.endpoint,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
});

afterAll(async () => {
  sqs.destroy();
  await aws.close();
});

beforeEach(async () => {
  running = [];
  // However busy the machine is, nothing comes back before its work is done.
  await useQueue({ visibilitySeconds: 600 });
  return async () => {
    await Promise.all(running.map((one) => one.stop()));
  };
});

/** A queue whose messages become dead letters when they are received a third time. */
async function useQueue({ visibilitySeconds }: { readonly visibilitySeconds: number }): Promise<void> {
  const name = `work-${(queues += 1)}`;
  await sqs.send(new CreateQueueCommand({ QueueName: `${name}-dead` }));
  await sqs.send(
    new CreateQueueCommand({
      QueueName: name,
      Attributes: {
        VisibilityTimeout: String(visibilitySeconds),
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: `arn:aws:sqs:${aws.region}:${aws.account}:${name}-dead`,
          maxReceiveCount: 2,
        }),
      },
    }),
  );
  queueUrl = aws.queueUrl(name);
  deadLettersUrl = aws.queueUrl(`${name}-dead`);
}

type Work = (event: SQSEvent) => Promise<unknown>;

/** What fails comes back after a second, unless `back` says otherwise. */
function feed(
  work: Work,
  change: Partial<QueueMapping> = {},
  back: Pick<MappingDeps, "failedAgain"> = { failedAgain: { afterSeconds: 1, sqs } },
): { failures: unknown[]; mapping: EventSourceMapping } {
  const failures: unknown[] = [];
  const handler: LocalFunction = { name: "work", timeoutSeconds: 10, invoke: (event) => work(event as SQSEvent) };
  const started = startEventSourceMapping({ ...mapping, ...change }, handler, {
    ...back,
    sqs,
    queueUrl,
    queueArn: "arn",
    onFailure: (_, error) => failures.push(error),
  });
  running.push(started);
  return { failures, mapping: started };
}

async function send(bodies: readonly string[]): Promise<void> {
  for (let start = 0; start < bodies.length; start += 10) {
    const entries = bodies.slice(start, start + 10).map((body, index) => ({ Id: String(index), MessageBody: body }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }));
  }
}

async function depth(url: string): Promise<number> {
  const names = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
  ] as const;
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...names] }));
  return names.reduce((sum, name) => sum + Number(Attributes?.[name] ?? 0), 0);
}

const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  await expect.poll(condition, { timeout: 50_000, interval: 20 }).toBe(true);
};

const nothingFailed: SQSBatchResponse = { batchItemFailures: [] };

describe("an event-source mapping", () => {
  it("gathers a batch beyond the ten messages of one receive", async () => {
    await send(Array.from({ length: 35 }, (_, index) => String(index)));
    const sizes: number[] = [];
    feed(
      async ({ Records }) => {
        sizes.push(Records.length);
        return nothingFailed;
      },
      { batchSize: 35, windowSeconds: 60 },
    );
    await until(async () => (await depth(queueUrl)) === 0);
    expect(sizes).toEqual([35]);
  });

  it("never gives a function more than its batch size", async () => {
    await send(Array.from({ length: 25 }, (_, index) => String(index)));
    const sizes: number[] = [];
    feed(
      async ({ Records }) => {
        sizes.push(Records.length);
        return nothingFailed;
      },
      { batchSize: 7, windowSeconds: 0.3 },
    );
    await until(async () => (await depth(queueUrl)) === 0);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(25);
    expect(Math.max(...sizes)).toBe(7);
  });

  it("runs no more invocations at once than the maximum concurrency", async () => {
    await send(Array.from({ length: 12 }, (_, index) => String(index)));
    let now = 0;
    let most = 0;
    const two = Promise.withResolvers<void>();
    feed(
      async () => {
        now += 1;
        most = Math.max(most, now);
        if (now === 2) two.resolve();
        await two.promise;
        // Time for a third, which must not come.
        await new Promise((resolve) => {
          setTimeout(resolve, 30);
        });
        now -= 1;
        return nothingFailed;
      },
      { batchSize: 1, maximumConcurrency: 2 },
    );
    await until(async () => (await depth(queueUrl)) === 0);
    expect(most).toBe(2);
  });

  it("deletes what succeeded and brings back only what failed", async () => {
    await send(["good", "bad"]);
    const seen: string[] = [];
    feed(async ({ Records }) => {
      seen.push(...Records.map(({ body }) => body));
      const retried = seen.filter((body) => body === "bad").length > 1;
      const failed = retried ? [] : Records.filter(({ body }) => body === "bad");
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    });
    await until(async () => (await depth(queueUrl)) === 0);
    expect(seen.toSorted()).toEqual(["bad", "bad", "good"]);
  });

  it("brings the whole batch back where the function throws", async () => {
    await send(["one", "two"]);
    let calls = 0;
    const { failures } = feed(
      async () => {
        calls += 1;
        if (calls === 1) throw new Error("cold");
        return nothingFailed;
      },
      { batchSize: 2, windowSeconds: 60 },
    );
    await until(async () => (await depth(queueUrl)) === 0);
    expect(calls).toBe(2);
    expect(failures).toHaveLength(1);
  });

  it("brings the whole batch back where the answer is no partial batch response", async () => {
    await useQueue({ visibilitySeconds: 1 });
    await send(["one"]);
    let calls = 0;
    feed(async () => ((calls += 1) === 1 ? { statusCode: 200 } : nothingFailed), {}, {});
    await until(async () => (await depth(queueUrl)) === 0);
    expect(calls).toBe(2);
  });

  it("lets the queue move a poison message to its dead-letter queue", async () => {
    await send(["poison", "good"]);
    feed(async ({ Records }) => ({
      batchItemFailures: Records.filter(({ body }) => body === "poison").map(({ messageId }) => ({
        itemIdentifier: messageId,
      })),
    }));
    await until(async () => (await depth(queueUrl)) === 0);
    expect(await depth(deadLettersUrl)).toBe(1);
  });

  it("can bring a failed message back before its visibility timeout, still counting receives", async () => {
    const slow = aws.queueUrl("slow");
    await sqs.send(new CreateQueueCommand({ QueueName: "slow", Attributes: { VisibilityTimeout: "600" } }));
    await sqs.send(new SendMessageCommand({ QueueUrl: slow, MessageBody: "fails twice" }));
    const receives: string[] = [];
    const handler: LocalFunction = {
      name: "work",
      timeoutSeconds: 10,
      invoke: async (event) => {
        const [record] = (event as SQSEvent).Records;
        receives.push(record?.attributes.ApproximateReceiveCount ?? "");
        if (receives.length === 1) throw new Error("cold");
        return receives.length === 2 ? { batchItemFailures: [{ itemIdentifier: record?.messageId }] } : nothingFailed;
      },
    };
    const deps = {
      sqs,
      queueUrl: slow,
      queueArn: "arn",
      failedAgain: { afterSeconds: 1, sqs },
      onFailure: () => undefined,
    };
    running.push(startEventSourceMapping(mapping, handler, deps));
    await until(async () => (await depth(slow)) === 0);
    expect(receives).toEqual(["1", "2", "3"]);
  });

  it("passes a megabyte of malformed body on as it is", async () => {
    const body = "{".repeat(1_000_000);
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
    let length = 0;
    feed(async ({ Records }) => {
      length = Records[0]?.body.length ?? 0;
      return nothingFailed;
    });
    await until(async () => (await depth(queueUrl)) === 0);
    expect(length).toBe(1_000_000);
  });
});

describe("a message that is sent again", () => {
  it("outlives the receive count that would have made it a dead letter, and says since when it waits", async () => {
    const seen: { sendCount: number; receives: string | undefined }[] = [];
    const envelopes: MessageEnvelope[] = [];
    const environment = {
      TAGWARDEN_DEAD_LETTERS_URL: deadLettersUrl,
      TAGWARDEN_ATTEMPTS: 5,
      TAGWARDEN_WAIT_HOURS: 24,
    };
    const telemetry = createTelemetry("test", "test");
    const deps = sqsBatchDeps({ name: "test", queueUrl, environment, aws: createAwsClients(aws.variables), telemetry });
    const handler = sqsBatch<MessageEnvelope>(
      async (_, envelope) => {
        envelopes.push(envelope);
        return { kind: "message", message: envelope };
      },
      async (messages) =>
        messages.map(({ messageId, sendCount }) =>
          sendCount < 4 ? { messageId, action: "send-again", delaySeconds: 0 } : { messageId, action: "acknowledge" },
        ),
      deps,
    );
    await send(["waits for its resource"]);
    feed(async (event) => {
      for (const { attributes, messageAttributes } of event.Records) {
        const sendCount = Number(messageAttributes["sendCount"]?.stringValue ?? 0);
        seen.push({ sendCount, receives: attributes.ApproximateReceiveCount });
      }
      return handler(event, { getRemainingTimeInMillis: () => 10_000 });
    });
    await until(async () => seen.length === 5 && (await depth(queueUrl)) === 0);
    const [first] = envelopes;
    expect(Math.abs(Date.now() - (first?.firstSentAt ?? 0))).toBeLessThan(3_600_000);
    for (const { firstSentAt, waitsUntil } of envelopes) {
      expect(firstSentAt).toBe(first?.firstSentAt);
      expect(waitsUntil).toBe(first?.waitsUntil);
    }
    expect(seen).toEqual([0, 1, 2, 3, 4].map((sendCount) => ({ sendCount, receives: "1" })));
    expect(await depth(deadLettersUrl)).toBe(0);
  });
});
