import { describe, expect, test } from "vitest";
import { idsOf, onlyResource, reasonOf, creationOf } from "../../fixtures/events/created.ts";
import { cloudTrail, eventBridge, runInstances } from "../../fixtures/events/records.ts";

const ec2 = (resource: string) => `arn:aws:ec2:eu-west-1:111122223333:${resource}`;

describe("failed calls create nothing", () => {
  test.each(["Client.VcpuLimitExceeded", "AccessDenied"])("even with a response: %s", (errorCode) => {
    expect(reasonOf(runInstances({ errorCode }))).toBe(`the call failed with ${errorCode}`);
  });

  test("nor without an error message or a response", () => {
    expect(reasonOf(runInstances({ errorCode: "Client.DryRunOperation", responseElements: null }))).toMatch(/failed/);
  });

  test.each([null, ""])("errorCode %j is no failure", (errorCode) => {
    expect(idsOf(runInstances({ errorCode }))).toHaveLength(2);
  });
});

describe("ids", () => {
  test("one event may create several resources", () => {
    expect(idsOf(runInstances())).toEqual([ec2("instance/i-0000000000000000a"), ec2("instance/i-0000000000000000b")]);
  });

  test.each([
    ["an object", { instanceId: "i-1" }, ["i-1"]],
    ["a list", [{ instanceId: "i-1" }, { instanceId: "i-2" }], ["i-1", "i-2"]],
    ["a list that names one twice", [{ instanceId: "i-1" }, { instanceId: "i-1" }], ["i-1"]],
  ])("items may be %s", (_, items, ids) => {
    const event = runInstances({ responseElements: { instancesSet: { items } } });
    expect(idsOf(event)).toEqual(ids.map((id) => ec2(`instance/${id}`)));
  });

  test.each([
    ["a text", "fl-1", ["fl-1"]],
    ["a list of texts", ["fl-1", "fl-2"], ["fl-1", "fl-2"]],
  ])("the item of a newer EC2 response may be %s", (_, item, ids) => {
    const event = cloudTrail("ec2", "CreateFlowLogs", {}, { CreateFlowLogsResponse: { flowLogIdSet: { item } } });
    expect(idsOf(event)).toEqual(ids.map((id) => ec2(`vpc-flow-log/${id}`)));
  });

  test("an EC2 response is read with and without the wrapper of newer calls", () => {
    const vpc = { vpc: { vpcId: "vpc-1" } };
    const gateway = { natGateway: { natGatewayId: "nat-1" } };
    expect(idsOf(cloudTrail("ec2", "CreateVpc", {}, { CreateVpcResponse: vpc }))).toEqual([ec2("vpc/vpc-1")]);
    expect(idsOf(cloudTrail("ec2", "CreateNatGateway", {}, gateway))).toEqual([ec2("natgateway/nat-1")]);
  });

  test("a bucket is found although responseElements is null", () => {
    expect(idsOf(cloudTrail("s3", "CreateBucket", { bucketName: "b" }, null))).toEqual(["arn:aws:s3:::b"]);
  });

  test("an ARN of another type is not taken for the created one", () => {
    const event = cloudTrail("lambda", "CreateFunction20150331", { functionName: "f" }, { functionArn: ec2("vpc/v") });
    expect(idsOf(event)).toEqual(["arn:aws:lambda:eu-west-1:111122223333:function:f"]);
  });

  test("a name in the request may be an ARN", () => {
    const arn = "arn:aws:lambda:eu-west-1:111122223333:function:f";
    expect(idsOf(cloudTrail("lambda", "CreateFunction20150331", { functionName: arn }, null))).toEqual([arn]);
  });

  test("a classic load balancer has no ARN in the response", () => {
    const event = cloudTrail(
      "elasticloadbalancing",
      "CreateLoadBalancer",
      { loadBalancerName: "web" },
      { dNSName: "d" },
    );
    expect(idsOf(event)).toEqual(["arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/web"]);
  });

  test("the path of an IAM user is part of its ARN", () => {
    const event = cloudTrail("iam", "CreateUser", { userName: "new", path: "/team/" }, null);
    expect(onlyResource(event)).toMatchObject({ id: "arn:aws:iam::111122223333:user/team/new", region: "global" });
  });

  test("a stage's ARN takes the API from the request", () => {
    const request = { restApiId: "a1", createStageInput: { stageName: "prod" } };
    expect(onlyResource(cloudTrail("apigateway", "CreateStage", request, {}))).toMatchObject({
      type: "aws:apigateway:stages",
      account: "111122223333",
      id: "arn:aws:apigateway:eu-west-1::/restapis/a1/stages/prod",
    });
  });

  test.each([
    ["/app/db", "parameter/app/db"],
    ["db", "parameter/db"],
    ["/parameter/x", "parameter/parameter/x"],
  ])("of the parameter name %s one leading slash is left out", (name, resource) => {
    expect(idsOf(cloudTrail("ssm", "PutParameter", { name }))).toEqual([
      `arn:aws:ssm:eu-west-1:111122223333:${resource}`,
    ]);
  });

  test("a hosted zone's id comes with its path", () => {
    const event = cloudTrail("route53", "CreateHostedZone", {}, { hostedZone: { id: "/hostedzone/Z1" } });
    expect(onlyResource(event)).toMatchObject({
      id: "arn:aws:route53:::hostedzone/Z1",
      region: "global",
    });
  });

  test("request and response may be JSON strings", () => {
    const { requestParameters, responseElements } = runInstances();
    const event = runInstances({
      requestParameters: JSON.stringify(requestParameters),
      responseElements: JSON.stringify(responseElements),
    });
    expect(idsOf(event)).toEqual(idsOf(runInstances()));
    expect(creationOf(event).requestTags).toEqual(creationOf(runInstances()).requestTags);
  });

  test("the response alone may be a JSON string", () => {
    const event = runInstances({ responseElements: JSON.stringify(runInstances().responseElements) });
    expect(idsOf(event)).toEqual(idsOf(runInstances()));
  });

  test.each([1.08, "1.11", undefined])("eventVersion %j changes nothing", (eventVersion) => {
    expect(idsOf(runInstances({ eventVersion }))).toEqual(idsOf(runInstances()));
  });
});

