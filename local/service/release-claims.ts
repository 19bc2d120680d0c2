import { DynamoDBClient, ScanCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { EmbeddedAws } from "./embedded-aws.ts";

/**
 * Ends the claims of publishers that died with their process. In a deployment a claim is over (15 minutes) before the
 * message comes back (30 minutes); here the message comes back within seconds.
 */
export async function releaseClaims(aws: EmbeddedAws, tables: readonly string[]): Promise<void> {
  const dynamodb = new DynamoDBClient({
    region: aws.region,
    endpoint: aws.dynamodbEndpoint,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  try {
    for (const TableName of tables) {
      const claimed = await dynamodb.send(
        new ScanCommand({
          TableName,
          FilterExpression: "attribute_exists(claimedUntil) AND attribute_not_exists(published)",
          ProjectionExpression: "pk, sk",
        }),
      );
      for (const Key of claimed.Items ?? []) {
        await dynamodb.send(new UpdateItemCommand({ TableName, Key, UpdateExpression: "REMOVE claimedUntil" }));
      }
    }
  } finally {
    dynamodb.destroy();
  }
}
