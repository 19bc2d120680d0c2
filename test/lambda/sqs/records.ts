import type { SQSEvent, SQSRecord } from "aws-lambda";
import type { MessageAction } from "../../../lib/app/ports/messages.ts";
import { InputError } from "../../../lib/core/errors.ts";
import { sqsBatch, type ParsedMessage } from "../../../lib/lambda/sqs/batch.ts";
import type { MessageCopy, MessageEnvelope, SentMessages, SqsBatchDeps } from "../../../lib/lambda/sqs/messages.ts";
import { sqsRecord, type RecordDetails } from "../../fixtures/sqs-record.ts";

export const context = { getRemainingTimeInMillis: () => 60_000 };

/** What time it is. */
export const NOW = Date.parse("2026-11-22T12:00:00Z");
export const HOUR = 3_600_000;

/** A message that was sent just now, unless it says otherwise. */
export function record(messageId: string, body = "a creation", details: RecordDetails = {}): SQSRecord {
  return sqsRecord(messageId, body, { sentAt: NOW, ...details });
}

/** All of them were taken. */
export function taken(messages: readonly { readonly messageId: string }[]): SentMessages {
  return { taken: new Set(messages.map(({ messageId }) => messageId)), refused: new Map() };
}

/** None of them was. */
export function refused(messages: readonly { readonly messageId: string }[], reason: string): SentMessages {
  return { taken: new Set(), refused: new Map(messages.map(({ messageId }) => [messageId, reason])) };
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
      clock: { now: () => NOW },
      random: () => 1,
      waitMs: 24 * HOUR,
      sendAgain: async (copies: readonly MessageCopy[]): Promise<SentMessages> => {
        sent.push(...copies);
        return taken(copies);
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
  deps: SqsBatchDeps = recorder().deps,
): Promise<string[]> => {
  const event: SQSEvent = { Records: records };
  const { batchItemFailures } = await sqsBatch(parse, useCase, deps)(event, context);
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
};
