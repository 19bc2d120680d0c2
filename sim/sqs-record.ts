import type { SQSRecord } from "aws-lambda";
import type { MessageCopy, SentMessages } from "../lib/lambda/sqs/messages.ts";
import { attributesOf, ownAttributes } from "../lib/lambda/sqs/outgoing.ts";
import type { Received } from "./queue.ts";

/** A message as Lambda hands it on. */
export function recordOf(received: Received<string | number>): SQSRecord {
  const { messageId, body, receiveCount, sentAt, firstReceivedAt, own, copy } = received;
  const attributes = copy === undefined ? ownAttributes(own) : attributesOf(copy);
  return {
    messageId,
    receiptHandle: messageId,
    body: String(body),
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: String(sentAt),
      SenderId: "sim",
      ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
    },
    messageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, { DataType: dataType, StringValue: stringValue }]) => [
        name,
        { dataType, stringValue },
      ]),
    ),
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:sim",
    awsRegion: "us-east-1",
  };
}

/** What a queue that can't be reached takes. */
export function noneOf(messages: readonly Pick<MessageCopy, "messageId">[], error: unknown): SentMessages {
  return { taken: new Set(), refused: new Map(messages.map(({ messageId }) => [messageId, String(error)])) };
}
