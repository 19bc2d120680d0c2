import { parseArn } from "../../lib/core/aws-arn.ts";
import type { Tags } from "../../lib/core/resource.ts";
import { globalHomeOf } from "../emulator/aws/global-home.ts";
import type { Creation } from "./creation.ts";

/** The part of a creating call that depends on the service. */
interface Call {
  readonly eventSource: string;
  readonly eventName: string;
  readonly requestParameters: object;
  readonly responseElements: object | null;
  /** What the record itself names, where the service says it there. */
  readonly resources?: readonly object[];
}

/** What a call is composed from; `name` is the last word of the ARN. */
interface Made {
  readonly arn: string;
  readonly name: string;
  readonly region: string;
  readonly tags: Tags;
}

const CALLS: Readonly<Record<string, (made: Made) => Call>> = {
  "aws:ec2:instance": ({ name, tags }) => ({
    eventSource: "ec2.amazonaws.com",
    eventName: "RunInstances",
    requestParameters: {
      instancesSet: { items: [{ imageId: "ami-00000000000000001", minCount: 1, maxCount: 1 }] },
      instanceType: "t3.micro",
      ...tagSpecification("instance", tags),
    },
    responseElements: {
      instancesSet: { items: [{ instanceId: name, instanceType: "t3.micro", tagSet: { items: pairs(tags) } }] },
    },
  }),
  "aws:ec2:volume": ({ name, tags }) => ({
    eventSource: "ec2.amazonaws.com",
    eventName: "CreateVolume",
    requestParameters: { size: "8", ...tagSpecification("volume", tags) },
    responseElements: { volumeId: name, size: "8", status: "creating", tagSet: { items: pairs(tags) } },
  }),
  "aws:s3:bucket": ({ name, region, tags }) => ({
    eventSource: "s3.amazonaws.com",
    eventName: "CreateBucket",
    requestParameters: {
      bucketName: name,
      Host: `${name}.s3.amazonaws.com`,
      CreateBucketConfiguration: {
        ...(region === "us-east-1" ? {} : { LocationConstraint: region }),
        ...(tags.size === 0 ? {} : { Tags: { Tag: [...tags].map(([Key, Value]) => ({ Key, Value })) } }),
      },
    },
    responseElements: null,
  }),
  "aws:sqs:queue": ({ name, region, tags }) => ({
    eventSource: "sqs.amazonaws.com",
    eventName: "CreateQueue",
    requestParameters: { queueName: name, tags: Object.fromEntries(tags) },
    responseElements: { queueUrl: `https://sqs.${region}.amazonaws.com/queue/${name}` },
  }),
  "aws:lambda:function": ({ arn, name, tags }) => ({
    eventSource: "lambda.amazonaws.com",
    eventName: "CreateFunction20150331",
    requestParameters: { functionName: name, runtime: "nodejs24.x", tags: Object.fromEntries(tags) },
    responseElements: { functionName: name, functionArn: arn, state: "Pending" },
  }),
  "aws:dynamodb:table": ({ arn, name, tags }) => ({
    eventSource: "dynamodb.amazonaws.com",
    eventName: "CreateTable",
    requestParameters: { tableName: name, billingMode: "PAY_PER_REQUEST", tags: pairs(tags) },
    responseElements: { tableDescription: { tableName: name, tableArn: arn, tableStatus: "CREATING" } },
  }),
  "aws:rds:db": ({ arn, name, tags }) => ({
    eventSource: "rds.amazonaws.com",
    eventName: "CreateDBInstance",
    requestParameters: { dBInstanceIdentifier: name, engine: "postgres", tags: pairs(tags) },
    responseElements: { dBInstanceIdentifier: name, dBInstanceArn: arn, dBInstanceStatus: "creating" },
  }),
  "aws:logs:log-group": ({ arn, tags }) => ({
    eventSource: "logs.amazonaws.com",
    eventName: "CreateLogGroup",
    requestParameters: { logGroupName: arn.split(":").slice(6).join(":"), tags: Object.fromEntries(tags) },
    responseElements: null,
  }),
  "aws:iam:role": ({ arn, name, tags }) => ({
    eventSource: "iam.amazonaws.com",
    eventName: "CreateRole",
    requestParameters: { roleName: name, path: "/", tags: pairs(tags) },
    responseElements: { role: { roleName: name, arn, path: "/" } },
  }),
  "aws:iam:user": ({ arn, name, tags }) => ({
    eventSource: "iam.amazonaws.com",
    eventName: "CreateUser",
    requestParameters: { userName: name, tags: pairs(tags) },
    responseElements: { user: { userName: name, arn, path: "/" } },
  }),
  "aws:autoscaling:autoScalingGroup": ({ arn, name, tags }) => ({
    eventSource: "autoscaling.amazonaws.com",
    eventName: "CreateAutoScalingGroup",
    requestParameters: { autoScalingGroupName: name, minSize: 1, maxSize: 2, tags: pairs(tags) },
    responseElements: null,
    resources: [{ ARN: arn, type: "AWS::AutoScaling::AutoScalingGroup" }],
  }),
};

