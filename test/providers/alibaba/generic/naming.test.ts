import { describe, expect, test } from "vitest";
import { parseAcsArn, writeAcsArn } from "../../../../lib/providers/alibaba/generic/arn.ts";
import { arnOf, nameIn, readArn } from "../../../../lib/providers/alibaba/generic/naming.ts";
import { TAGGABLE_TYPES } from "../../../../lib/providers/alibaba/generic/taggable-types.ts";
import { assert, constantFrom, property, record, string } from "../../../properties.ts";

const account = "1234567890123456";
const instance = { type: "alibaba:ecs:instance", account, region: "cn-hangzhou", id: "i-1" };
const place = { account, region: "cn-hangzhou", regionId: "cn-hangzhou" };

const id = string({ unit: constantFrom(..."aZ9/:-_.*文 "), minLength: 1, maxLength: 12 });
const ref = record({
  type: constantFrom(...TAGGABLE_TYPES),
  account: constantFrom(account),
  region: constantFrom("cn-hangzhou", "us-west-1", "global"),
  id,
});

describe("the ARN of a resource", () => {
  test("is in the Tag service's codes, with the resource's region and account", () => {
    expect(arnOf(instance)).toBe("arn:acs:ecs:cn-hangzhou:1234567890123456:instance/i-1");
  });

  test("leaves the region to the call where the resource has none", () => {
    expect(arnOf({ ...instance, type: "alibaba:cdn:domain", region: "global", id: "example.com" })).toBe(
      "arn:acs:cdn:*:1234567890123456:domain/example.com",
    );
  });

  test("says which resource it is, whatever its id holds", () => {
    assert(
      property(ref, (one) => {
        const { type, region, id: own } = one;
        expect(readArn(arnOf(one))).toEqual({ type, region, id: own });
      }),
    );
  });

  test("is one resource's alone", () => {
    assert(
      property(ref, ref, (one, other) => {
        const isSame = one.type === other.type && one.region === other.region && one.id === other.id;
        expect(arnOf(one) === arnOf(other)).toBe(isSame);
      }),
    );
  });

  test("keeps two resources apart that share an id", () => {
    const logs = { ...instance, id: "logs" };
    expect(arnOf({ ...logs, type: "alibaba:oss:bucket" })).not.toBe(arnOf({ ...logs, type: "alibaba:log:project" }));
  });
});

describe("an ARN", () => {
  test("comes out as it went in, whatever its id holds", () => {
    assert(
      property(id, (own) => {
        const arn = { product: "oss", region: "cn-hangzhou", account, kind: "bucket", id: own };
        expect(parseAcsArn(writeAcsArn(arn))).toEqual(arn);
      }),
    );
  });

  test.each([
    ["acs:ecs:*:*:instance/i-1", "*", "*"],
    ["arn:acs:ecs:::instance/i-1", "*", "*"],
    ["arn:acs:ecs:cn-hangzhou::instance/i-1", "cn-hangzhou", "*"],
  ])("may leave out what the call says: %s", (text, region, owner) => {
    expect(parseAcsArn(text)).toEqual({ product: "ecs", region, account: owner, kind: "instance", id: "i-1" });
  });

  test.each([
    "",
    "i-1",
    "arn:aws:ec2:us-east-1:111122223333:instance/i-1",
    "acs:ram::1234567890123456",
    "arn:acs:ecs:cn-hangzhou:1234567890123456:instance",
    "arn:acs:ecs:cn-hangzhou:1234567890123456:instance/",
  ])("is not %j", (text) => {
    expect(parseAcsArn(text)).toBeUndefined();
  });
});

describe("what an answer calls a resource is known by the name that was asked for", () => {
  test.each([
    "arn:acs:slb:cn-hangzhou:1234567890123456:instance/lb-1",
    "arn:acs:slb:cn-hangzhou:1234567890123456:loadbalancer/lb-1",
    "arn:acs:SLB:cn-hangzhou:1234567890123456:LoadBalancer/lb-1",
    "acs:slb:*:*:instance/lb-1",
    "arn:acs:slb:::instance/lb-1",
  ])("%s", (arn) => {
    expect(nameIn(arn, place)).toBe(arnOf({ ...instance, type: "alibaba:slb:instance", id: "lb-1" }));
  });

  test("and so is one without a region, which the call names by the central one", () => {
    const domain = { type: "alibaba:cdn:domain", account, region: "global", id: "example.com" };
    const central = { account, region: "global", regionId: "cn-hangzhou" };
    expect(nameIn("arn:acs:cdn:cn-hangzhou:1234567890123456:domain/example.com", central)).toBe(arnOf(domain));
    expect(nameIn("arn:acs:cdn::1234567890123456:domain/example.com", central)).toBe(arnOf(domain));
  });

  test.each([
    "arn:acs:ecs:cn-beijing:1234567890123456:instance/i-1",
    "arn:acs:ecs:cn-hangzhou:9999999999999999:instance/i-1",
    "arn:acs:ecs:cn-hangzhou:1234567890123456:disk/i-1",
    "arn:acs:ecs:cn-hangzhou:1234567890123456:instance/I-1",
  ])("but %s is another resource", (arn) => {
    expect(nameIn(arn, place)).not.toBe(arnOf(instance));
  });
});
