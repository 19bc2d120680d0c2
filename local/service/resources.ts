import {
  CreateTableCommand,
  DynamoDBClient,
  waitUntilTableExists,
  type CreateTableCommandInput,
} from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { InputError } from "../../lib/core/errors.ts";
import type { EmbeddedAws } from "./embedded-aws.ts";
import type { ServiceDescription, TemplateResource, TemplateValue } from "./serverless-file.ts";
import { isObject } from "./serverless-variables.ts";

/** The template's resources, made in the embedded cloud. */
export interface LocalResources {
  /** What `Ref` gives in a template: a queue's URL, a table's or bucket's name, a topic's ARN. */
  ref(logicalId: string): string;
  arn(logicalId: string): string;
  /** The text that a template value stands for. */
  resolve(value: TemplateValue): string;
  /** The same of each entry. */
  resolveAll(values: Readonly<Record<string, TemplateValue>>): Record<string, string>;
  /** Logical ids of all queues, and of those among them that are the dead-letter queue of another. */
  readonly queues: readonly string[];
  readonly deadLetterQueues: ReadonlySet<string>;
  /** Names of all tables. */
  readonly tables: readonly string[];
}

/** Types that are no resource on the laptop: permissions, operations, and functions with what invokes them. */
const NOT_RUN_LOCALLY =
  /^AWS::(IAM|CloudWatch|Logs|Events|Lambda|Scheduler)::|^AWS::(SQS::QueuePolicy|S3::BucketPolicy|SNS::(TopicPolicy|Subscription))$/;

/** Creates queues, tables, buckets and topics as serverless.yml describes them. What is there already is kept. */
export async function createLocalResources(service: ServiceDescription, aws: EmbeddedAws): Promise<LocalResources> {
  const names = new Map(service.resources.map((resource) => [resource.logicalId, physicalName(service, resource)]));
  const types = new Map(service.resources.map((resource) => [resource.logicalId, resource.type]));
  const nameOf = (logicalId: string): string => {
    const name = names.get(logicalId);
    if (name === undefined)
      throw new InputError(`serverless.yml refers to ${logicalId}, which is not in its resources.`);
    return name;
  };
  const arn = (logicalId: string): string => arnOf(types.get(logicalId), nameOf(logicalId), aws);
  const ref = (logicalId: string): string => {
    if (logicalId === "AWS::Region") return aws.region;
    if (logicalId === "AWS::AccountId") return aws.account;
    if (logicalId === "AWS::Partition") return "aws";
    const type = types.get(logicalId);
    if (type === "AWS::SQS::Queue") return aws.queueUrl(nameOf(logicalId));
    return type === "AWS::SNS::Topic" ? arn(logicalId) : nameOf(logicalId);
  };
  const fill = (name: string): string => (name.endsWith(".Arn") ? arn(name.slice(0, -".Arn".length)) : ref(name));
  const resolve = (value: unknown): string => {
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
    if (!isObject(value)) throw new InputError(`serverless.yml: ${JSON.stringify(value)} is not a value.`);
    if (typeof value["Ref"] === "string") return ref(value["Ref"]);
    const attribute = value["Fn::GetAtt"];
    if (Array.isArray(attribute) && attribute[1] === "Arn") return arn(String(attribute[0]));
    const template = value["Fn::Sub"];
    if (typeof template === "string") return template.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => fill(name));
    const join = value["Fn::Join"];
    if (Array.isArray(join) && Array.isArray(join[1])) return join[1].map(resolve).join(String(join[0]));
    throw new InputError(`serverless.yml: the local run can't resolve ${JSON.stringify(value)}.`);
  };

  await createAll(service, aws, { nameOf, resolve });
  aws.markMade();
  const queues = service.resources.filter(({ type }) => type === "AWS::SQS::Queue");
  return {
    ref,
    arn,
    resolve,
    resolveAll: (values) =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, resolve(value)] as const)),
    queues: queues.map(({ logicalId }) => logicalId),
    deadLetterQueues: deadLetterQueuesOf(service),
    tables: service.resources
      .filter(({ type }) => type === "AWS::DynamoDB::Table")
      .map(({ logicalId }) => nameOf(logicalId)),
  };
}

/** Logical ids of the queues that are the dead-letter queue of another, or of what is no queue. */
export function deadLetterQueuesOf({ resources }: ServiceDescription): ReadonlySet<string> {
  const queues = resources.filter(({ type }) => type === "AWS::SQS::Queue");
  const ofQueues = queues.flatMap(({ properties }) => deadLetterTarget(properties) ?? []);
  const ofCalls = queues.filter(({ properties }) => isForNoQueue(properties)).map(({ logicalId }) => logicalId);
  return new Set([...ofQueues, ...ofCalls]);
}

