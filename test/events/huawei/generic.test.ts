import { describe, expect, test } from "vitest";
import { creationOf, onlyResource, reasonOf, resourcesOf } from "../../fixtures/events/created.ts";
import { createUser, eventGrid, type Json } from "../../fixtures/events/records.ts";

/** A trace of another service, without anything of IAM. */
const trace = (changes: Json): Json =>
  createUser({ region: "cn-north-4", resource_id: "id-1", request: "{}", response: "{}", ...changes });

const disk = (changes: Json = {}): Json =>
  trace({ service_type: "EVS", trace_name: "createVolume", resource_type: "evs", ...changes });

/** Servers as the cloud itself makes each of them. */
const server = (changes: Json = {}): Json =>
  trace({
    service_type: "ECS",
    trace_name: "createSingleServer",
    resource_type: "ecs",
    trace_type: "SystemAction",
    source_ip: "",
    response: JSON.stringify({ entities: { server_id: "s1" }, status: "SUCCESS" }),
    ...changes,
  });

describe("what TMS tags", () => {
  test("lies in the region and the project that the trace names", () => {
    expect(onlyResource(disk())).toMatchObject({
      type: "huawei:evs:volumes",
      account: "d0001",
      region: "cn-north-4",
      project: "p0001",
      id: "id-1",
    });
  });

  test.each([
    ["RDS", "createInstance", "instance", "huawei:rds:instances"],
    ["GaussDB", "createInstance", "instance", "huawei:gaussdb:instance"],
    ["WAF", "createInstance", "instance", "huawei:waf:instance"],
    ["ER", "createInstance", "erInstance", "huawei:er:instances"],
    ["APIG", "CreateInstance", "Instance", "huawei:apig:instance"],
    ["CSS", "createCluster", "cluster", "huawei:css:clusters"],
    ["DWS", "createCluster", "cluster", "huawei:dws:clusters"],
    ["CCE", "createCluster", "集群", "huawei:cce:clusters"],
    ["SFS", "createShare", "sfs", "huawei:sfs:shares"],
    ["SFS", "createShare", "sfs_turbo", "huawei:sfsturbo:shares"],
  ])("is told by service, call and kind: %s %s of %s makes %s", (service_type, trace_name, resource_type, type) => {
    const made = trace({ service_type, trace_name, resource_type });
    expect(onlyResource(made).type).toBe(type);
    const shouted = { service_type: service_type.toUpperCase(), resource_type: resource_type.toUpperCase() };
    expect(onlyResource({ ...made, ...shouted }).type).toBe(type);
    const elsewhere = { ...made, service_type: undefined };
    expect(onlyResource(eventGrid(elsewhere, { source: `HC.${service_type}` })).type).toBe(type);
  });

  test.each([
    ["of another service's", { service_type: "TaurusDB", trace_name: "createInstance", resource_type: "instance" }],
    [
      "of another kind of the same service",
      { service_type: "DMS", trace_name: "createDMSInstanceTaskSuccess", resource_type: "rabbitmq" },
    ],
    [
      "whose name says that it failed",
      { service_type: "DMS", trace_name: "createDMSInstanceTaskFailure", resource_type: "kafka" },
    ],
  ])("is not made by a call %s", (_, changes) => {
    expect(reasonOf(trace(changes))).toMatch(/creates nothing that is tagged here/);
  });

  test("is made where the name says that it succeeded", () => {
    const changes = { service_type: "DMS", trace_name: "createDMSInstanceTaskSuccess", resource_type: "kafka" };
    expect(onlyResource(trace(changes)).type).toBe("huawei:dms:kafkas");
  });

  test("belongs to no region and no project where its service has none", () => {
    const zone = { service_type: "DNS", trace_name: "createPublicZone", resource_type: "publicZone" };
    const { region, project } = onlyResource(trace({ ...zone, region: undefined }));
    expect([region, project]).toEqual(["global", undefined]);
  });
});