/** EventBridge's event for a creating call; undefined for types that are not imitated. */
export function composeCloudTrail({ resource, tags, createdBy, eventId, time }: Creation): object | undefined {
  const arn = parseArn(resource.id);
  const call = Object.hasOwn(CALLS, resource.type) ? CALLS[resource.type] : undefined;
  if (arn === undefined || call === undefined) return undefined;
  // Global services record their calls where they are served.
  const region = resource.region === "global" ? globalHomeOf(resource.id) : resource.region;
  const name = arn.resource.slice(Math.max(arn.resource.lastIndexOf("/"), arn.resource.lastIndexOf(":")) + 1);
  const made = call({ arn: resource.id, name, region, tags });
  const seconds = `${time.slice(0, 19)}Z`;
  return {
    version: "0",
    id: eventId,
    "detail-type": "AWS API Call via CloudTrail",
    source: `aws.${made.eventSource.split(".", 1)[0]}`,
    account: resource.account,
    time: seconds,
    region,
    resources: [],
    detail: {
      eventVersion: "1.11",
      userIdentity: identityOf(createdBy, resource.account, arn.partition),
      eventTime: seconds,
      eventSource: made.eventSource,
      eventName: made.eventName,
      awsRegion: region,
      sourceIPAddress: "203.0.113.10",
      userAgent: "embedded-cloud",
      requestParameters: made.requestParameters,
      responseElements: made.responseElements,
      ...(made.resources !== undefined && { resources: made.resources }),
      requestID: eventId,
      eventID: eventId,
      readOnly: false,
      eventType: "AwsApiCall",
      managementEvent: true,
      recipientAccountId: resource.account,
      eventCategory: "Management",
    },
  };
}

function identityOf(createdBy: string, account: string, partition: string): object {
  const [kind, role, session] = createdBy.split("/");
  if (kind !== "role" || role === undefined || session === undefined) {
    const arn = `arn:${partition}:iam::${account}:user/${createdBy}`;
    return { type: "IAMUser", principalId: "AIDAEXAMPLE0000000001", arn, accountId: account, userName: createdBy };
  }
  const issuer = `arn:${partition}:iam::${account}:role/${role}`;
  return {
    type: "AssumedRole",
    principalId: `AROAEXAMPLE0000000001:${session}`,
    arn: `arn:${partition}:sts::${account}:assumed-role/${role}/${session}`,
    accountId: account,
    sessionContext: { sessionIssuer: { type: "Role", arn: issuer, accountId: account, userName: role } },
  };
}

function tagSpecification(resourceType: string, tags: Tags): object {
  return tags.size === 0 ? {} : { tagSpecificationSet: { items: [{ resourceType, tags: pairs(tags) }] } };
}

function pairs(tags: Tags): { key: string; value: string }[] {
  return [...tags].map(([key, value]) => ({ key, value }));
}
