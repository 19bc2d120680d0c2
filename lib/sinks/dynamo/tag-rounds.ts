import { createHash } from "node:crypto";
import type { AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { OurChange, TagRounds } from "../../app/ports/tag-rounds.ts";
import { messageOf } from "../../core/errors.ts";
import { nextRound, ROUNDS_KEPT_MS, type RoundRecord } from "../../core/tag-round.ts";

export interface DynamoTagRoundsOptions {
  /** Made when first needed. */
  readonly client: () => Promise<DynamoDBClient>;
  /** A table with the string keys `pk` and `sk`, and `expiresAt` as its time to live. */
  readonly table: string;
}

/** Others may take a round between our look and our taking; then we look again, this often. */
const MOST_TRIES = 10;
const CALLS_AT_ONCE = 8;

/**
 * One item for each tag of each resource that was put back or that a command has changed (`pk` =
 * `rounds#<provider>#<account>#<region>`, `sk` = a hash of type, id and key, since an ARN may be longer than a sort key).
 * `revision` counts its changes: a round is taken only where the item is still as it was read, so that of two who look at
 * once one looks again.
 */
export function dynamoTagRounds({ client, table }: DynamoTagRoundsOptions): TagRounds {
  const open = async () => ({ db: await client(), sdk: await import("@aws-sdk/client-dynamodb") });
  type Opened = Awaited<ReturnType<typeof open>>;

  async function put(
    change: OurChange,
    { db, sdk }: Opened,
    {
      values,
      revision,
      at,
    }: { readonly values: Record<string, AttributeValue>; readonly revision?: number; readonly at: number },
  ): Promise<boolean> {
    const names = Object.keys(values);
    try {
      await db.send(
        new sdk.UpdateItemCommand({
          TableName: table,
          Key: keyOf(change),
          UpdateExpression: `SET ${names.map((name) => `${name} = :${name}`).join(", ")}, expiresAt = :expiresAt ADD revision :one`,
          ...(revision !== undefined && {
            ConditionExpression: revision === 0 ? "attribute_not_exists(revision)" : "revision = :revision",
          }),
          ExpressionAttributeValues: {
            ...Object.fromEntries(names.map((name) => [`:${name}`, values[name] as AttributeValue])),
            ":expiresAt": { N: String(Math.floor((at + ROUNDS_KEPT_MS) / 1_000)) },
            ":one": { N: "1" },
            ...(revision !== undefined && revision > 0 && { ":revision": { N: String(revision) } }),
          },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof sdk.ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  return {
    async take({ ref, key, ...event }, at) {
      try {
        const opened = await open();
        for (let tries = 0; tries < MOST_TRIES; tries++) {
          const { Item } = await opened.db.send(
            new opened.sdk.GetItemCommand({ TableName: table, Key: keyOf({ ref, key }), ConsistentRead: true }),
          );
          const { answer, next } = nextRound(recordIn(Item), event, at);
          if (next === undefined) return answer;
          const values = { events: { S: JSON.stringify(next.events) }, since: { N: String(next.since) } };
          const revision = Number(Item?.["revision"]?.N ?? 0);
          if (await put({ ref, key }, opened, { values, revision, at })) return answer;
        }
        throw new Error("others have changed the item again and again");
      } catch (error) {
        // Whoever waits for it wants to know which store it is, and the SDK may name nothing but an address.
        throw new Error(`DynamoDB: ${messageOf(error)}`, { cause: error });
      }
    },

    async noteOurs(changes, at) {
      const opened = await open();
      const values = { oursAt: { N: String(at) } };
      // Without `chunksOf`: what the function's start and this file share would be one file more for both to load.
      for (let from = 0; from < changes.length; from += CALLS_AT_ONCE) {
        const some = changes.slice(from, from + CALLS_AT_ONCE);
        await Promise.all(some.map((change) => put(change, opened, { values, at })));
      }
    },
  };
}

function recordIn(item: Readonly<Record<string, AttributeValue>> | undefined): RoundRecord | undefined {
  if (item === undefined) return undefined;
  const oursAt = item["oursAt"]?.N;
  return {
    events: JSON.parse(item["events"]?.S ?? "[]") as readonly string[],
    since: Number(item["since"]?.N ?? 0),
    ...(oursAt !== undefined && { oursAt: Number(oursAt) }),
  };
}

function keyOf({ ref: { type, account, region, id }, key }: OurChange): Record<"pk" | "sk", AttributeValue> {
  const hash = createHash("sha256")
    .update(JSON.stringify([type, id, key]))
    .digest("base64url");
  return { pk: { S: `rounds#${type.slice(0, type.indexOf(":"))}#${account}#${region}` }, sk: { S: hash } };
}
