import { createHash } from "node:crypto";
import type { AttributeValue, DynamoDBClient, WriteRequest } from "@aws-sdk/client-dynamodb";
import type { SeenLedger, SeenPlace } from "../../app/ports/seen.ts";
import { chunksOf } from "../../core/chunks.ts";
import { everyTypeOf } from "../../core/contract.ts";
import type { ResourceRef } from "../../core/resource.ts";

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
const CALLS_AT_ONCE = 8;
/** Whatever is still there after so long, every audit has seen: longer than a month of failing audits. */
const KEPT_SECONDS = 60 * 24 * 3600;

/** Seen resources in DynamoDB. */
export function dynamoSeen({ client, table }: DynamoSeenOptions): SeenLedger {
  const open = () => Promise.all([client(), import("@aws-sdk/client-dynamodb")]);

  const write = async (requests: readonly WriteRequest[]): Promise<void> => {
    const [db, { BatchWriteItemCommand }] = await open();
    let left = [...requests];
    for (let offers = 0; left.length > 0; offers++) {
      if (offers === MOST_OFFERS) throw new Error(`DynamoDB did not take ${left.length} seen resources`);
      const { UnprocessedItems } = await db.send(new BatchWriteItemCommand({ RequestItems: { [table]: left } }));
      left = UnprocessedItems?.[table] ?? [];
    }
  };

  return {
    async note(resources, at) {
      const items = resources.map((ref) => ({ PutRequest: { Item: itemOf(ref, at) } }));
      for (const calls of chunksOf(chunksOf(items, ITEMS_PER_WRITE), CALLS_AT_ONCE)) {
        await Promise.all(calls.map(write));
      }
    },

    async forget(resources, seenUntil) {
      const [db, { ConditionalCheckFailedException, DeleteItemCommand }] = await open();
      const remove = async (ref: ResourceRef): Promise<void> => {
        try {
          await db.send(
            new DeleteItemCommand({
              TableName: table,
              Key: keyOf(ref),
              ConditionExpression: "lastSeen <= :seenUntil",
              ExpressionAttributeValues: { ":seenUntil": { N: String(seenUntil) } },
            }),
          );
        } catch (error) {
          // It isn't there, or an event has told of it again.
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
        }
      };
      for (const calls of chunksOf(resources, CALLS_AT_ONCE)) await Promise.all(calls.map(remove));
    },

    async list(place, token) {
      const [db, { QueryCommand }] = await open();
      const pk = placeOf(place);
      const { Items = [], LastEvaluatedKey } = await db.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: "pk = :pk AND begins_with(sk, :start)",
          ExpressionAttributeValues: { ":pk": { S: pk }, ":start": { S: startOf(place.type) } },
          ...(token !== undefined && { ExclusiveStartKey: { pk: { S: pk }, sk: { S: token } } }),
        }),
      );
      const next = LastEvaluatedKey?.["sk"]?.S;
      return { resources: Items.map(seenIn), ...(next !== undefined && { nextToken: next }) };
    },
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

function seenIn({ type, id, project, lastSeen }: Readonly<Record<string, AttributeValue>>) {
  return {
    type: type?.S ?? "",
    id: id?.S ?? "",
    lastSeen: Number(lastSeen?.N ?? 0),
    ...(project?.S !== undefined && { project: project.S }),
  };
}

/**
 * One item each. `pk` = `seen#<provider>#<account>#<region>`, `sk` = service and kind, then a hash of the id, because an
 * ARN may be longer than a sort key.
 */
function keyOf(ref: ResourceRef): Record<"pk" | "sk", AttributeValue> {
  const hash = createHash("sha256").update(ref.id).digest("base64url");
  return { pk: { S: placeOf(ref) }, sk: { S: `${startOf(ref.type)}${hash}` } };
}

function placeOf({ type, account, region }: SeenPlace): string {
  return `seen#${type.slice(0, type.indexOf(":"))}#${account}#${region}`;
}

/** What the sort keys of a type start with; those of all types of a provider start with anything. */
function startOf(type: string): string {
  return type === everyTypeOf(type) ? "type#" : `type#${type}#`;
}
