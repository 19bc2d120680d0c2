import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { RateBucket, RateClaims } from "../../app/ports/rate-claims.ts";

export interface DynamoRateClaimsOptions {
  /** Made when first needed. */
  readonly client: () => Promise<DynamoDBClient>;
  /** A table with the string keys `pk` and `sk`, and `expiresAt` as its time to live. */
  readonly table: string;
}

/** How long an item is kept that nobody claims any more, in seconds. */
const KEPT_SECONDS = 24 * 3600;
/** What the attributes that hold claims begin with. */
const BY = "by ";

/**
 * Claims in DynamoDB: one item per rate (`pk` = `rate#<provider>#<account>`, `sk` = `<region>#<action>`), with an
 * attribute for each who claims it. An update answers the whole item as it has left it, so that a claim and the look at
 * the others' are one step.
 */
export function dynamoRateClaims({ client, table }: DynamoRateClaimsOptions): RateClaims {
  const open = async () => ({ db: await client(), sdk: await import("@aws-sdk/client-dynamodb") });
  const itemOf = ({ provider, account, region, action }: RateBucket, by: string) => ({
    TableName: table,
    Key: { pk: { S: `rate#${provider}#${account}` }, sk: { S: `${region}#${action}` } },
    ExpressionAttributeNames: { "#by": `${BY}${by}` },
  });
  return {
    async claim(bucket, by, until) {
      const { db, sdk } = await open();
      const { Attributes = {} } = await db
        .send(
          new sdk.UpdateItemCommand({
            ...itemOf(bucket, by),
            UpdateExpression: "SET #by = :until, expiresAt = :expiresAt",
            ConditionExpression: "attribute_not_exists(#by) OR #by < :until",
            ExpressionAttributeValues: {
              ":until": { N: String(until) },
              ":expiresAt": { N: String(Math.floor(until / 1000) + KEPT_SECONDS) },
            },
            ReturnValues: "ALL_NEW",
          }),
        )
        .catch(async (error: unknown) => {
          if (!(error instanceof sdk.ConditionalCheckFailedException)) throw error;
          // Another process of the same name has claimed it for longer, and relies on that.
          const { TableName, Key } = itemOf(bucket, by);
          return { Attributes: (await db.send(new sdk.GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item };
        });
      const claims = Object.entries(Attributes).filter(([name]) => name.startsWith(BY));
      return new Map(claims.map(([name, { N }]) => [name.slice(BY.length), Number(N)]));
    },
    async release(bucket, by, until) {
      const { db, sdk } = await open();
      try {
        await db.send(
          new sdk.UpdateItemCommand({
            ...itemOf(bucket, by),
            UpdateExpression: "REMOVE #by",
            ConditionExpression: "#by = :until",
            ExpressionAttributeValues: { ":until": { N: String(until) } },
          }),
        );
      } catch (error) {
        // It has been claimed anew, or somebody else has taken it back.
        if (!(error instanceof sdk.ConditionalCheckFailedException)) throw error;
      }
    },
  };
}
