import { createHash } from "node:crypto";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { NonceMemory } from "../../app/ports/ingest.ts";

export interface DynamoNoncesOptions {
  /** Made when first needed. */
  readonly client: () => Promise<DynamoDBClient>;
  /** A table with the string keys `pk` and `sk`, and `expiresAt` as its time to live. */
  readonly table: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Accepted requests, one item each under a digest of what makes them unique (`pk` = `nonce#<digest>`). DynamoDB may
 * take days to remove what has expired, so that is looked at when reading.
 */
export function dynamoNonces({ client, table, now }: DynamoNoncesOptions): NonceMemory {
  const keyOf = (nonce: string) => ({
    pk: { S: `nonce#${createHash("sha256").update(nonce).digest("base64url")}` },
    sk: { S: "-" },
  });
  return {
    async has(nonce) {
      const [db, { GetItemCommand }] = await Promise.all([client(), import("@aws-sdk/client-dynamodb")]);
      const { Item } = await db.send(new GetItemCommand({ TableName: table, Key: keyOf(nonce), ConsistentRead: true }));
      return Number(Item?.["expiresAt"]?.N ?? 0) * 1000 > now();
    },
    async remember(nonce, until) {
      const [db, { PutItemCommand }] = await Promise.all([client(), import("@aws-sdk/client-dynamodb")]);
      await db.send(
        new PutItemCommand({
          TableName: table,
          Item: { ...keyOf(nonce), expiresAt: { N: String(Math.ceil(until / 1000)) } },
        }),
      );
    },
  };
}
