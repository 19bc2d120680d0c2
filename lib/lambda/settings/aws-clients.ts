import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { SNSClient } from "@aws-sdk/client-sns";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { STSClient } from "@aws-sdk/client-sts";
import { lazily } from "../../core/lazily.ts";
import type { Variables } from "./environment.ts";

/** The AWS SDK's clients, each loaded and made when first asked for: none of it belongs to a cold start. */
export interface AwsClients {
  readonly sqs: () => Promise<SQSClient>;
  /** For topics of a region; the function's own where none is named. */
  readonly sns: (region?: string) => Promise<SNSClient>;
  readonly s3: () => Promise<S3Client>;
  readonly dynamodb: () => Promise<DynamoDBClient>;
  readonly secrets: () => Promise<SecretsManagerClient>;
  readonly sts: () => Promise<STSClient>;
}

/** What a call may take where somebody waits for it; without them the SDK's own limits hold, which come to minutes. */
export interface CallLimits {
  readonly attempts: number;
  readonly connectMs: number;
  /** Of each attempt, from the request to the answer. */
  readonly answerMs: number;
}

/**
 * Clients for these variables. In Lambda the SDK finds region, role and endpoints by itself. Where an endpoint is
 * given, as the local run does, region and credentials come from the same variables and from nowhere else, so that a
 * function that runs locally can't reach a real account by way of somebody's profile.
 */
export function createAwsClients(variables: Variables, limits?: CallLimits): AwsClients {
  const patience = limits === undefined ? {} : patienceOf(limits);
  const settings = (service: string) => {
    const endpoint = variables[`AWS_ENDPOINT_URL_${service}`];
    return endpoint === undefined ? patience : { endpoint, ...localIdentity(variables), ...patience };
  };
  return {
    sqs: lazily(async () => new (await import("@aws-sdk/client-sqs")).SQSClient(settings("SQS"))),
    sns: onceEach(async (region) => {
      const own = region === undefined ? {} : { region };
      return new (await import("@aws-sdk/client-sns")).SNSClient({ ...settings("SNS"), ...own });
    }),
    s3: lazily(async () => {
      const s3 = settings("S3");
      // Bucket names as host names don't resolve on loopback.
      return new (await import("@aws-sdk/client-s3")).S3Client({ ...s3, forcePathStyle: "endpoint" in s3 });
    }),
    dynamodb: lazily(async () => new (await import("@aws-sdk/client-dynamodb")).DynamoDBClient(settings("DYNAMODB"))),
    secrets: lazily(
      async () =>
        new (await import("@aws-sdk/client-secrets-manager")).SecretsManagerClient(settings("SECRETS_MANAGER")),
    ),
    sts: lazily(async () => new (await import("@aws-sdk/client-sts")).STSClient(settings("STS"))),
  };
}

function patienceOf({ attempts, connectMs, answerMs }: CallLimits) {
  return {
    maxAttempts: attempts,
    // Without the last of these the SDK only warns.
    requestHandler: { connectionTimeout: connectMs, requestTimeout: answerMs, throwOnRequestTimeout: true },
  };
}

function localIdentity(variables: Variables) {
  return {
    region: variables["AWS_REGION"] ?? "us-east-1",
    credentials: {
      accessKeyId: variables["AWS_ACCESS_KEY_ID"] ?? "local",
      secretAccessKey: variables["AWS_SECRET_ACCESS_KEY"] ?? "local",
    },
  };
}

function onceEach<Value>(make: (key?: string) => Promise<Value>): (key?: string) => Promise<Value> {
  const values = new Map<string | undefined, Promise<Value>>();
  return (key) => {
    const value = values.get(key) ?? make(key);
    values.set(key, value);
    return value;
  };
}
