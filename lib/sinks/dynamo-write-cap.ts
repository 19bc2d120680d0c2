import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { CappedAccount, WriteCap } from "../app/ports.ts";

export interface DynamoWriteCapOptions {
  /** Made when first needed. */
  readonly client: () => Promise<DynamoDBClient>;
  /** A table with the string keys `pk` and `sk`, and `expiresAt` as its time to live. */
  readonly table: string;
}

const HOUR_MS = 3_600_000;
/** How long an hour's count is kept after it has become useless, in seconds. */
const KEPT_SECONDS = 24 * 3600;
/** Others may take what is left between our look and our taking; then we look again, this often. */
const MOST_TRIES = 10;

/**
 * The write cap of all invocations together: one item per account and hour (`pk` = `writes#<provider>#<account>`,
 * `sk` = the hour), counted by conditional updates, so that never more is granted than the cap.
 */
export function dynamoWriteCap({ client, table }: DynamoWriteCapOptions): WriteCap {
  const open = async () => ({ db: await client(), sdk: await import("@aws-sdk/client-dynamodb") });
  const keyOf = ({ provider, account }: CappedAccount, at: number) => ({
    pk: { S: `writes#${provider}#${account}` },
    sk: { S: new Date(at - (at % HOUR_MS)).toISOString() },
  });

  const readUsed = async (account: CappedAccount, at: number): Promise<number> => {
    const { db, sdk } = await open();
    const { Item } = await db.send(
      new sdk.GetItemCommand({ TableName: table, Key: keyOf(account, at), ConsistentRead: true }),
    );
    return Number(Item?.["used"]?.N ?? 0);
  };

  /** Takes exactly `count`, or nothing. */
  const take = async (account: CappedAccount, count: number, at: number): Promise<boolean> => {
    const { db, sdk } = await open();
    try {
      await db.send(
        new sdk.UpdateItemCommand({
          TableName: table,
          Key: keyOf(account, at),
          UpdateExpression: "SET expiresAt = :expiresAt ADD used :count",
          ConditionExpression: "attribute_not_exists(used) OR used <= :most",
          ExpressionAttributeValues: {
            ":count": { N: String(count) },
            ":most": { N: String(account.writesPerHour - count) },
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

  return {
    async reserve(account, count, at) {
      let wanted = Math.min(count, account.writesPerHour);
      for (let tries = 0; tries < MOST_TRIES && wanted > 0; tries++) {
        if (await take(account, wanted, at)) return wanted;
        wanted = Math.min(count, account.writesPerHour - (await readUsed(account, at)));
      }
      return 0;
    },
    async release(account, count, at) {
      if (count === 0) return;
      const { db, sdk } = await open();
      await db.send(
        new sdk.UpdateItemCommand({
          TableName: table,
          Key: keyOf(account, at),
          UpdateExpression: "ADD used :count",
          ExpressionAttributeValues: { ":count": { N: String(-count) } },
        }),
      );
    },
  };
}