describe("ids", () => {
  test.each([
    ["a server", server({ resource_id: "" }), "s1"],
    [
      "a database",
      trace({
        service_type: "RDS",
        trace_name: "createInstance",
        resource_type: "instance",
        resource_id: "",
        response: { instance: { id: "db1" } },
      }),
      "db1",
    ],
    [
      "a key",
      trace({
        service_type: "KMS",
        trace_name: "createKey",
        resource_type: "CMK",
        resource_id: undefined,
        response: { key_info: { key_id: "k1" } },
      }),
      "k1",
    ],
  ])("of %s is in the answer where resource_id is empty", (_, event, id) => {
    expect(onlyResource(event).id).toBe(id);
  });

  test("of a bucket is its name, and its region that of the trace", () => {
    const bucket = trace({
      service_type: "OBS",
      trace_name: "createBucket",
      resource_type: "bucket",
      resource_id: undefined,
      resource_name: "logs",
      trace_type: "Others",
    });
    expect(onlyResource(bucket)).toMatchObject({ type: "huawei:obs:buckets", region: "cn-north-4", id: "logs" });
  });

  test("may be missing where another trace tells of each server, and nowhere else", () => {
    expect(reasonOf(server({ trace_name: "createServer", resource_id: "" }))).toMatch(/createSingleServer tells/);
    expect(() => resourcesOf(disk({ resource_id: "" }))).toThrow(/no huawei:evs:volumes id/);
  });
});

describe("tags of the request", () => {
  const tags = [
    { key: "env", value: "dev" },
    { key: "empty", value: "" },
  ];
  const bandwidth = { service_type: "VPC", trace_name: "createVpc", resource_type: "vpc" };
  test.each<[string, Json]>([
    ["pairs at the top", disk({ request: { tags } })],
    ["pairs of a server", server({ request: { server: { server_tags: tags } } })],
    ["texts of a server", server({ request: { server: { tags: ["env.dev", "empty."] } } })],
    ["a map of a disk", disk({ request: JSON.stringify({ volume: { tags: { env: "dev", empty: "" } } }) })],
    ["texts of a VPC", trace({ ...bandwidth, request: { vpc: { tags: ["env*dev", "empty*"] } } })],
    ["pairs of a VPC", trace({ ...bandwidth, request: { vpc: { tags } } })],
    [
      "pairs of a cluster",
      trace({
        service_type: "CCE",
        trace_name: "createCluster",
        resource_type: "Cluster",
        request: { spec: { clusterTags: tags } },
      }),
    ],
    [
      "pairs of an image",
      trace({
        service_type: "IMS",
        trace_name: "createImage",
        resource_type: "ims",
        request: { image_tags: tags },
      }),
    ],
  ])("may be %s", (_, event) => {
    expect(creationOf(event).requestTags).toEqual(
      new Map([
        ["env", "dev"],
        ["empty", ""],
      ]),
    );
  });

  test("of a VPC keep the dots of their values, and a text without a sign between is no tag", () => {
    const event = trace({ ...bandwidth, request: { vpc: { tags: ["host*a.b", "lonely", "*x", ".y"] } } });
    expect(creationOf(event).requestTags).toEqual(new Map([["host", "a.b"]]));
  });
});

describe("an account that doesn't name the type", () => {
  const namesType = (account: string, type: string) => account !== "d0001" || type === "huawei:evs:volumes";

  test("makes no error of what can't be placed", () => {
    const nowhere = { region: undefined, project_id: "p9" };
    const key = { service_type: "KMS", trace_name: "createKey", resource_type: "cmk", ...nowhere };
    expect(() => resourcesOf(trace(key))).toThrow(/project p9 is not configured/);
    expect(reasonOf(trace(key), { namesType })).toBe("huawei:kms:keys is none of the types of account d0001");
    expect(() => resourcesOf(disk(nowhere), { namesType })).toThrow(/project p9 is not configured/);
    expect(() => resourcesOf(trace({ ...key, domain_id: "d0002" }), { namesType })).toThrow(/not configured/);
  });

  test("has its gateways and users as before", () => {
    const gateway = trace({ service_type: "APIG", trace_name: "CreateInstance", resource_type: "Instance" });
    expect(onlyResource(gateway, { namesType: () => false }).type).toBe("huawei:apig:instance");
  });
});
