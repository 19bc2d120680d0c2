import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { createAwsClients } from "../../lib/lambda/settings/aws-clients.ts";
import { startEmbeddedAws } from "../../local/service/embedded-aws.ts";
import { createStateTable } from "../fixtures/state-table.ts";

export const BUCKET = "tagwarden-test";
export const TABLE = "tagwarden-test";

/** The real AWS SDK against S3, SQS and DynamoDB on loopback, with a bucket and a table. */
export async function openAws() {
  const aws = await startEmbeddedAws();
  const clients = createAwsClients(aws.variables);
  await (await clients.s3()).send(new CreateBucketCommand({ Bucket: BUCKET }));
  await createStateTable(clients.dynamodb(), TABLE);
  return { ...clients, close: () => aws.close() };
}
