import type { AttributeValue, DynamoDBClient, WriteRequest } from "@aws-sdk/client-dynamodb";
import type { SeenLedger } from "../../app/ports/seen.ts";
import type { ResourceRef } from "../../core/resource.ts";
import { CALLS_AT_ONCE, groupsOf, keyOf } from "./seen-keys.ts";

export interface DynamoSeenOptions {
  /** Made when first needed. */
  readonly client: () => Promise<DynamoDBClient>;
  /** A table with the string keys `pk` and `sk`, and `expiresAt` as its time to live. */
  readonly table: string;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const ITEMS_PER_WRITE = 25;
/** What the table could not take at once is offered again, this often. */
const MOST_OFFERS = 4;
/** Whatever is still there after so long, every audit has seen: longer than a month of failing audits. */
const KEPT_SECONDS = 60 * 24 * 3600;

/** Seen resources in DynamoDB. What enforcement seldom needs is loaded when it is needed. */
export function dynamoSeen({ client, table }: DynamoSeenOptions): SeenLedger {
  const write = async (requests: readonly WriteRequest[]): Promise<void> => {
    const [db, { BatchWriteItemCommand }] = await Promise.all([client(), import("@aws-sdk/client-dynamodb")]);
    let left = [...requests];
    for (let offers = 0; left.length > 0; offers++) {
      if (offers === MOST_OFFERS) throw new Error(`DynamoDB did not take ${left.length} seen resources`);
      const { UnprocessedItems } = await db.send(new BatchWriteItemCommand({ RequestItems: { [table]: left } }));
      left = UnprocessedItems?.[table] ?? [];
    }
  };

  const kept = async () => (await import("./seen-kept.ts")).dynamoSeenKept(await client(), table);

  return {
    async note(resources, at) {
      const items = resources.map((ref) => ({ PutRequest: { Item: itemOf(ref, at) } }));
      for (const calls of groupsOf(groupsOf(items, ITEMS_PER_WRITE), CALLS_AT_ONCE)) {
        await Promise.all(calls.map(write));
      }
    },

    forget: async (resources, seenUntil) => (await kept()).forget(resources, seenUntil),
    list: async (place, token) => (await kept()).list(place, token),
  };
}

function itemOf(ref: ResourceRef, at: number): Record<string, AttributeValue> {
  return {
    ...keyOf(ref),
    type: { S: ref.type },
    id: { S: ref.id },
    ...(ref.project !== undefined && { project: { S: ref.project } }),
    lastSeen: { N: String(at) },
    expiresAt: { N: String(Math.floor(at / 1000) + KEPT_SECONDS) },
  };
}
