import { describe, expect, test } from "vitest";
import { CREATE_EVENTS } from "../../../../lib/events/create-events.ts";
import { CENTRAL_SERVICES } from "../../../../lib/providers/alibaba/generic/contract.ts";
import { TAGGABLE_TYPES } from "../../../../lib/providers/alibaba/generic/taggable-types.ts";
import {
  canonicalType,
  codesOf,
  isOwnName,
  typeOfResourceCenter,
} from "../../../../lib/providers/alibaba/generic/types.ts";
import {
  taggableType,
  TAGGABLE_TYPES as EMULATED,
} from "../../../../local/emulator/alibaba/tag-service/taggable-types.ts";

describe("a type of Alibaba Cloud has one name", () => {
  test.each([
    ["ecs", "instance", "alibaba:ecs:instance"],
    ["ECS", "Instance", "alibaba:ecs:instance"],
    ["slb", "loadbalancer", "alibaba:slb:instance"],
    ["kvstore", "instance", "alibaba:kvstore:instance"],
    ["Redis", "DBInstance", "alibaba:kvstore:instance"],
    ["ecs", "networkinterface", "alibaba:ecs:eni"],
    ["polardbx", "PolarDBXInstance", "alibaba:polardbx:polardbxinstance"],
    ["apigateway", "apigroup", "alibaba:apigateway:apiGroup"],
    ["vpcipam", "ipampool", "alibaba:vpcipam:IPAMPOOL"],
    ["mns", "queue", "alibaba:mns:queue"],
  ])("%s.%s is %s", (product, kind, type) => {
    expect(canonicalType(product, kind)).toBe(type);
  });

  test("which the codes that ARNs are made of lead back to", () => {
    for (const type of TAGGABLE_TYPES) {
      const { product, kind } = codesOf(type);
      expect(canonicalType(product, kind)).toBe(type);
    }
  });

  test("and those codes have the capitals of the Tag service's list", () => {
    expect(codesOf("alibaba:polardbx:polardbxinstance")).toEqual({ product: "polardbx", kind: "PolarDBXInstance" });
    expect(codesOf("alibaba:apigateway:apiGroup")).toEqual({ product: "apigateway", kind: "apigroup" });
  });
});

test.each([
  "alibaba:slb:loadbalancer",
  "alibaba:ecs:Instance",
  "alibaba:apigateway:apigroup",
  "alibaba:ecs",
  "alibaba:ecs:instance:i-1",
])("%s is no name of a type here", (type) => {
  expect(isOwnName(type)).toBe(false);
});

describe("a name of Resource Center", () => {
  test.each([
    ["ACS::EIP::EipAddress", "alibaba:vpc:eip"],
    ["ACS::ACK::Cluster", "alibaba:cs:cluster"],
    ["ACS::VPC::VPC", "alibaba:vpc:vpc"],
    ["ACS::ApiGateway::ApiGroup", "alibaba:apigateway:apiGroup"],
  ])("%s is %s", (name, type) => {
    expect(typeOfResourceCenter(name)).toBe(type);
  });

  test.each(["", "ACS", "ACS::VPC", "ACS::VPC::", "ALIYUN::VPC::VPC", "ACS::VPC::VPC::More"])("is not %j", (name) => {
    expect(typeOfResourceCenter(name)).toBeUndefined();
  });
});

describe("the types that events of Alibaba Cloud tell of", () => {
  const events = CREATE_EVENTS.filter(({ type }) => type.startsWith("alibaba:"));

  test("are called as they are called here", () => {
    expect(events.length).toBeGreaterThan(90);
    for (const { type } of events) expect(isOwnName(type), type).toBe(true);
  });

  test("have no region where the service is deployed centrally, and one elsewhere", () => {
    for (const { type, global = false } of events) {
      expect(global, type).toBe(CENTRAL_SERVICES.has(type.split(":")[1] ?? ""));
    }
  });
});

// Two tables, each written from the documentation: one slip can't pass both.
describe("the types that can be tagged, as far as is known without asking", () => {
  test("are those of the emulator's Tag service, but for what has no code in the list", () => {
    const others = EMULATED.map(({ type }) => type).filter((type) => !TAGGABLE_TYPES.has(type));
    expect(others).toEqual(["alibaba:vpcipam:IPAM", "alibaba:vpcipam:IPAMPOOL", "alibaba:vpcipam:IPAMSCOPE"]);
    const emulated = new Set(EMULATED.map(({ type }) => type));
    expect([...TAGGABLE_TYPES].filter((type) => !emulated.has(type))).toEqual([]);
  });

  test("are spelled by the emulator as their ARNs are here", () => {
    for (const type of TAGGABLE_TYPES) {
      const { product, kind } = codesOf(type);
      expect(taggableType(product, kind)).toEqual({ type, product, kind });
    }
  });
});
