import type { SQSClient } from "@aws-sdk/client-sqs";
import type { EventQueue } from "../../app/ports/ingest.ts";
import { SENDER } from "../../core/config/sender.ts";
import { sendAll } from "./send.ts";

export interface SqsEventQueueOptions {
  /** Made when first needed. */
  readonly client: () => Promise<SQSClient>;
  readonly queueUrl: string;
}

/** Events on a queue of SQS, one message each. Throws where one of them was not taken. */
export function sqsEventQueue({ client, queueUrl }: SqsEventQueueOptions): EventQueue {
  return {
    send: (events, sender) => {
      const MessageAttributes = { [SENDER]: { DataType: "String", StringValue: sender } };
      return sendAll(client, queueUrl, events, { MessageAttributes });
    },
  };
}
