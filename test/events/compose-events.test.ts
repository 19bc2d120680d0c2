import { describe, expect, test } from "vitest";
import { parseEvent } from "../../lib/events/parse.ts";
import { composeCreatedEvent, type NewResource } from "../../local/compose-events/compose.ts";
import { ACCOUNT } from "../fixtures/events/records.ts";
import * as fc from "../properties.ts";

const name = fc.stringMatching(/^[a-z][a-z0-9-]{2,20}$/);
const awsRegion = fc.constantFrom("us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1");
const partitionOf = (region: string) =>
  region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";

const regionalArns: Readonly<Record<string, (prefix: string, name: string) => string>> = {
  "aws:ec2:instance": (prefix, name) => `${prefix}:instance/i-${name}`,
  "aws:ec2:volume": (prefix, name) => `${prefix}:volume/vol-${name}`,
  "aws:sqs:queue": (prefix, name) => `${prefix}:${name}`,
  "aws:lambda:function": (prefix, name) => `${prefix}:function:${name}`,
  "aws:dynamodb:table": (prefix, name) => `${prefix}:table/${name}`,
  "aws:rds:db": (prefix, name) => `${prefix}:db:${name}`,
  "aws:autoscaling:autoScalingGroup": (prefix, name) =>
    `${prefix}:autoScalingGroup:0a1b2c3d-0000-4000-8000-000000000001:autoScalingGroupName/${name}`,
  "aws:logs:log-group": (prefix, name) => `${prefix}:log-group:/apps/${name}`,
  // Not imitated: comes as our own CloudEvent.
  "aws:kms:key": (prefix, name) => `${prefix}:key/${name}`,
};

const regionalAws = fc
  .tuple(fc.constantFrom(...Object.keys(regionalArns)), awsRegion, name)
  .map(([type, region, name]) => {
    const prefix = `arn:${partitionOf(region)}:${type.split(":")[1]}:${region}:${ACCOUNT}`;
    return { type, region, id: regionalArns[type]?.(prefix, name) ?? "" };
  });
const bucket = fc
  .tuple(awsRegion, name)
  .map(([region, name]) => ({ type: "aws:s3:bucket", region, id: `arn:${partitionOf(region)}:s3:::${name}` }));
const principal = fc
  .tuple(fc.constantFrom("role", "user"), fc.constantFrom("aws", "aws-cn", "aws-us-gov"), name)
  .map(([kind, partition, name]) => ({
    type: `aws:iam:${kind}`,
    region: "global",
    id: `arn:${partition}:iam::${ACCOUNT}:${kind}/${name}`,
  }));
const alibaba = fc.record({
  type: fc.constantFrom(
    "alibaba:apigateway:apiGroup",
    "alibaba:apigateway:app",
    "alibaba:apigateway:plugin",
    "alibaba:apigateway:api",
    "alibaba:vpcipam:IPAM",
    "alibaba:vpcipam:IPAMSCOPE",
    "alibaba:vpcipam:IPAMPOOL",
    "alibaba:ecs:instance",
    "alibaba:ecs:eni",
    "alibaba:slb:instance",
    "alibaba:rds:instance",
    "alibaba:log:logstore",
    "alibaba:mns:queue",
    "alibaba:kvstore:instance",
    "alibaba:hitsdb:instance",
    "alibaba:cr:instance",
    "alibaba:alikafka:instance",
    "alibaba:elasticsearch:instance",
    "alibaba:hologram:instance",
  ),
  region: fc.constantFrom("cn-hangzhou", "ap-southeast-1"),
  id: fc.oneof(name, fc.nat().map(String), fc.constant("00012")),
});
const huawei = fc.oneof(
  fc.record({ type: fc.constantFrom("huawei:iam:user", "huawei:iam:agency"), region: fc.constant("global"), id: name }),
  fc.record({
    type: fc.constantFrom(
      "huawei:apig:instance",
      "huawei:ecs:cloudservers",
      "huawei:evs:volumes",
      "huawei:vpc:vpcs",
      "huawei:vpc:publicips",
      "huawei:elb:loadbalancers",
      "huawei:rds:instances",
      "huawei:obs:buckets",
      "huawei:cce:clusters",
      "huawei:dcs:redis",
      "huawei:dms:kafkas",
      "huawei:smn:topic",
      "huawei:kms:keys",
      "huawei:er:instances",
      "huawei:cbr:vault",
    ),
    region: fc.constantFrom("cn-north-4", "eu-west-101"),
    id: name,
  }),
);

