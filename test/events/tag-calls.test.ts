import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { AWS_TAG_CALLS } from "../../lib/events/aws/tag-call-table.ts";
import { HUAWEI_TAG_CALLS } from "../../lib/events/huawei/tag-calls.ts";
import { TMS_TAG_CALLS } from "../../lib/events/huawei/tms-tag-calls.ts";
import { parseEventValue, type ParsedEvent, type ParseOptions } from "../../lib/events/parse.ts";
import { composeTagsChangedEvent } from "../../local/compose-events/tags-changed.ts";
import {
  ACCOUNT,
  actionTrailEvent,
  cloudTrail,
  eventBridge,
  eventGrid,
  type Json,
} from "../fixtures/events/records.ts";
import { deleteTags, tagChange, untagResources, untagUser } from "../fixtures/events/tag-calls.ts";

const options = { regionOfProject: () => "cn-north-4" };
const read = (event: unknown, more: ParseOptions = {}): ParsedEvent => parseEventValue(event, { ...options, ...more });

/** What an event says, in short: `type id: keys`. */
function said(event: unknown): string[] {
  const parsed = read(event);
  if (parsed.kind !== "tags-changed") return ["reason" in parsed ? parsed.reason : parsed.kind];
  const keys = parsed.change.keys?.join(",") ?? "any";
  return parsed.resources.map(({ type, id }) => `${type} ${id}: ${keys}`);
}

const INSTANCE = `arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/i-0000000000000000a`;

