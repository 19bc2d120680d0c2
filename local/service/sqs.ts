import { SQSClient } from "@aws-sdk/client-sqs";

/** A client for the variables that a function would have: their endpoint and their key. */
export function localSqs(variables: Readonly<Record<string, string>>): SQSClient {
  return new SQSClient({
    region: variables["AWS_REGION"] ?? "us-east-1",
    endpoint: variables["AWS_ENDPOINT_URL_SQS"] ?? "",
    credentials: { accessKeyId: variables["AWS_ACCESS_KEY_ID"] ?? "local", secretAccessKey: "local" },
  });
}