const tags = fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 8 }).map((all) => new Map(all));
const resources: fc.Arbitrary<NewResource> = fc
  .tuple(fc.oneof(regionalAws, bucket, principal, alibaba, huawei), tags)
  .map(([resource, tags]) => ({ ...resource, account: ACCOUNT, tags }));

describe("an event that the embedded cloud sends", () => {
  test("is read back as the resource that it was composed for, with its tags as those of the request", () => {
    const creators = fc.constantFrom("bob", "carol@example.com");
    const times = fc.integer({ min: 1e12, max: 2e12 });
    fc.assert(
      fc.property(resources, creators, times, (resource, createdBy, at) => {
        const parsed = parseEvent(composeCreatedEvent(resource, { createdBy, at }));
        expect(parsed.kind).toBe("created");
        if (parsed.kind !== "created") return;
        const { tags, ...ref } = resource;
        expect(parsed.resources).toHaveLength(1);
        expect(parsed.resources[0]).toMatchObject({ ...ref, tags: undefined });
        expect(parsed.resources[0]?.event).toMatchObject({ createdBy, requestTags: tags });
        const seconds = Math.floor(Date.parse(parsed.resources[0]?.event?.createdAt ?? "") / 1000);
        expect(seconds).toBe(Math.floor(at / 1000));
      }),
      { numRuns: 500 },
    );
  });

  const group: NewResource = { type: "alibaba:apigateway:apiGroup", account: ACCOUNT, region: "cn-hangzhou", id: "g1" };

  test("is the same for the same resource and time, and another for another", () => {
    const at = Date.UTC(2026, 10, 22);
    expect(composeCreatedEvent(group, { at })).toBe(composeCreatedEvent(group, { at }));
    const ids = [group, { ...group, id: "g2" }].map((resource) => parseEvent(composeCreatedEvent(resource, { at })));
    expect(new Set(ids.map((parsed) => parsed.kind === "created" && parsed.eventId)).size).toBe(2);
  });

  test("has the format of its cloud", () => {
    const type = (resource: NewResource) => {
      const event = JSON.parse(composeCreatedEvent(resource, { at: 0 })) as Record<string, unknown>;
      return event["detail-type"] ?? event.type;
    };
    expect(type(group)).toBe("apigateway:ActionTrail:ApiCall");
    expect(type({ ...group, type: "alibaba:kvstore:instance" })).toBe("redis:ActionTrail:ConsoleOperation");
    expect(type({ ...group, type: "huawei:iam:user", region: "global" })).toBe("IAM:CloudTrace:ApiCall");
    expect(type({ ...group, type: "aws:s3:bucket", id: "arn:aws:s3:::b" })).toBe("AWS API Call via CloudTrail");
    expect(type({ ...group, type: "huawei:mrs:mrs" })).toBe("com.tagwarden.resource.created.v1");
  });

  test("names a role's session as AWS does", () => {
    const bucket = { ...group, type: "aws:s3:bucket", region: "us-east-1", id: "arn:aws:s3:::b" };
    const parsed = parseEvent(composeCreatedEvent(bucket, { at: 0, createdBy: "role/deployer/bob" }));
    expect(parsed.kind === "created" && parsed.resources[0]?.event).toMatchObject({
      createdBy: "role/deployer/bob",
      createdByBasis: "session-name",
    });
  });
});
