import type { EnforceDeps } from "../../lib/app/enforce/enforce-tags.ts";
import { enforceTags } from "../../lib/app/enforce/enforce-tags.ts";
import type { CreatedMessage } from "../../lib/app/enforce/messages.ts";
import type { ResourceOutcome } from "../../lib/core/outcome.ts";
import type { ResourceRef } from "../../lib/core/resource.ts";
import { parseEvent } from "../../lib/events/parse.ts";
import { sqsBatch } from "../../lib/lambda/sqs/batch.ts";
import { sqsRecord } from "../fixtures/sqs-record.ts";

/** As serverless.yml has it. */
const ATTEMPTS = 5;

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
 * Delivers these bodies to the enforce use case by way of the queue protocol, batch by batch, until none is left:
 * acknowledged, or dead after five deliveries. `before` is told the number of each delivery, from 1.
 */
export async function deliver(
  bodies: readonly string[],
  deps: EnforceDeps,
  { before, seconds = 60 }: { readonly before?: (delivery: number) => void; readonly seconds?: number } = {},
) {
  let queue = bodies.map((body, index) => ({ id: `m${index}`, body, receives: 0 }));
  const dead: { readonly messageId: string; readonly reason: string }[] = [];
  const deliveries: Delivery[] = [];
  while (queue.length > 0) {
    before?.(deliveries.length + 1);
    const outcomes: ResourceOutcome[] = [];
    const again = new Set<string>();
    const handler = sqsBatch<CreatedMessage>(
      async (body, { messageId, sendCount, receiveCount }) => {
        const event = parseEvent(body);
        if (event.kind !== "created") return { kind: "ignored", reason: event.reason };
        const isLast = receiveCount >= ATTEMPTS;
        return {
          kind: "message",
          message: { messageId, sendCount, resources: event.resources, ...(isLast && { isLast }) },
        };
      },
      async (messages) => {
        const endsAt = deps.clock.now() + seconds * 1_000;
        const result = await enforceTags(messages, deps, { remainingMs: () => endsAt - deps.clock.now() });
        outcomes.push(...result.resources);
        return result.actions;
      },
      {
        log: deps.log,
        count: () => undefined,
        sendAgain: async (copies) => {
          const ids = copies.map(({ messageId }) => messageId);
          for (const id of ids) again.add(id);
          return new Set(ids);
        },
        deadLetters: {
          attempts: ATTEMPTS,
          send: async (letters) => {
            dead.push(...letters);
            return new Set(letters.map(({ messageId }) => messageId));
          },
        },
      },
    );
    const Records = queue.map(({ id, body, receives }) => sqsRecord(id, body, receives + 1));
    const { batchItemFailures } = await handler({ Records }, { getRemainingTimeInMillis: () => seconds * 1_000 });
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const buried = new Set(dead.map(({ messageId }) => messageId));
    const size = queue.length;
    queue = queue
      .filter(({ id }) => failed.has(id) || again.has(id))
      .filter(({ id }) => !buried.has(id))
      // A copy has a receive count of its own.
      .map((one) => ({ ...one, receives: again.has(one.id) ? 0 : one.receives + 1 }));
    const gone = Records.filter(({ messageId }) => buried.has(messageId)).length;
    deliveries.push({ acknowledged: size - queue.length - gone, sentAgain: again.size, outcomes });
  }
  return { deliveries, dead };
}
