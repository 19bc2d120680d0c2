import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  QueryCommand,
  type AttributeValue,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import type { SeenLedger } from "../../app/ports/seen.ts";
import type { ResourceRef } from "../../core/resource.ts";
import { CALLS_AT_ONCE, groupsOf, keyOf, placeOf, startOf } from "./seen-keys.ts";

/** What can be done with the seen resources that `dynamoSeen` has noted. */
export function dynamoSeenKept(db: DynamoDBClient, table: string): Omit<SeenLedger, "note"> {
  return {
    async forget(resources, seenUntil) {
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
      for (const calls of groupsOf(resources, CALLS_AT_ONCE)) await Promise.all(calls.map(remove));
    },

    async list(place, token) {
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

function seenIn({ type, id, project, lastSeen }: Readonly<Record<string, AttributeValue>>) {
  return {
    type: type?.S ?? "",
    id: id?.S ?? "",
    lastSeen: Number(lastSeen?.N ?? 0),
    ...(project?.S !== undefined && { project: project.S }),
  };
}
