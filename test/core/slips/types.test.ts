import { describe, expect, test } from "vitest";
import { knownTypes } from "../../../cli/input/known-types.ts";
import { onlyProviderOf, typeSlip } from "../../../lib/core/slips/types.ts";

const known = await knownTypes();

describe("a type", () => {
  test.each([
    "aws:ec2:instance",
    "aws:ec2:*",
    "aws:rds:es",
    "aws:sagemaker:pipeline",
    "aws:ec2:capacity-reservation",
    "*:*:instance",
    "alibaba:*",
    "alibaba:ecs:*",
    "alibaba:ecs:eni",
    "huawei:iam:user",
    "huawei:ecs:*",
    "huawei:ecs:cloudservers",
  ])("%s may be", (type) => expect(typeSlip(type, known)).toBeUndefined());

  test("that events tell of is one, each of them", () => {
    expect(known.created?.length).toBeGreaterThan(100);
    for (const type of known.created ?? []) expect(typeSlip(type, known), type).toBeUndefined();
  });

  test.each([
    ["aws:ec2:instances", 'no known type is called aws:ec2:instances (did you mean "aws:ec2:instance"?)'],
    ["aws:lamdba:function", 'no known type is called aws:lamdba:function (did you mean "aws:lambda:function"?)'],
    ["gcp:compute:*", "no provider has resources of type gcp:compute:*"],
    ["alibaba:ecs:instanse", 'no known type is called alibaba:ecs:instanse (did you mean "alibaba:ecs:instance"?)'],
    ["alibaba:ECS:*", /^no known type is called alibaba:ECS:\*: capitals count, as in alibaba:ecs:/],
    ["alibaba:apiGateway:*", /: capitals count, as in alibaba:apigateway:/],
    [
      "alibaba:eip:*",
      "no known type is called alibaba:eip:*: what the cloud calls alibaba:eip:eipaddress is alibaba:vpc:eip here",
    ],
    [
      "alibaba:RDS:DBInstance",
      "no known type is called alibaba:RDS:DBInstance: what the cloud calls alibaba:rds:dbinstance is alibaba:rds:instance here",
    ],
    [
      "huawei:iam:users",
      "no known type is called huawei:iam:users: what the cloud calls huawei:iam:users is huawei:iam:user here",
    ],
    [
      "huawei:ecs:cloudserver",
      'no known type is called huawei:ecs:cloudserver (did you mean "huawei:ecs:cloudservers"?)',
    ],
    ["huawei:ecs:cloudServers", /^no known type is called huawei:ecs:cloudServers \(did you mean/],
  ])("%s can't", (type, says) =>
    typeof says === "string" ? expect(typeSlip(type, known)).toBe(says) : expect(typeSlip(type, known)).toMatch(says),
  );

  test("by another name of the cloud is told with its name here, each of them", () => {
    expect(known.otherNames?.size).toBeGreaterThan(30);
    for (const [other, ours] of known.otherNames ?? []) expect(typeSlip(other, known)).toContain(`${ours} here`);
  });

  test("is anybody's guess where no provider is known", () => {
    expect(typeSlip("nobody:knows:it", { served: [] })).toBeUndefined();
  });
});

test.each([
  [["aws:*"], "aws"],
  [["aws:ec2:*", "aws:s3:bucket"], "aws"],
  [["aws:*", "huawei:*"], undefined],
  [["a*"], undefined],
  [["aws:*", "*"], undefined],
  [undefined, undefined],
])("the one provider of %j is %s", (globs, provider) => expect(onlyProviderOf(globs)).toBe(provider));
