import { describe, expect, test } from "vitest";
import { creationOf, onlyResource, reasonOf, resourcesOf } from "../../fixtures/events/created.ts";
import { ACCOUNT, actionTrailEvent, createApiGroup, type Json } from "../../fixtures/events/records.ts";

const experimentalEvents = true;

/** A record of another service, without anything of API Gateway. */
const record = (changes: Json): Json =>
  createApiGroup({
    requestParameters: {},
    responseElements: null,
    referencedResources: {},
    resourceType: undefined,
    resourceName: undefined,
    serviceName: undefined,
    eventSource: undefined,
    ...changes,
  });

const event = (source: string, changes: Json): Json => actionTrailEvent(record(changes), { source });

/** Instances as the console makes them: the record says so, and lists what was used beside them. */
const runInstances = (changes: Json = {}): Json =>
  event("acs.ecs", {
    eventType: "ConsoleOperation",
    eventName: "RunInstances",
    serviceName: "Ecs",
    eventSource: "ecs-cn-hangzhou-share.aliyuncs.com",
    requestParameters: { Tags: [{ Key: "env", Value: "dev" }], SecurityGroupId: "sg-1" },
    responseElements: { InstanceIdSets: { InstanceIdSet: ["i-1", "i-2"] } },
    referencedResources: { "ACS::ECS::Instance": ["i-1", "i-2"], "ACS::ECS::SecurityGroup": ["sg-1"] },
    ...changes,
  });

describe("what the Tag service serves", () => {
  test("instances come with the tags that the console's list has", () => {
    expect(resourcesOf(runInstances()).map(({ type, region, id }) => [type, region, id])).toEqual([
      ["alibaba:ecs:instance", "cn-hangzhou", "i-1"],
      ["alibaba:ecs:instance", "cn-hangzhou", "i-2"],
    ]);
    expect(creationOf(runInstances()).requestTags).toEqual(new Map([["env", "dev"]]));
  });

  test("what is ordered on a page is called Create, and is among the references", () => {
    const ordered = event("acs.redis", {
      eventName: "Create",
      referencedResources: { "ACS::Redis::DBInstance": ["r-1"], "ACS::VPC::VSwitch": ["vsw-1"] },
    });
    expect(onlyResource(ordered)).toMatchObject({ type: "alibaba:kvstore:instance", id: "r-1" });
  });

  test.each([
    ["another product's of the same last word", { "ACS::RDS::DBInstance": ["rm-1"] }],
    ["nothing", {}],
  ])("an order that names %s is an error, and nobody else's", (_, referencedResources) => {
    expect(() => resourcesOf(event("acs.redis", { eventName: "Create", referencedResources }))).toThrow(
      /alibaba:kvstore:instance id/,
    );
  });

  test.each([
    [
      "ecs-cn-hangzhou-share.aliyuncs.com",
      "RunInstances",
      { responseElements: { InstanceIdSets: { InstanceIdSet: ["a"] } } },
      "alibaba:ecs:instance",
    ],
    [
      "r-kvstore.aliyuncs.com",
      "Create",
      { referencedResources: { "ACS::Redis::DBInstance": ["a"] } },
      "alibaba:kvstore:instance",
    ],
    [
      "rds-inc-share.aliyuncs.com",
      "CreateDBInstance",
      { responseElements: { DBInstanceId: "a" } },
      "alibaba:rds:instance",
    ],
    [
      "slb-pop.aliyuncs.com",
      "CreateLoadBalancer",
      { responseElements: { LoadBalancerId: "a" } },
      "alibaba:slb:instance",
    ],
    [
      "p.cn-hangzhou.log.aliyuncs.com",
      "CreateLogStore",
      { referencedResources: { "ACS::SLS::LogStore": ["a"] } },
      "alibaba:log:logstore",
    ],
    [
      "starrocks-share.cn-hangzhou.aliyuncs.com",
      "CreateInstanceV1",
      { referencedResources: { "ACS::StarRocks::Instance": ["a"] } },
      "alibaba:starrocks:instance",
    ],
  ])("a record of the host %s without an envelope is read", (eventSource, eventName, changes, type) => {
    expect(onlyResource(record({ eventSource, eventName, ...changes }))).toMatchObject({ type, id: "a" });
  });

  test("a record that calls its product what ARNs call it is read", () => {
    const changes = { eventName: "Create", referencedResources: { "ACS::Redis::DBInstance": ["r-1"] } };
    expect(onlyResource(record({ serviceName: "Kvstore", ...changes })).type).toBe("alibaba:kvstore:instance");
  });

  test("a queue that answer and references leave out is named by the request", () => {
    const made = event("acs.mns", { eventName: "CreateQueue", requestParameters: { QueueName: "orders" } });
    expect(onlyResource(made)).toMatchObject({ type: "alibaba:mns:queue", id: "orders" });
  });

  test("a copied image lies where it was copied to", () => {
    const copied = event("acs.ecs", {
      eventName: "CopyImage",
      requestParameters: { DestinationRegionId: "cn-beijing" },
      responseElements: { ImageId: "m-1" },
    });
    expect(onlyResource(copied, { experimentalEvents })).toMatchObject({ region: "cn-beijing", id: "m-1" });
  });

  test("what a central service makes has no region, wherever the call was made", () => {
    const made = event("acs.cdn", { eventName: "AddCdnDomain", requestParameters: { DomainName: "a.example" } });
    expect(onlyResource(made, { experimentalEvents })).toMatchObject({
      type: "alibaba:cdn:domain",
      region: "global",
      id: "a.example",
    });
  });

  test("a VPC comes with its route table", () => {
    const made = event("acs.vpc", {
      eventName: "CreateVpc",
      responseElements: { VpcId: "vpc-1", RouteTableId: "vtb-1" },
    });
    expect(resourcesOf(made, { experimentalEvents }).map(({ type, id }) => [type, id])).toEqual([
      ["alibaba:vpc:vpc", "vpc-1"],
      ["alibaba:vpc:routetable", "vtb-1"],
    ]);
  });

  test("a job that the request names was there before", () => {
    const configured = (requestParameters: Json) =>
      event("acs.dts", {
        eventName: "ConfigureDtsJob",
        requestParameters,
        responseElements: { DtsInstanceId: "dts-1" },
      });
    expect(onlyResource(configured({}), { experimentalEvents }).id).toBe("dts-1");
    expect(reasonOf(configured({ DtsInstanceId: "dts-1" }), { experimentalEvents })).toMatch(/there already/);
  });

  test("a call that only tried creates nothing", () => {
    const tried = event("acs.rds", {
      eventName: "CreateDBInstance",
      requestParameters: { DryRun: "true" },
      responseElements: { DBInstanceId: "rm-1" },
    });
    expect(reasonOf(tried)).toMatch(/only tried/);
  });
});

describe("an account that doesn't name the type", () => {
  const namesType = (account: string) => account !== ACCOUNT;
  const order = event("acs.redis", { eventName: "Create", referencedResources: {} });

  test("makes no error of an order that names nothing", () => {
    expect(() => resourcesOf(order)).toThrow(/alibaba:kvstore:instance id/);
    const reason = `alibaba:kvstore:instance is none of the types of account ${ACCOUNT}`;
    expect(reasonOf(order, { namesType })).toBe(reason);
  });

  test("has its API groups as before", () => {
    expect(onlyResource(actionTrailEvent(createApiGroup()), { namesType }).type).toBe("alibaba:apigateway:apiGroup");
  });
});