describe("Auto Scaling groups", () => {
  const call = cloudTrail("autoscaling", "CreateAutoScalingGroup", { autoScalingGroupName: "g" }, null);
  const arn = "arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:0a-1b:autoScalingGroupName/g";

  test("are not created as far as the event tells, since their ARN holds a UUID", () => {
    expect(reasonOf(call)).toMatch(/holds a UUID/);
  });

  test("are created where the record names the ARN", () => {
    expect(idsOf({ ...call, resources: [{ ARN: "arn:aws:iam::111122223333:role/r" }, { ARN: arn }] })).toEqual([arn]);
  });
});

describe("account, region and partition", () => {
  test.each([
    ["cn-north-1", "arn:aws-cn:ec2:cn-north-1:"],
    ["us-gov-west-1", "arn:aws-us-gov:ec2:us-gov-west-1:"],
    ["us-isof-south-1", "arn:aws-iso-f:ec2:us-isof-south-1:"],
    ["eu-isoe-west-1", "arn:aws-iso-e:ec2:eu-isoe-west-1:"],
    ["eu-central-1", "arn:aws:ec2:eu-central-1:"],
  ])("%s gives ARNs that start with %s", (awsRegion, start) => {
    expect(idsOf(runInstances({ awsRegion }))[0]?.slice(0, start.length)).toBe(start);
  });

  test("a bucket lies where its location constraint says", () => {
    const at = (LocationConstraint: string) =>
      cloudTrail("s3", "CreateBucket", { bucketName: "b", CreateBucketConfiguration: { LocationConstraint } });
    expect(onlyResource(at("ap-south-1")).region).toBe("ap-south-1");
    expect(onlyResource(at("EU")).region).toBe("eu-west-1");
    expect(onlyResource(cloudTrail("s3", "CreateBucket", { bucketName: "b" })).region).toBe("eu-west-1");
  });

  test("the envelope helps out where the record names neither account, region nor source", () => {
    const record = runInstances({ recipientAccountId: undefined, awsRegion: undefined, eventSource: undefined });
    expect(idsOf(eventBridge(record))).toEqual(idsOf(runInstances()));
  });

  test("an event without a region is an error", () => {
    const record = cloudTrail("s3", "CreateBucket", { bucketName: "b" });
    expect(() => idsOf({ ...record, awsRegion: undefined })).toThrow(/holds no region/);
  });

  test("an event without an account is an error", () => {
    const event = eventBridge(
      { ...runInstances(), recipientAccountId: "", userIdentity: null },
      { account: undefined },
    );
    expect(() => idsOf(event)).toThrow(/holds no aws:ec2:instance id at .*, account or region/);
  });
});

test("the event keeps when, from where and by which call the resource came, and the cloud's own record", () => {
  expect(creationOf(eventBridge(runInstances()))).toEqual({
    eventId: "aaaaaaaa-0000-4000-8000-000000000001",
    eventName: "RunInstances",
    createdAt: "2026-11-22T07:33:46Z",
    createdBy: "alice",
    createdByBasis: "iam-user",
    sourceIp: "203.0.113.10",
    requestTags: new Map([["env", "prod"]]),
    record: runInstances(),
  });
});

test("a record without an event name is an error", () => {
  expect(() => idsOf(eventBridge(runInstances({ eventName: undefined })))).toThrow(/no eventName/);
});
