// What a record says has happened goes before what the call was asked to do.
import { describe, expect, test } from "vitest";
import { creationOf, idsOf, onlyResource, reasonOf, resourcesOf } from "../fixtures/events/created.ts";
import { cloudTrail, eventBridge, runInstances } from "../fixtures/events/records.ts";

const regional = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:111122223333:${resource}`;

describe("PutParameter, which creates and updates", () => {
  const put = (overwrite: unknown, response: unknown) =>
    cloudTrail("ssm", "PutParameter", { name: "/shop/db/url", overwrite }, response);
  const created = [regional("ssm", "parameter/shop/db/url")];

  test.each([true, "true", false])("created the first version, although overwrite was %j", (overwrite) => {
    expect(idsOf(put(overwrite, { version: 1, tier: "Standard" }))).toEqual(created);
  });

  test.each([true, false])("updated where the version is another one, although overwrite was %j", (overwrite) => {
    expect(reasonOf(put(overwrite, { version: 2 }))).toMatch(/updated what was already/);
  });

  test.each([true, "true"])("updated where no version is told and overwrite was %j", (overwrite) => {
    expect(reasonOf(put(overwrite, null))).toMatch(/updated what was already/);
  });

  test("created where no version is told and overwrite was false", () => {
    expect(idsOf(put(false, null))).toEqual(created);
  });

  test("takes a whole ARN for a name", () => {
    const arn = regional("ssm", "parameter/shop/db/url");
    expect(idsOf(cloudTrail("ssm", "PutParameter", { name: arn }, { version: 1 }))).toEqual([arn]);
  });
});

test("PutRule, which does not say whether it created or updated, counts as a creation", () => {
  const ruleArn = regional("events", "rule/r");
  expect(idsOf(cloudTrail("events", "PutRule", { name: "r" }, { ruleArn }))).toEqual([ruleArn]);
});

describe("ImportCertificate", () => {
  const certificateArn = regional("acm", "certificate/1");

  test("creates a certificate", () => {
    expect(idsOf(cloudTrail("acm", "ImportCertificate", {}, { certificateArn }))).toEqual([certificateArn]);
  });

  test("that is asked to replace one creates nothing", () => {
    const event = cloudTrail("acm", "ImportCertificate", { certificateArn }, { certificateArn });
    expect(reasonOf(event)).toMatch(/updated what was already/);
  });
});

describe("failures inside a success", () => {
  const failed = { resourceId: "vpc-1", error: { code: "FlowLogAlreadyExists", message: "There is one." } };
  const flowLogs = (response: unknown) => cloudTrail("ec2", "CreateFlowLogs", {}, response);
  const runTask = (response: unknown) => cloudTrail("ecs", "RunTask", { cluster: "shop" }, response);
  const task = { taskArn: regional("ecs", "task/shop/0123456789abcdef0123456789abcdef") };

  test.each([
    ["one", { CreateFlowLogsResponse: { flowLogIdSet: "", unsuccessful: { item: failed } } }],
    ["several", { CreateFlowLogsResponse: { flowLogIdSet: "", unsuccessful: { item: [failed, failed] } } }],
    ["one, without the wrapper of newer calls", { flowLogIdSet: "", unsuccessful: { item: failed } }],
  ])("flow logs of which %s failed, and none was made, are no creation", (_, response) => {
    expect(reasonOf(flowLogs(response))).toMatch(/lists nothing but what it could not do/);
  });

  test("flow logs of which one failed are those that were made", () => {
    const response = { CreateFlowLogsResponse: { flowLogIdSet: { item: "fl-1" }, unsuccessful: { item: failed } } };
    expect(idsOf(flowLogs(response))).toEqual([regional("ec2", "vpc-flow-log/fl-1")]);
  });

  test("flow logs of which none failed and none was made are an error", () => {
    const response = { CreateFlowLogsResponse: { flowLogIdSet: "", unsuccessful: "" } };
    expect(() => idsOf(flowLogs(response))).toThrow(/succeeded, but its record holds no/);
  });

  test.each(["RunTask", "StartTask"])("%s that placed no task is no creation", (eventName) => {
    const event = cloudTrail("ecs", eventName, {}, { tasks: [], failures: [{ reason: "RESOURCE:MEMORY" }] });
    expect(reasonOf(event)).toMatch(/lists nothing but what it could not do/);
  });

  test("RunTask whose failures give no reason placed no task either", () => {
    const arn = regional("ecs", "container-instance/1");
    expect(reasonOf(runTask({ tasks: [], failures: [{ arn }] }))).toMatch(/lists nothing but what it could not do/);
  });

  test("RunTask that placed one of two tasks created that one", () => {
    expect(idsOf(runTask({ tasks: [task], failures: [{ reason: "RESOURCE:CPU" }] }))).toEqual([task.taskArn]);
  });

  test("RunTask that placed all of its tasks created them", () => {
    expect(idsOf(runTask({ tasks: [task], failures: [] }))).toEqual([task.taskArn]);
  });
});

describe("what is made inside RunInstances", () => {
  const instance = {
    instanceId: "i-1",
    networkInterfaceSet: { items: [{ networkInterfaceId: "eni-1" }, { networkInterfaceId: "eni-2" }] },
    blockDeviceMapping: { items: [{ deviceName: "/dev/xvda", ebs: { volumeId: "vol-1" } }] },
  };
  const started = (items: unknown, request: Record<string, unknown> = {}) =>
    runInstances({ requestParameters: request, responseElements: { instancesSet: { items } } });

  test("are interfaces and volumes, behind the instance", () => {
    expect(resourcesOf(started([instance])).map(({ type, id }) => [type, id])).toEqual([
      ["aws:ec2:instance", regional("ec2", "instance/i-1")],
      ["aws:ec2:network-interface", regional("ec2", "network-interface/eni-1")],
      ["aws:ec2:network-interface", regional("ec2", "network-interface/eni-2")],
      ["aws:ec2:volume", regional("ec2", "volume/vol-1")],
    ]);
  });

  test("are none where the record names none", () => {
    expect(idsOf(started([{ instanceId: "i-1", networkInterfaceSet: {}, blockDeviceMapping: {} }]))).toHaveLength(1);
  });

  test("is no interface that the request names, which was there before", () => {
    const request = { networkInterfaceSet: { items: [{ deviceIndex: 0, networkInterfaceId: "eni-1" }] } };
    expect(idsOf(started([instance], request))).toEqual([
      regional("ec2", "instance/i-1"),
      regional("ec2", "network-interface/eni-2"),
      regional("ec2", "volume/vol-1"),
    ]);
  });

  test("has the tags that the request gives to its type, and no other", () => {
    const tags = (resourceType: string, value: string) => ({ resourceType, tags: [{ key: "for", value }] });
    const request = { tagSpecificationSet: { items: [tags("instance", "a"), tags("volume", "b")] } };
    expect(
      resourcesOf(started([instance], request)).map(({ event }) => Object.fromEntries(event?.requestTags ?? [])),
    ).toEqual([{ for: "a" }, {}, {}, { for: "b" }]);
  });
});

describe("a version in an ARN", () => {
  test.each(["pub:1", "pub:$LATEST", "pub"])("of a function that is answered as %s is left out", (name) => {
    const response = { functionArn: regional("lambda", `function:${name}`), functionName: "pub", version: "1" };
    const event = cloudTrail("lambda", "CreateFunction20150331", { functionName: "pub", publish: true }, response);
    expect(onlyResource(event)).toMatchObject({ type: "aws:lambda:function", id: regional("lambda", "function:pub") });
  });

  test("of a task definition stays, since each revision carries tags of its own", () => {
    const taskDefinitionArn = regional("ecs", "task-definition/web:7");
    const event = cloudTrail("ecs", "RegisterTaskDefinition", {}, { taskDefinition: { taskDefinitionArn } });
    expect(idsOf(event)).toEqual([taskDefinitionArn]);
  });
});

describe("where the answer is missing, the name of the request counts", () => {
  test.each([
    ["is null", null],
    ["is left out for its length", { omitted: true, originalSize: 310_000, reason: "responseElements too large" }],
  ])("where it %s", (_, response) => {
    const ids = [
      cloudTrail("lambda", "CreateFunction20150331", { functionName: "big" }, response),
      cloudTrail("iam", "CreatePolicy", { policyName: "p1", path: "/team/" }, response),
      cloudTrail("rds", "CreateDBSnapshot", { dBSnapshotIdentifier: "s1", dBInstanceIdentifier: "d1" }, response),
      cloudTrail("dynamodb", "RestoreTableFromBackup", { targetTableName: "Orders-2" }, response),
      cloudTrail("elasticbeanstalk", "CreateEnvironment", { applicationName: "Shop", environmentName: "E" }, response),
      cloudTrail("sns", "CreateTopic", { name: "Orders.fifo" }, response),
    ].flatMap((event) => idsOf(event));
    expect(ids).toEqual([
      regional("lambda", "function:big"),
      "arn:aws:iam::111122223333:policy/team/p1",
      regional("rds", "snapshot:s1"),
      regional("dynamodb", "table/Orders-2"),
      regional("elasticbeanstalk", "environment/Shop/E"),
      regional("sns", "Orders.fifo"),
    ]);
  });

  test.each([
    ["rds", "CreateDBInstance", { dBInstanceIdentifier: "OrdersDB" }, "db:ordersdb"],
    ["rds", "RestoreDBInstanceToPointInTime", { targetDBInstanceIdentifier: "OrdersDB" }, "db:ordersdb"],
    ["redshift", "CreateCluster", { clusterIdentifier: "OrdersDW" }, "cluster:ordersdw"],
    ["redshift", "RestoreFromClusterSnapshot", { clusterIdentifier: "OrdersDW" }, "cluster:ordersdw"],
    ["rds", "CreateDBCluster", { dBClusterIdentifier: "Orders" }, "cluster:orders"],
    ["rds", "CopyDBSnapshot", { targetDBSnapshotIdentifier: "Orders-1" }, "snapshot:orders-1"],
    ["rds", "CreateDBSubnetGroup", { dBSubnetGroupName: "Inner" }, "subgrp:inner"],
    ["elasticache", "CreateReplicationGroup", { replicationGroupId: "Sessions" }, "replicationgroup:sessions"],
    ["memorydb", "CreateCluster", { clusterName: "Sessions" }, "cluster/sessions"],
  ])("%s %s: written as the service stores it", (service, eventName, request, resource) => {
    expect(idsOf(cloudTrail(service, eventName, request, null))).toEqual([regional(service, resource)]);
  });

  test("an environment without a name is no creation, since the service makes one up", () => {
    const event = cloudTrail("elasticbeanstalk", "CreateEnvironment", { applicationName: "Shop" }, null);
    expect(reasonOf(event)).toMatch(/makes up the name/);
  });
});

describe("one type is created by several calls", () => {
  const arn = (service: string, resource: string) => regional(service, resource);

  test.each([
    ["ec2", "CreateDefaultVpc", { vpc: { vpcId: "vpc-1" } }, arn("ec2", "vpc/vpc-1")],
    ["ec2", "ImportImage", { imageId: "ami-1", importTaskId: "import-ami-1" }, arn("ec2", "image/ami-1")],
    [
      "ec2",
      "CreateTrafficMirrorTarget",
      { CreateTrafficMirrorTargetResponse: { trafficMirrorTarget: { trafficMirrorTargetId: "tmt-1" } } },
      arn("ec2", "traffic-mirror-target/tmt-1"),
    ],
    ["rds", "CopyDBSnapshot", { dBSnapshotArn: arn("rds", "snapshot:c1") }, arn("rds", "snapshot:c1")],
    ["rds", "RestoreDBInstanceFromDBSnapshot", { dBInstanceArn: arn("rds", "db:r1") }, arn("rds", "db:r1")],
    ["rds", "RestoreDBClusterFromSnapshot", { dBClusterArn: arn("rds", "cluster:c1") }, arn("rds", "cluster:c1")],
    ["rds", "CreateDBInstanceReadReplica", { dBInstanceArn: arn("rds", "db:rr1") }, arn("rds", "db:rr1")],
    ["acm", "ImportCertificate", { certificateArn: arn("acm", "certificate/1") }, arn("acm", "certificate/1")],
    ["kafka", "CreateCluster", { clusterArn: arn("kafka", "cluster/k/1-1") }, arn("kafka", "cluster/k/1-1")],
    ["kafka", "CreateClusterV2", { clusterArn: arn("kafka", "cluster/k/1-1") }, arn("kafka", "cluster/k/1-1")],
    ["apigateway", "ImportRestApi", { id: "a1" }, "arn:aws:apigateway:eu-west-1::/restapis/a1"],
    [
      "eks",
      "CreateFargateProfile",
      { fargateProfile: { fargateProfileArn: arn("eks", "fargateprofile/shop/fp/1") } },
      arn("eks", "fargateprofile/shop/fp/1"),
    ],
    [
      "iam",
      "CreateSAMLProvider",
      { sAMLProviderArn: "arn:aws:iam::111122223333:saml-provider/okta" },
      "arn:aws:iam::111122223333:saml-provider/okta",
    ],
    [
      "bedrock",
      "CreateModelCustomizationJob",
      { jobArn: arn("bedrock", "model-customization-job/m.v1:7:4k/abc") },
      arn("bedrock", "model-customization-job/m.v1:7:4k/abc"),
    ],
    [
      "dynamodb",
      "RestoreTableToPointInTime",
      { tableDescription: { tableArn: arn("dynamodb", "table/r") } },
      arn("dynamodb", "table/r"),
    ],
  ])("%s %s", (service, eventName, response, id) => {
    expect(idsOf(cloudTrail(service, eventName, {}, response))).toEqual([id]);
  });

  test("a bucket of S3 Express is named in the request", () => {
    const event = cloudTrail("s3express", "CreateBucket", { bucketName: "fast--euw1-az1--x-s3" });
    expect(onlyResource(event)).toMatchObject({
      type: "aws:s3express:bucket",
      id: regional("s3express", "bucket/fast--euw1-az1--x-s3"),
    });
  });

  test("a replica of a key lies in its own region", () => {
    const replica = "arn:aws:kms:us-east-1:111122223333:key/mrk-1";
    const event = cloudTrail("kms", "ReplicateKey", { keyId: "mrk-1" }, { replicaKeyMetadata: { arn: replica } });
    expect(onlyResource(event)).toMatchObject({ type: "aws:kms:key", region: "us-east-1", id: replica });
  });

  test("CreateDistributionWithTags has its tags inside of its configuration", () => {
    const tags = { items: [{ key: "env", value: "prod" }] };
    const request = { distributionConfigWithTags: { distributionConfig: { enabled: true }, tags } };
    const response = { distribution: { id: "E1", aRN: "arn:aws:cloudfront::111122223333:distribution/E1" } };
    const event = cloudTrail("cloudfront", "CreateDistributionWithTags", request, response);
    expect(onlyResource(event)).toMatchObject({
      type: "aws:cloudfront:distribution",
      region: "global",
      id: "arn:aws:cloudfront::111122223333:distribution/E1",
    });
    expect(creationOf(event).requestTags).toEqual(new Map([["env", "prod"]]));
  });

  test.each([
    ["cognito-identity", "CreateIdentityPool", "identityPoolTags", { identityPoolId: "eu-west-1:1" }],
    ["backup", "CreateBackupPlan", "backupPlanTags", { backupPlanArn: arn("backup", "backup-plan:1") }],
    ["backup", "CreateBackupVault", "backupVaultTags", { backupVaultArn: arn("backup", "backup-vault:v") }],
    ["bedrock", "CreateModelCustomizationJob", "jobTags", { jobArn: arn("bedrock", "model-customization-job/m/abc") }],
  ])("%s %s has its tags in %s", (service, eventName, field, response) => {
    const event = cloudTrail(service, eventName, { [field]: { env: "prod" } }, response);
    expect(creationOf(event).requestTags).toEqual(new Map([["env", "prod"]]));
  });
});

test("a record of CloudTrail Insights is no creation, though it names a call", () => {
  const record = {
    eventVersion: "1.08",
    eventTime: "2026-11-20T09:00:00Z",
    awsRegion: "eu-west-1",
    eventType: "AwsCloudTrailInsight",
    insightDetails: { state: "Start", eventSource: "ec2.amazonaws.com", eventName: "RunInstances" },
    eventCategory: "Insight",
  };
  expect(reasonOf(record)).toMatch(/counts calls, and is none/);
  expect(reasonOf(eventBridge(record, { "detail-type": "AWS Insight via CloudTrail" }))).toMatch(/tell of no API call/);
});