describe("an event of changed tags", () => {
  test("tells of no creation: not when, by whom and with which tags", () => {
    const parsed = read(eventBridge(deleteTags()));
    expect(parsed).toEqual({
      kind: "tags-changed",
      eventName: "DeleteTags",
      change: { eventId: "aaaaaaaa-0000-4000-8000-000000000001", changedAt: "2026-11-22T07:33:46Z", keys: ["env"] },
      resources: [{ type: "aws:ec2:instance", account: ACCOUNT, region: "eu-west-1", id: INSTANCE, tags: undefined }],
    });
  });

  test("of AWS itself tells all tags as they were afterwards", () => {
    expect(read(tagChange())).toMatchObject({
      kind: "tags-changed",
      change: { changedAt: "2026-11-22T07:33:46Z", keys: ["env"], tagsAfter: new Map([["owner", "ada"]]) },
      resources: [{ type: "aws:ec2:instance", id: INSTANCE }],
    });
  });

  test("of AWS itself counts from AWS's own source alone", () => {
    expect(read(tagChange({ source: "somebody.tag" }))).toMatchObject({ kind: "not-a-creation" });
  });

  test("is nobody's to tell of another account's resources", () => {
    expect(() => read(eventBridge(deleteTags(), { account: "999999999999" }))).toThrow(/account 999999999999's/);
    expect(() => read(tagChange({ account: "999999999999" }))).toThrow(/account 999999999999's/);
  });

  test("that failed changed nothing", () => {
    expect(said({ ...deleteTags(), errorCode: "Client.DryRunOperation" })).toEqual([
      "the call failed with Client.DryRunOperation",
    ]);
    expect(said(untagResources({}, { errorCode: "Forbidden" }))).toEqual(["the call failed with Forbidden"]);
    expect(said(untagUser({ code: "403" }))).toEqual(["the call failed with status 403"]);
  });
});

const aws = (service: string, name: string, request: Json, response: Json | null = null) =>
  said(cloudTrail(service, name, request, response));
const QUEUE = `arn:aws:sqs:eu-west-1:${ACCOUNT}:orders`;

describe("a call of AWS", () => {
  test.each([
    ["without keys takes all off", said(deleteTags({ tagSet: {} })), [`aws:ec2:instance ${INSTANCE}: any`]],
    [
      "names what it is about by ids of many kinds",
      said(deleteTags({ resourcesSet: { items: [{ resourceId: "vol-1" }, { resourceId: "what-1" }] } })),
      [`aws:ec2:volume arn:aws:ec2:eu-west-1:${ACCOUNT}:volume/vol-1: env`],
    ],
    [
      "names ARNs, and what it could not do",
      aws(
        "tagging",
        "UntagResources",
        { resourceARNList: [QUEUE, INSTANCE], tagKeys: ["env", "team"] },
        { failedResourcesMap: { [INSTANCE]: { statusCode: 400 } } },
      ),
      [`aws:sqs:queue ${QUEUE}: env,team`],
    ],
    [
      "names a queue by its address",
      aws("sqs", "UntagQueue", { queueUrl: `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/orders`, tagKeys: ["env"] }),
      [`aws:sqs:queue ${QUEUE}: env`],
    ],
    [
      "names a bucket",
      aws("s3", "DeleteBucketTagging", { bucketName: "logs" }),
      ["aws:s3:bucket arn:aws:s3:::logs: any"],
    ],
    [
      "names a secret without its ARN, which nobody can make up",
      aws("secretsmanager", "UntagResource", { secretId: "db", tagKeys: ["env"] }),
      ["the call names no resource whose ARN is known"],
    ],
    [
      "is in no table",
      aws("glue", "UntagResource", { resourceArn: "arn:aws:glue:eu-west-1:111122223333:job/a" }),
      ["glue.amazonaws.com UntagResource creates nothing that is tagged here"],
    ],
  ])("%s", (_, found, wanted) => expect(found).toEqual(wanted));
});

const alibaba = (request: Json, changes: Json = {}) => said(actionTrailEvent(untagResources(request, changes)));

describe("a call of Alibaba Cloud", () => {
  test.each([
    [
      "names ids and keys by number",
      alibaba({ "ResourceId.2": "g2", "TagKey.2": "team" }),
      ["g1: env,team", "g2: env,team"],
    ],
    [
      "names them as lists",
      alibaba({ ResourceId: '["g2"]', TagKey: ["team"], "ResourceId.1": undefined, "TagKey.1": undefined }),
      ["g2: team"],
    ],
    ["takes all off", alibaba({ "TagKey.1": undefined, All: "true" }), ["g1: any"]],
    [
      "sets tags over others",
      alibaba({ "TagKey.1": undefined, "Tag.1.Key": "env", "Tag.1.Value": "x" }, { eventName: "TagResources" }),
      ["g1: env"],
    ],
  ])("%s", (_, found, wanted) => expect(found).toEqual(wanted.map((one) => `alibaba:apigateway:apiGroup ${one}`)));

  test.each([
    ["neither a key nor all", { "TagKey.1": undefined }, "the call names no key, and changed nothing"],
    [
      "a type of another product behind the same source",
      { ResourceType: "VSWITCH" },
      "acs.apigateway UntagResources creates nothing that is tagged here",
    ],
  ])("that names %s changes nothing of ours", (_, request, reason) => {
    expect(alibaba(request)).toEqual([reason]);
  });

  test.each(["acs.vpc", "acs.vpcipam"])("about IPAM comes under %s", (source) => {
    const event = actionTrailEvent(untagResources({ ResourceType: "ipamscope" }, { serviceName: "VpcIpam" }));
    expect(said({ ...event, source })).toEqual(["alibaba:vpcipam:IPAMSCOPE g1: env"]);
  });
});

describe("a call of Alibaba Cloud's Tag service", () => {
  const [instance, disk] = [`arn:acs:ecs:*:*:instance/i-1`, `arn:acs:ecs:cn-hangzhou:${ACCOUNT}:disk/d-1`];
  const untag = (request: Json, changes: Json = {}): Json => {
    const own = { "ResourceARN.1": instance, "ResourceARN.2": disk, "TagKey.1": "env", RegionId: "cn-hangzhou" };
    const record = { requestParameters: { ...own, ...request }, serviceName: "Tag", ...changes };
    return actionTrailEvent(untagResources({}, record), { source: "acs.tag" });
  };

  test("names resources of several types by their ARNs", () => {
    expect(said(untag({}))).toEqual(["alibaba:ecs:instance i-1: env", "alibaba:ecs:disk d-1: env"]);
    const [first] = (read(untag({})) as { resources?: unknown[] }).resources ?? [];
    expect(first).toMatchObject({ account: ACCOUNT, region: "cn-hangzhou" });
  });

  test("sets tags that are one text", () => {
    const request = {
      "ResourceARN.2": undefined,
      "TagKey.1": undefined,
      Tags: JSON.stringify({ env: "x", team: "y" }),
    };
    expect(said(untag(request, { eventName: "TagResources" }))).toEqual(["alibaba:ecs:instance i-1: env,team"]);
  });

  test("is known by its host where no envelope names it", () => {
    const changes = { serviceName: undefined, eventSource: "tag.cn-hangzhou.aliyuncs.com" };
    expect(said(untag({}, changes).data)).toHaveLength(2);
  });

  test("leaves out what the answer says that it couldn't do, and what the account doesn't name", () => {
    const FailedResources = { FailedResource: [{ ResourceARN: instance }] };
    expect(said(untag({}, { responseElements: { FailedResources } }))).toEqual(["alibaba:ecs:disk d-1: env"]);
    const namesType = (_: string, type: string) => type === "alibaba:ecs:instance";
    expect(read(untag({}), { namesType })).toMatchObject({ resources: [{ id: "i-1" }] });
    expect(read(untag({}), { namesType: () => false })).toMatchObject({ kind: "not-a-creation" });
  });

  test("that names no key changes nothing", () => {
    expect(said(untag({ "TagKey.1": undefined }))).toEqual(["the call names no key, and changed nothing"]);
  });
});

describe("a call of Huawei Cloud", () => {
  test("names a list of keys, or the tags", () => {
    const id = String(untagUser()["resource_id"]);
    expect(said(eventGrid(untagUser()))).toEqual([`huawei:iam:user ${id}: env`]);
    const tags = JSON.stringify({ tags: [{ tag_key: "team", tag_value: "x" }] });
    expect(said(untagUser({ trace_name: "TagResourceV5", request: tags }))).toEqual([`huawei:iam:user ${id}: team`]);
    expect(said(untagUser({ request: "cut sho" }))).toEqual([`huawei:iam:user ${id}: any`]);
  });

  test("about a gateway names its project", () => {
    const request = JSON.stringify({ action: "delete", tags: [{ key: "env" }] });
    const trace = untagUser({
      service_type: "APIG",
      resource_type: "Instance",
      trace_name: "batchCreateOrDeleteInstanceTags",
      resource_id: "i1",
      project_id: "p1",
      request,
    });
    expect(read(trace)).toMatchObject({
      kind: "tags-changed",
      change: { keys: ["env"] },
      resources: [{ type: "huawei:apig:instance", region: "cn-north-4", project: "p1", id: "i1" }],
    });
  });

  test("about anything else is none of ours", () => {
    expect(said(untagUser({ resource_type: "group" }))[0]).toContain("creates nothing that is tagged here");
  });
});

describe("a call of TMS", () => {
  const disk = { resource_id: "v1", resource_type: "disk" };
  const server = { resource_id: "s1", resource_type: "ecs" };
  const tags = [{ key: "env" }];
  const tms = (request: Json, changes: Json = {}): Json =>
    untagUser({
      service_type: "TMS",
      trace_name: "batchDeleteResourceTags",
      resource_type: "resourceTag",
      resource_id: "",
      project_id: "",
      request: JSON.stringify({ project_id: "p1", resources: [disk, server], tags, ...request }),
      ...changes,
    });

  test("is about resources of several types in a project", () => {
    expect(read(eventGrid(tms({})))).toMatchObject({
      change: { keys: ["env"] },
      resources: [
        { type: "huawei:evs:volumes", region: "cn-north-4", project: "p1", id: "v1" },
        { type: "huawei:ecs:cloudservers", region: "cn-north-4", project: "p1", id: "s1" },
      ],
    });
  });

  test.each(["createResourceTag", "deleteResourceTag", "batchCreateResourceTags", "BATCHDELETERESOURCETAGS"])(
    "is known as %s",
    (trace_name) => expect(said(tms({ resources: [disk] }, { trace_name }))).toEqual(["huawei:evs:volumes v1: env"]),
  );

  test("that names no project is about what has no region", () => {
    const zone = { resource_id: "z1", resource_type: "DNS_public_zone" };
    expect(read(tms({ project_id: undefined, resources: [zone] }))).toMatchObject({
      resources: [{ type: "huawei:dns:zones", region: "global", id: "z1" }],
    });
  });

  test("lies where its project does, wherever its trace lies", () => {
    const trace = tms({ resources: [disk] }, { region: "cn-east-3", endpoint: "tms.cn-east-3.myhuaweicloud.com" });
    expect(read(trace)).toMatchObject({ resources: [{ region: "cn-north-4" }] });
  });

  test.each([
    ["what TMS says that it couldn't do", {}, { response: JSON.stringify({ failed_resources: [disk, server] }) }],
    ["a type in another case", { resources: [{ ...disk, resource_type: "Disk" }] }, {}],
    ["a request that was cut short", {}, { request: '{"project_id":"p1","resou' }],
  ])("leaves out %s", (_, request, changes) => {
    expect(said(tms(request, changes))).toEqual(["the trace names nothing that is tagged here"]);
  });

  test("leaves out types that the account doesn't name, and asks nobody where they lie", () => {
    const namesType = (_: string, type: string) => type === "huawei:evs:volumes";
    expect(read(tms({}), { namesType })).toMatchObject({ resources: [{ id: "v1" }] });
    const nowhere = { namesType, regionOfProject: () => undefined };
    expect(read(tms({ resources: [server] }), nowhere)).toMatchObject({ kind: "not-a-creation" });
    expect(() => read(tms({}), nowhere)).toThrow("project p1 is not configured");
  });
});

test.each([
  { type: "aws:sqs:queue", account: ACCOUNT, region: "eu-west-1", id: QUEUE },
  { type: "alibaba:vpcipam:IPAM", account: ACCOUNT, region: "cn-hangzhou", id: "ipam-1" },
  { type: "alibaba:ecs:instance", account: ACCOUNT, region: "cn-hangzhou", id: "i-1" },
  { type: "alibaba:cdn:domain", account: ACCOUNT, region: "global", id: "a.example" },
  { type: "huawei:iam:agency", account: "d0001", region: "global", id: "a1" },
  { type: "huawei:apig:instance", account: "d0001", region: "cn-north-4", project: "p1", id: "i1" },
  { type: "huawei:evs:volumes", account: "d0001", region: "cn-north-4", project: "p1", id: "v1" },
  { type: "huawei:dns:zones", account: "d0001", region: "global", id: "z1" },
])("the embedded cloud's events of $type are read as what they are", (ref) => {
  const at = Date.UTC(2026, 10, 22);
  const change = { ref, after: { a: "1" }, eventId: "e1", at };
  for (const [set, unset] of [
    [{ a: "1" }, []],
    [{}, ["a"]],
  ] as const) {
    const parsed = read(JSON.parse(composeTagsChangedEvent({ ...change, set, unset }) ?? ""));
    expect(parsed).toMatchObject({ kind: "tags-changed", change: { eventId: "e1", keys: ["a"] }, resources: [ref] });
  }
});

test("docs/events.md prints the tables as they are", () => {
  const page = readFileSync("docs/events.md", "utf8");
  const rows = [
    ...AWS_TAG_CALLS.map(({ source, eventName, page: url }) => `| \`${source}\` | ${eventName} | [page](${url}) |`),
    ...[...HUAWEI_TAG_CALLS, ...TMS_TAG_CALLS].map(
      ({ source, eventName, page: url }) => `| \`${source}\` | ${eventName} | [page](${url}) |`,
    ),
  ];
  const printed = page.split("\n").filter((line) => /\| \[page\]\([^)]+\) \|$/.test(line));
  expect(printed).toEqual(rows);
});
