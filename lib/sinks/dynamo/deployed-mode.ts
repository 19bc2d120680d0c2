import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { modeFrom, type Mode } from "../../core/mode.ts";

/** The tag of the deployed service's table that holds the parameter `mode` of its last deployment; serverless.yml sets it. */
export const MODE_TAG = "tagwarden:mode";

/**
 * The mode that a service was deployed with; undefined where its table doesn't tell, as those of earlier versions don't.
 * It needs `dynamodb:DescribeTable` and `dynamodb:ListTagsOfResource`, and throws what the SDK throws.
 */
export async function deployedMode(client: () => Promise<DynamoDBClient>, table: string): Promise<Mode | undefined> {
  const { DescribeTableCommand, ListTagsOfResourceCommand } = await import("@aws-sdk/client-dynamodb");
  const db = await client();
  const { Table } = await db.send(new DescribeTableCommand({ TableName: table }));
  let from: string | undefined;
  do {
    const page = await db.send(new ListTagsOfResourceCommand({ ResourceArn: Table?.TableArn, NextToken: from }));
    const tag = page.Tags?.find(({ Key: key }) => key === MODE_TAG);
    if (tag !== undefined) return modeFrom(tag.Value ?? "");
    from = page.NextToken;
  } while (from !== undefined);
  return undefined;
}
