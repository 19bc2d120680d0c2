import type { MessageAction } from "../../../lib/app/ports/messages.ts";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { InputError } from "../../../lib/core/errors.ts";
import { sqsBatch, type MessageCopy, type MessageEnvelope, type ParsedMessage } from "../../../lib/lambda/sqs/batch.ts";

export const context = { getRemainingTimeInMillis: () => 60_000 };

export function record(messageId: string, body = "a creation", sendCount?: string): SQSRecord {
  return {
    messageId,
    body,
    receiptHandle: `receipt-${messageId}`,
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "0",
      SenderId: "test",
      ApproximateFirstReceiveTimestamp: "0",
    },
    messageAttributes: sendCount === undefined ? {} : { sendCount: { dataType: "Number", stringValue: sendCount } },
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:q",
    awsRegion: "us-east-1",
  };
}

export async function parse(body: string, envelope: MessageEnvelope): Promise<ParsedMessage<MessageEnvelope>> {
  if (body === "malformed") throw new InputError("the body is not JSON");
  return body === "a read" ? { kind: "ignored", reason: "not a creation" } : { kind: "message", message: envelope };
}

interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: unknown;
}

export function recorder() {
  const lines: Line[] = [];
  const counts = new Map<string, number>();
  const sent: MessageCopy[] = [];
  const at =
    (level: string) =>
    (message: string, fields: unknown = {}) => {
      lines.push({ level, message, fields });
    };
  return {
    lines,
    counts,
    sent,
    deps: {
      log: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") },
      count: (metric: string, value: number) => {
        counts.set(metric, (counts.get(metric) ?? 0) + value);
      },
      sendAgain: async (copies: readonly MessageCopy[]): Promise<ReadonlySet<string>> => {
        sent.push(...copies);
        return new Set(copies.map(({ messageId }) => messageId));
      },
    },
  };
}

export function settle(action: "acknowledge" | "redeliver") {
  return async (messages: readonly MessageEnvelope[]): Promise<MessageAction[]> =>
    messages.map(({ messageId }) => ({ messageId, action }));
}

export const failuresOf = async (
  records: SQSRecord[],
  useCase: (messages: readonly MessageEnvelope[]) => Promise<readonly MessageAction[]>,
  deps = recorder().deps,
): Promise<string[]> => {
  const event: SQSEvent = { Records: records };
  const { batchItemFailures } = await sqsBatch(parse, useCase, deps)(event, context);
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
};
