import type { SQSRecord } from "aws-lambda";
import type { EnforceDeps } from "../../lib/app/enforce/enforce-tags.ts";
import { enforceTags } from "../../lib/app/enforce/enforce-tags.ts";
import type { CreatedMessage } from "../../lib/app/enforce/messages.ts";
import type { ResourceOutcome } from "../../lib/core/outcome.ts";
import type { ResourceRef } from "../../lib/core/resource.ts";
import { parseEvent } from "../../lib/events/parse.ts";
import { sqsBatch } from "../../lib/lambda/sqs/batch.ts";
import type { MessageCopy } from "../../lib/lambda/sqs/messages.ts";
import { sqsRecord } from "../fixtures/sqs-record.ts";
import { taken } from "../lambda/sqs/records.ts";

/** As serverless.yml has it. */
const ATTEMPTS = 5;
const VISIBILITY_MS = 370_000;
const WAIT_MS = 24 * 3_600_000;

/** The event that tells of a resource of anybody's. */
export function createdEvent({ type, account, region, id }: ResourceRef, createdAt = "2026-11-22T05:00:00Z"): string {
  const data = { type, account, region, id, createdAt, createdBy: "alice" };
  const event = { specversion: "1.0", id: "e", source: "tests", type: "com.tagwarden.resource.created.v1", data };
  return JSON.stringify(event);
}

/** What a delivery of all messages that are left came to. */
export interface Delivery {
  readonly acknowledged: number;
  readonly sentAgain: number;
  readonly outcomes: readonly ResourceOutcome[];
}

/**
 * Delivers these bodies to the enforce use case by way of the queue protocol, all of them at a time, until none is left:
 * acknowledged, or a dead letter. What is sent again is waited for in `deps.clock`. `before` is told the number of each
 * delivery, from 1.
 */
export async function deliver(
  bodies: readonly string[],
  deps: EnforceDeps,
  { before, seconds = 60 }: { readonly before?: (delivery: number) => void; readonly seconds?: number } = {},
) {
  const { clock } = deps;
  let queue = bodies.map((body, index) => sqsRecord(`m${index}`, body, { sentAt: clock.now() }));
  const dead: { readonly messageId: string; readonly reason: string; readonly at: number }[] = [];
  const deliveries: Delivery[] = [];
  while (queue.length > 0) {
    before?.(deliveries.length + 1);
    const outcomes: ResourceOutcome[] = [];
    const again = new Map<string, MessageCopy>();
    const handler = sqsBatch<CreatedMessage>(
      async (body, envelope) => {
        const event = parseEvent(body);
        if (event.kind !== "created") return { kind: "ignored", reason: event.kind };
        return { kind: "message", message: { ...envelope, resources: event.resources } };
      },
      async (messages) => {
        const endsAt = clock.now() + seconds * 1_000;
        const result = await enforceTags(messages, deps, { remainingMs: () => endsAt - clock.now() });
        outcomes.push(...result.resources);
        return result.actions;
      },
      {
        log: deps.log,
        count: () => undefined,
        clock,
        random: deps.random,
        waitMs: WAIT_MS,
        sendAgain: async (copies) => {
          for (const copy of copies) again.set(copy.messageId, copy);
          return taken(copies);
        },
        deadLetters: {
          attempts: ATTEMPTS,
          send: async (letters) => {
            dead.push(...letters.map((letter) => ({ ...letter, at: clock.now() })));
            return taken(letters);
          },
        },
      },
    );
    const { batchItemFailures } = await handler(
      { Records: queue },
      { getRemainingTimeInMillis: () => seconds * 1_000 },
    );
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const sentAt = clock.now();
    const left = queue.flatMap((record): SQSRecord[] => {
      const copy = again.get(record.messageId);
      if (copy !== undefined) {
        const { messageId, body, sendCount, firstSentAt, countedFrom } = copy;
        const attributes = { sendCount, firstSentAt, ...(countedFrom !== undefined && { countedFrom }) };
        return [sqsRecord(messageId, body, { sentAt, attributes })];
      }
      if (!failed.has(record.messageId)) return [];
      const { attributes } = record;
      const receives = Number(attributes.ApproximateReceiveCount) + 1;
      return [{ ...record, attributes: { ...attributes, ApproximateReceiveCount: String(receives) } }];
    });
    const buried = dead.filter(({ messageId }) => queue.some((record) => record.messageId === messageId)).length;
    deliveries.push({ acknowledged: queue.length - left.length - buried, sentAgain: again.size, outcomes });
    queue = left;
    const delays = [...again.values()].map(({ delaySeconds }) => delaySeconds * 1_000);
    if (failed.size > 0) delays.push(VISIBILITY_MS);
    if (delays.length > 0) await clock.sleep(Math.max(...delays));
  }
  return { deliveries, dead };
}
