import { CreateQueueCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditQueue, ShardMessage } from "../../../lib/app/ports/audit-queue.ts";
import { sqsAuditQueue } from "../../../lib/sinks/sqs/audit-queue.ts";
import { memoryAuditQueue } from "../../../lib/sinks/sqs/memory-queues.ts";
import { openAws } from "../aws-clients.ts";

let aws: Awaited<ReturnType<typeof openAws>>;
beforeAll(async () => {
  aws = await openAws();
});
afterAll(() => aws.close());

interface Opened {
  readonly queue: AuditQueue;
  readonly taken: () => Promise<{ shards: readonly ShardMessage[]; reports: readonly string[] }>;
}

async function overSqs(): Promise<Opened> {
  const sqs = await aws.sqs();
  const create = async (QueueName: string) => (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? "";
  const suffix = Math.floor(performance.now() * 1000);
  const shardQueueUrl = await create(`shards-${suffix}`);
  const reportQueueUrl = await create(`reports-${suffix}`);
  const drain = async (QueueUrl: string): Promise<unknown[]> => {
    const bodies: unknown[] = [];
    for (;;) {
      const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      if (Messages === undefined || Messages.length === 0) return bodies;
      bodies.push(...Messages.map(({ Body }) => JSON.parse(Body ?? "") as unknown));
    }
  };
  return {
    queue: sqsAuditQueue({ client: aws.sqs, shardQueueUrl, reportQueueUrl }),
    taken: async () => ({
      shards: (await drain(shardQueueUrl)) as ShardMessage[],
      reports: (await drain(reportQueueUrl)).map((body) => (body as { run: string }).run),
    }),
  };
}

async function inMemory(): Promise<Opened> {
  const queue = memoryAuditQueue();
  return { queue, taken: async () => queue };
}

const message = (number: number): ShardMessage => ({
  run: "r1",
  at: 1_795_000_000_000,
  startedAt: 1_795_000_000_000,
  policyHash: "abc",
  shard: {
    id: `alibaba.1.cn-${number}.apigateway`,
    provider: "alibaba",
    account: "1",
    region: `cn-${number}`,
    service: "apigateway",
    types: ["alibaba:apigateway:app"],
  },
});

describe.each([
  ["memory", inMemory],
  ["SQS", overSqs],
] as const)("the audit queue in %s", (_, open) => {
  it("delivers every shard, more than one batch of them, as it was sent", async () => {
    const { queue, taken } = await open();
    const sent = Array.from({ length: 23 }, (_unused, n) => message(n));
    await queue.sendShards(sent);
    const { shards } = await taken();
    expect(new Set(shards.map((one) => JSON.stringify(one)))).toEqual(new Set(sent.map((one) => JSON.stringify(one))));
    expect(shards).toHaveLength(23);
  });

  it("keeps the checkpoint of a shard that is handed on", async () => {
    const { queue, taken } = await open();
    await queue.sendShards([{ ...message(1), checkpoint: "work/c.json" }]);
    expect((await taken()).shards[0]?.checkpoint).toBe("work/c.json");
  });

  it("delivers the run whose report is due, apart from the shards", async () => {
    const { queue, taken } = await open();
    await queue.sendReport("r1");
    const { shards, reports } = await taken();
    expect([...shards]).toEqual([]);
    expect([...reports]).toEqual(["r1"]);
  });
});

describe("the audit queue in SQS", () => {
  it("fails where a queue doesn't exist, so that nothing is lost in silence", async () => {
    const url = "http://127.0.0.1:9/000000000000/none";
    const queue = sqsAuditQueue({ client: aws.sqs, shardQueueUrl: url, reportQueueUrl: url });
    await expect(queue.sendReport("r1")).rejects.toThrow(/ECONNREFUSED|non-existent|does not exist/u);
  });
});
