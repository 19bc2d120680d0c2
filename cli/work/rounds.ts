import type { ChangeDeps } from "../../lib/app/change/change-tags.ts";
import { createAwsClients } from "../../lib/lambda/settings/aws-clients.ts";
import { dynamoTagRounds } from "../../lib/sinks/dynamo/tag-rounds.ts";
import type { Io } from "../io.ts";
import { tableError } from "./table-error.ts";

/** Of commands that change tags. */
export const ROUNDS_OPTION = [
  "--table <name>",
  "the deployed service's DynamoDB table: where policies say recheck: true, its functions then leave these tags as they are",
] as const;

/** Tells the deployed functions what is about to be changed, where there are some. Rejects where the table doesn't take it. */
export function roundsIn(table: string | undefined, io: Io): Pick<ChangeDeps, "noteOurs"> {
  if (table === undefined) return {};
  const rounds = dynamoTagRounds({ client: createAwsClients(io.env).dynamodb, table });
  return {
    async noteOurs(changes, at) {
      try {
        await rounds.noteOurs(changes, at);
      } catch (error) {
        throw tableError(table, error);
      }
    },
  };
}
