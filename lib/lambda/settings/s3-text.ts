import { GetObjectCommand } from "@aws-sdk/client-s3";
import type { AwsClients } from "./aws-clients.ts";

/** The text of the object at `s3://BUCKET/KEY`. Throws what the SDK throws. */
export async function readS3Text(location: string, { s3 }: Pick<AwsClients, "s3">): Promise<string> {
  const { hostname: bucket, pathname } = new URL(location);
  const key = decodeURIComponent(pathname.slice(1));
  const { Body: body } = await (await s3()).send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return (await body?.transformToString()) ?? "";
}
