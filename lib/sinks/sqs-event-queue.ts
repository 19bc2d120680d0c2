import type { SQSClient } from "@aws-sdk/client-sqs";
import type { EventQueue } from "../app/ports/ingest.ts";
import { groupForSqs } from "./sqs-groups.ts";

export interface SqsEventQueueOptions {
  /** Made when first needed. */
  readonly client: () => Promise<SQSClient>;
  readonly queueUrl: string;
}

/** Events on a queue of SQS, one message each. Throws where one of them was not taken. */
export function sqsEventQueue({ client, queueUrl }: SqsEventQueueOptions): EventQueue {
  return {
    async send(events) {
      const [sqs, { SendMessageBatchCommand }] = await Promise.all([client(), import("@aws-sdk/client-sqs")]);
      for (const group of groupForSqs(events.map((body) => ({ body })))) {
        const entries = group.map(({ body }, index) => ({ Id: String(index), MessageBody: body }));
        const { Failed } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }));
        const [first] = Failed ?? [];
        if (first !== undefined) throw new Error(`SQS didn't take an event: ${first.Code} ${first.Message ?? ""}`);
      }
    },
  };
}