interface Names {
  nameOf(logicalId: string): string;
  resolve(value: unknown): string;
}

async function createAll(service: ServiceDescription, aws: EmbeddedAws, names: Names): Promise<void> {
  const identity = { region: aws.region, credentials: { accessKeyId: "local", secretAccessKey: "local" } };
  const sqs = new SQSClient({ ...identity, endpoint: aws.endpoint });
  const sns = new SNSClient({ ...identity, endpoint: aws.endpoint });
  const s3 = new S3Client({ ...identity, endpoint: aws.endpoint, forcePathStyle: true });
  const dynamodb = new DynamoDBClient({ ...identity, endpoint: aws.dynamodbEndpoint });
  try {
    for (const { logicalId, type, properties } of service.resources) {
      const name = names.nameOf(logicalId);
      if (type === "AWS::SQS::Queue") {
        await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: queueAttributes(properties, names) }));
      } else if (type === "AWS::SNS::Topic") {
        await sns.send(new CreateTopicCommand({ Name: name }));
      } else if (type === "AWS::S3::Bucket") {
        await unlessThere("BucketAlreadyOwnedByYou", () => s3.send(new CreateBucketCommand({ Bucket: name })));
      } else if (type === "AWS::DynamoDB::Table") {
        await unlessThere("ResourceInUseException", () =>
          dynamodb.send(new CreateTableCommand(tableInput(name, properties))),
        );
        await waitUntilTableExists(
          { client: dynamodb, minDelay: 1, maxDelay: 1, maxWaitTime: 10 },
          { TableName: name },
        );
      } else if (!NOT_RUN_LOCALLY.test(type)) {
        throw new InputError(`serverless.yml: ${logicalId} is an ${type}, which the local run doesn't have.`);
      }
    }
  } finally {
    for (const client of [sqs, sns, s3, dynamodb]) client.destroy();
  }
}

/** Attributes of SQS that fauxqs knows, as text, which is how SQS takes them. */
function queueAttributes(properties: Readonly<Record<string, unknown>>, names: Names): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const name of ["VisibilityTimeout", "MessageRetentionPeriod", "DelaySeconds", "ReceiveMessageWaitTimeSeconds"]) {
    if (properties[name] !== undefined) attributes[name] = names.resolve(properties[name]);
  }
  const redrive = properties["RedrivePolicy"];
  if (isObject(redrive)) {
    attributes["RedrivePolicy"] = JSON.stringify({
      deadLetterTargetArn: names.resolve(redrive["deadLetterTargetArn"]),
      maxReceiveCount: Number(redrive["maxReceiveCount"]),
    });
  }
  return attributes;
}

function tableInput(name: string, properties: Readonly<Record<string, unknown>>): CreateTableCommandInput {
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes } = properties as Partial<CreateTableCommandInput>;
  return {
    TableName: name,
    KeySchema,
    AttributeDefinitions,
    BillingMode: "PAY_PER_REQUEST",
    ...(GlobalSecondaryIndexes === undefined ? {} : { GlobalSecondaryIndexes }),
  };
}

function deadLetterTarget(properties: Readonly<Record<string, unknown>>): string | undefined {
  const redrive = properties["RedrivePolicy"];
  const target = isObject(redrive) ? redrive["deadLetterTargetArn"] : undefined;
  const attribute = isObject(target) ? target["Fn::GetAtt"] : undefined;
  return Array.isArray(attribute) ? String(attribute[0]) : undefined;
}

/** A queue that forbids others to leave their dead letters there takes those of schedules and calls. */
function isForNoQueue(properties: Readonly<Record<string, unknown>>): boolean {
  const allowed = properties["RedriveAllowPolicy"];
  return isObject(allowed) && allowed["redrivePermission"] === "denyAll";
}

function physicalName(service: ServiceDescription, { logicalId, type }: TemplateResource): string {
  const name = `${service.service}-${service.stage}-${logicalId}`;
  return type === "AWS::S3::Bucket" ? name.toLowerCase() : name;
}

function arnOf(type: string | undefined, name: string, { region, account }: EmbeddedAws): string {
  if (type === "AWS::SQS::Queue") return `arn:aws:sqs:${region}:${account}:${name}`;
  if (type === "AWS::SNS::Topic") return `arn:aws:sns:${region}:${account}:${name}`;
  if (type === "AWS::DynamoDB::Table") return `arn:aws:dynamodb:${region}:${account}:table/${name}`;
  if (type === "AWS::S3::Bucket") return `arn:aws:s3:::${name}`;
  return name;
}

async function unlessThere(errorName: string, create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!(error instanceof Error && error.name === errorName)) throw error;
  }
}
