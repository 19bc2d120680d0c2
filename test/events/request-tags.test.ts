import { describe, expect, test } from "vitest";
import { requestTags } from "../../lib/events/request-tags.ts";
import { creationOf } from "../fixtures/events/created.ts";
import { cloudTrail, createApiGroup, createUser } from "../fixtures/events/records.ts";

const envProd = new Map([["env", "prod"]]);

describe("AWS requests", () => {
  test.each([
    ["a list of pairs", "secretsmanager", "CreateSecret", { tags: [{ key: "env", value: "prod" }] }],
    ["a list of pairs in capitals", "secretsmanager", "CreateSecret", { Tags: [{ Key: "env", Value: "prod" }] }],
    ["tagKey and tagValue", "secretsmanager", "CreateSecret", { tags: [{ tagKey: "env", tagValue: "prod" }] }],
    ["a map", "secretsmanager", "CreateSecret", { tags: { env: "prod" } }],
    ["tagsList", "secretsmanager", "CreateSecret", { tagsList: [{ key: "env", value: "prod" }] }],
    ["items inside tags", "secretsmanager", "CreateSecret", { tags: { items: [{ key: "env", value: "prod" }] } }],
    ["one item inside tags", "secretsmanager", "CreateSecret", { tags: { item: { key: "env", value: "prod" } } }],
    ["a JSON string", "secretsmanager", "CreateSecret", { tags: '[{"key":"env","value":"prod"}]' }],
  ])("may hold %s", (_, service, eventName, request) => {
    const arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-1";
    expect(creationOf(cloudTrail(service, eventName, request, { arn })).requestTags).toEqual(envProd);
  });

  test("EC2's specification for another kind of resource is left out", () => {
    const items = [
      { resourceType: "volume", tags: [{ key: "env", value: "prod" }] },
      { resourceType: "snapshot", tags: [{ key: "env", value: "other" }] },
    ];
    const event = cloudTrail("ec2", "CreateVolume", { tagSpecificationSet: { items } }, { volumeId: "vol-1" });
    expect(creationOf(event).requestTags).toEqual(envProd);
  });

  test.each([
    ["one tag", { Key: "env", Value: "prod", tag: 1 }, envProd],
    [
      "two",
      [
        { Key: "env", Value: "prod" },
        { Key: "n", Value: 1 },
      ],
      new Map([
        ["env", "prod"],
        ["n", "1"],
      ]),
    ],
  ])("newer EC2 calls wrap the request and hold %s", (_, Tag, tags) => {
    const TagSpecification = { tag: 1, ResourceType: "natgateway", Tag };
    const request = { CreateNatGatewayRequest: { SubnetId: "s", TagSpecification } };
    const response = { CreateNatGatewayResponse: { natGateway: { natGatewayId: "nat-1" } } };
    expect(creationOf(cloudTrail("ec2", "CreateNatGateway", request, response)).requestTags).toEqual(tags);
  });

  test("buckets hold them in their configuration, stages in their input", () => {
    const bucket = { bucketName: "b", CreateBucketConfiguration: { Tags: { Tag: { Key: "env", Value: "prod" } } } };
    const stage = { restApiId: "a", createStageInput: { stageName: "s", tags: { env: "prod" } } };
    expect(creationOf(cloudTrail("s3", "CreateBucket", bucket)).requestTags).toEqual(envProd);
    expect(creationOf(cloudTrail("apigateway", "CreateStage", stage)).requestTags).toEqual(envProd);
  });
});

describe("Alibaba requests", () => {
  test.each([
    ["numbered parameters", { "Tag.1.Key": "env", "Tag.1.Value": "prod" }],
    ["numbered parameters of other names", { "Tags.1.TagKey": "env", "Tags.1.TagValue": "prod" }],
    ["a Tag list", { Tag: [{ Key: "env", Value: "prod" }] }],
    ["a Tags list", { Tags: [{ key: "env", value: "prod" }] }],
    ["a JSON string", { Tag: '[{"Key":"env","Value":"prod"}]' }],
    ["a list in a body", { body: { tags: [{ key: "env", value: "prod" }] } }],
    ["a list in a body that is a JSON string", { Body: '{"name":"n","tags":[{"key":"env","value":"prod"}]}' }],
    ["a map in a body that is a JSON string", { RequestBody: '{"tags":{"env":"prod"}}' }],
  ])("may hold %s", (_, requestParameters) => {
    expect(creationOf(createApiGroup({ requestParameters })).requestTags).toEqual(envProd);
  });

  test("number N belongs to number N, and a key may be empty or without a value", () => {
    const requestParameters = {
      "Tag.2.Key": "",
      "Tag.1.Key": "env",
      "Tag.2.Value": "two",
      "Tag.10.Key": "ten",
      "Tag.3.Value": "lost",
      "Tag.4.Key.More": "longer",
      "Total.5.Key": "no tag",
    };
    expect(creationOf(createApiGroup({ requestParameters })).requestTags).toEqual(
      new Map([
        ["", "two"],
        ["env", ""],
        ["ten", ""],
      ]),
    );
  });

  test("are read from requestParameterJson where requestParameters is missing", () => {
    const changes = { requestParameters: undefined, requestParameterJson: '{"Tag.1.Key":"env","Tag.1.Value":"prod"}' };
    expect(creationOf(createApiGroup(changes)).requestTags).toEqual(envProd);
  });

  test("are read from requestParameterJson where requestParameters lost them, as a console's list does", () => {
    const requestParameterJson = '{"RegionId":"cn-hangzhou","Tag":[{"Key":"env","Value":"prod"}]}';
    const changes = { requestParameters: { GroupName: "weather", Tags: [] }, requestParameterJson };
    expect(creationOf(createApiGroup(changes)).requestTags).toEqual(envProd);
  });
});

describe("Huawei requests", () => {
  test.each([
    ["key and value", { tags: [{ key: "env", value: "prod" }] }],
    ["tag_key and tag_value", { tags: [{ tag_key: "env", tag_value: "prod" }] }],
    ["tags inside the user", { user: { tags: [{ key: "env", value: "prod" }] } }],
  ])("may hold %s", (_, request) => {
    expect(creationOf(createUser({ request: JSON.stringify(request) })).requestTags).toEqual(envProd);
  });
});

describe("keys and values", () => {
  test.each(["__proto__", "constructor", "key", "value", "items", "Tag", "resourceType", ""])(
    "a map may have a tag called %j",
    (key) => {
      expect(requestTags([{ tags: Object.fromEntries([[key, "x"]]) }], "")).toEqual(new Map([[key, "x"]]));
    },
  );

  test("numbers and booleans without quotes are text, a missing value is the empty text", () => {
    const tags = [{ key: 1, value: true }, { key: "blank" }, { value: "no key" }, null, "text", { key: {} }];
    expect(requestTags([{ tags }], "")).toEqual(
      new Map([
        ["1", "true"],
        ["blank", ""],
      ]),
    );
  });

  test.each(["HIDDEN_DUE_TO_SECURITY_REASONS", 1, null, [], {}, [[{ key: "a", value: "b" }]]])(
    "there are none in %j",
    (tags) => {
      expect(requestTags([{ tags }, undefined], "").size).toBe(0);
    },
  );

  test("fields that only start like tags are none", () => {
    expect(requestTags([{ tagStatus: [{ key: "a", value: "b" }], target: { env: "prod" } }], "").size).toBe(0);
  });
});
