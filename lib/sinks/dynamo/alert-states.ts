import { createHash } from "node:crypto";
import type { AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { AlertStates, Deliveries } from "../../app/ports/alerts.ts";
import { type AlertRecord, byKey, isPending } from "../../core/alert/lifecycle.ts";

export interface DynamoAlertsOptions {
  /** Made when first needed. */
  readonly client: () => Promise<DynamoDBClient>;
  /** A table with the string keys `pk` and `sk`, and `expiresAt` as its time to live. */
  readonly table: string;
}

/** A sort key takes 1,024 bytes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const LONGEST_KEY = 900;
/** What nobody has heard of for so long is forgotten, in seconds: an open alert that no run sees any more. */
const OPEN_KEPT_SECONDS = 400 * 24 * 3600;
/** What is over is needed as long as it may come back silently (`flapHours`, at most a week); then it only costs. */
const OVER_KEPT_SECONDS = 9 * 24 * 3600;
const DELIVERY_KEPT_SECONDS = 30 * 24 * 3600;

/**
 * Alerts in DynamoDB, safe for any number of functions at once: one item each (`pk` = `alerts`, `sk` = the key), with
 * the record as JSON and its version, which every write is conditional on.
 */
export function dynamoAlertStates({ client, table }: DynamoAlertsOptions): AlertStates {
  const open = async () => ({ db: await client(), sdk: await import("@aws-sdk/client-dynamodb") });
  const keyOf = (key: string) => ({ pk: { S: "alerts" }, sk: { S: sortKey(key) } });
  return {
    async read(key) {
      const { db, sdk } = await open();
      const { Item } = await db.send(
        new sdk.GetItemCommand({ TableName: table, Key: keyOf(key), ConsistentRead: true }),
      );
      return Item && recordOf(Item);
    },
    async pending() {
      const { db, sdk } = await open();
      const records: AlertRecord[] = [];
      let from: Record<string, AttributeValue> | undefined;
      do {
        const page = await db.send(
          new sdk.QueryCommand({
            TableName: table,
            KeyConditionExpression: "pk = :pk",
            FilterExpression: "pending = :yes",
            ExpressionAttributeValues: { ":pk": { S: "alerts" }, ":yes": { BOOL: true } },
            ConsistentRead: true,
            ExclusiveStartKey: from,
          }),
        );
        records.push(...(page.Items ?? []).map(recordOf));
        from = page.LastEvaluatedKey;
      } while (from !== undefined);
      return records.sort(byKey);
    },
    async write(record) {
      const { db, sdk } = await open();
      const before = record.version - 1;
      try {
        await db.send(
          new sdk.PutItemCommand({
            TableName: table,
            Item: {
              ...keyOf(record.alert.key),
              record: { S: JSON.stringify(record) },
              version: { N: String(record.version) },
              pending: { BOOL: isPending(record) },
              expiresAt: { N: String(expiryOf(record)) },
            },
            ConditionExpression: before === 0 ? "attribute_not_exists(pk)" : "version = :before",
            ...(before > 0 && { ExpressionAttributeValues: { ":before": { N: String(before) } } }),
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof sdk.ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}

/** Delivered digests, one item each (`pk` = `digests`, `sk` = the id), for a month. */
export function dynamoDeliveries({ client, table }: DynamoAlertsOptions): Deliveries {
  const open = async () => ({ db: await client(), sdk: await import("@aws-sdk/client-dynamodb") });
  const keyOf = (id: string) => ({ pk: { S: "digests" }, sk: { S: id } });
  return {
    async has(id) {
      const { db, sdk } = await open();
      const { Item } = await db.send(
        new sdk.GetItemCommand({ TableName: table, Key: keyOf(id), ConsistentRead: true }),
      );
      return Item !== undefined;
    },
    async add(id, at) {
      const { db, sdk } = await open();
      const expiresAt = { N: String(Math.floor(at / 1000) + DELIVERY_KEPT_SECONDS) };
      await db.send(new sdk.PutItemCommand({ TableName: table, Item: { ...keyOf(id), expiresAt } }));
    },
  };
}

/** Seconds since the epoch. */
function expiryOf(record: AlertRecord): number {
  return Math.floor(record.seenAt / 1000) + (isPending(record) ? OPEN_KEPT_SECONDS : OVER_KEPT_SECONDS);
}

/** Keys hold names, and names may be ten thousand characters long. */
function sortKey(key: string): string {
  return Buffer.byteLength(key) <= LONGEST_KEY ? key : `sha256:${createHash("sha256").update(key).digest("hex")}`;
}

function recordOf(item: Readonly<Record<string, AttributeValue>>): AlertRecord {
  return JSON.parse(item["record"]?.S ?? "") as AlertRecord;
}
