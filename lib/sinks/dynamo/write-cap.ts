import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { CappedAccount, WriteCap, WriteReason } from "../../app/ports/write-cap.ts";
import { messageOf } from "../../core/errors.ts";

export interface DynamoWriteCapOptions {
  /** How many writes of an hour repairs may use. */
  readonly repairsPerHour: (account: CappedAccount) => number;
  /** Made when first needed. */
  readonly client: () => Promise<DynamoDBClient>;
  /** A table with the string keys `pk` and `sk`, and `expiresAt` as its time to live. */
  readonly table: string;
}

const HOUR_MS = 3_600_000;
/** How long an hour's count is kept after it has become useless, in seconds. */
const KEPT_SECONDS = 24 * 3600;
const ROOM = "attribute_not_exists(used) OR used <= :most";
/** Others may take what is left between our look and our taking; then we look again, this often. */
const MOST_TRIES = 10;

/**
 * The write cap of all invocations together: one item per account and hour (`pk` = `writes#<provider>#<account>`,
 * `sk` = the hour), counted by conditional updates, so that never more is granted than the cap. `used` counts all writes,
 * `repairs` those of them that an audit asked for.
 */
export function dynamoWriteCap({ client, table, repairsPerHour }: DynamoWriteCapOptions): WriteCap {
  const open = async () => ({ db: await client(), sdk: await import("@aws-sdk/client-dynamodb") });
  const keyOf = ({ provider, account }: CappedAccount, at: number) => ({
    pk: { S: `writes#${provider}#${account}` },
    sk: { S: new Date(at - (at % HOUR_MS)).toISOString() },
  });

  /** How many writes are left. */
  const readRoom = async (account: CappedAccount, at: number, reason: WriteReason): Promise<number> => {
    const { db, sdk } = await open();
    const { Item } = await db.send(
      new sdk.GetItemCommand({ TableName: table, Key: keyOf(account, at), ConsistentRead: true }),
    );
    const left = account.writesPerHour - Number(Item?.["used"]?.N ?? 0);
    return reason === "event" ? left : Math.min(left, repairsPerHour(account) - Number(Item?.["repairs"]?.N ?? 0));
  };

  /** Takes exactly `count`, or nothing. */
  const take = async (account: CappedAccount, count: number, at: number, reason: WriteReason): Promise<boolean> => {
    const { db, sdk } = await open();
    try {
      await db.send(
        new sdk.UpdateItemCommand({
          TableName: table,
          Key: keyOf(account, at),
          UpdateExpression: `SET expiresAt = :expiresAt ${added(reason)}`,
          ConditionExpression:
            reason === "event" ? ROOM : `(${ROOM}) AND (attribute_not_exists(repairs) OR repairs <= :mostRepairs)`,
          ExpressionAttributeValues: {
            ":count": { N: String(count) },
            ":most": { N: String(account.writesPerHour - count) },
            ...(reason === "repair" && { ":mostRepairs": { N: String(repairsPerHour(account) - count) } }),
            ":expiresAt": { N: String(Math.floor((at + HOUR_MS) / 1000) + KEPT_SECONDS) },
          },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof sdk.ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  const reserve = async (account: CappedAccount, count: number, at: number, reason: WriteReason): Promise<number> => {
    let wanted = Math.min(count, reason === "event" ? account.writesPerHour : repairsPerHour(account));
    for (let tries = 0; tries < MOST_TRIES && wanted > 0; tries++) {
      if (await take(account, wanted, at, reason)) return wanted;
      wanted = Math.min(count, await readRoom(account, at, reason));
    }
    return 0;
  };

  return {
    async reserve(account, count, at, reason = "event") {
      try {
        return await reserve(account, count, at, reason);
      } catch (error) {
        // Whoever waits for it wants to know which store it is, and the SDK may name nothing but an address.
        throw new Error(`DynamoDB: ${messageOf(error)}`, { cause: error });
      }
    },
    async release(account, count, at, reason = "event") {
      if (count === 0) return;
      const { db, sdk } = await open();
      await db.send(
        new sdk.UpdateItemCommand({
          TableName: table,
          Key: keyOf(account, at),
          UpdateExpression: added(reason),
          ExpressionAttributeValues: { ":count": { N: String(-count) } },
        }),
      );
    },
  };
}

function added(reason: WriteReason): string {
  return reason === "event" ? "ADD used :count" : "ADD used :count, repairs :count";
}
