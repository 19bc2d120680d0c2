import * as fc from "../properties.ts";
import { describe, expect, test } from "vitest";
import { parseArn, partitionOfRegion, regionOfArn, typeOfArn } from "../../lib/core/aws-arn.ts";
import { InputError } from "../../lib/core/errors.ts";

describe("parseArn", () => {
  test("keeps colons and slashes in the resource part", () => {
    expect(parseArn("arn:aws:logs:eu-west-1:444455556666:log-group:/aws/lambda/x:*")).toEqual({
      partition: "aws",
      service: "logs",
      region: "eu-west-1",
      account: "444455556666",
      resource: "log-group:/aws/lambda/x:*",
    });
  });

  test.each(["aws-cn", "aws-us-gov", "aws-iso-b"])("reads partition %s", (partition) => {
    expect(parseArn(`arn:${partition}:s3:::b`)?.partition).toBe(partition);
  });

  test.each(["", "arn", "arn:aws:s3", "arn:aws:s3::", "arn:awsome:s3:::b", "arn:aws::::x", "arn:aws:s3:::", "i-1"])(
    "%j is no ARN",
    (text) => {
      expect(parseArn(text)).toBeUndefined();
    },
  );

  test("puts any ARN apart so that its parts join to it again", () => {
    const part = fc.stringMatching(/^[a-z0-9-]{0,8}$/);
    const service = fc.stringMatching(/^[a-z0-9-]{1,8}$/);
    fc.assert(
      fc.property(service, part, part, fc.string({ minLength: 1 }), (service, region, account, resource) => {
        const arn = `arn:aws:${service}:${region}:${account}:${resource}`;
        expect(parseArn(arn)).toEqual({ partition: "aws", service, region, account, resource });
      }),
    );
  });
});

describe("typeOfArn", () => {
  test.each([
    ["arn:aws:ec2:us-east-1:444455556666:instance/i-1", "aws:ec2:instance"],
    ["arn:aws-cn:rds:cn-north-1:444455556666:db:orders", "aws:rds:db"],
    ["arn:aws:lambda:us-east-1:444455556666:function:f", "aws:lambda:function"],
    ["arn:aws:logs:us-east-1:444455556666:log-group:/a/b", "aws:logs:log-group"],
    ["arn:aws:ecs:us-east-1:444455556666:task-definition/web:1", "aws:ecs:task-definition"],
    ["arn:aws:s3:::logs-bucket", "aws:s3:bucket"],
    ["arn:aws:s3:::logs-bucket/key", "aws:s3:object"],
    ["arn:aws:s3:us-east-1:444455556666:accesspoint/p", "aws:s3:accesspoint"],
    ["arn:aws:sns:us-east-1:444455556666:alerts", "aws:sns:topic"],
    ["arn:aws:sns:us-east-1:444455556666:alerts:6b0e71bd", "aws:sns:subscription"],
    ["arn:aws:sns:us-east-1:444455556666:app/GCM/mobile", "aws:sns:app"],
    ["arn:aws:sqs:us-east-1:444455556666:orders.fifo", "aws:sqs:queue"],
    ["arn:aws:codepipeline:us-east-1:444455556666:release", "aws:codepipeline:pipeline"],
    ["arn:aws:codecommit:us-east-1:444455556666:tools", "aws:codecommit:repository"],
    ["arn:aws:apigateway:us-east-1::/restapis/a1", "aws:apigateway:restapis"],
    ["arn:aws:apigateway:us-east-1::/restapis/a1/stages/prod", "aws:apigateway:stages"],
    ["arn:aws:apigateway:us-east-1::/apis", "aws:apigateway:apis"],
    ["arn:aws:wafv2:us-east-1:444455556666:regional/webacl/w/1", "aws:wafv2:webacl"],
    ["arn:aws:wafv2:us-east-1:444455556666:regional/", "aws:wafv2:regional"],
    ["arn:aws:iam::444455556666:user/team/alice", "aws:iam:user"],
    ["arn:aws:new:us-east-1:444455556666:bare", "aws:new:resource"],
  ])("%s is %s", (arn, type) => {
    expect(typeOfArn(arn)).toBe(type);
  });

  test("says what an ARN looks like where it gets none", () => {
    expect(() => typeOfArn("i-1")).toThrow(InputError);
    expect(() => typeOfArn("i-1")).toThrow(/^"i-1" is not an ARN; expected arn:aws:service/);
  });

  test("gives every ARN a type of three parts", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.constantFrom("s3", "sns", "wafv2", "apigateway", "ec2"), (r, s) => {
        expect(typeOfArn(`arn:aws:${s}:::${r}`)).toMatch(/^aws:[a-z0-9]+:[^]+$/);
      }),
    );
  });
});

describe("regionOfArn", () => {
  test.each([
    ["arn:aws:ec2:us-east-2:444455556666:instance/i-1", "us-east-2"],
    ["arn:aws:iam::444455556666:role/r", "global"],
    ["arn:aws:cloudfront::444455556666:distribution/E1", "global"],
    ["arn:aws:route53:::hostedzone/Z1", "global"],
    ["arn:aws:s3:::b", "eu-west-1"],
  ])("%s is in %s, seen from eu-west-1", (arn, region) => {
    expect(regionOfArn(arn, "eu-west-1")).toBe(region);
  });
});

describe("partitionOfRegion", () => {
  test.each([
    ["us-east-1", "aws"],
    ["eu-central-2", "aws"],
    ["mx-central-1", "aws"],
    ["il-central-1", "aws"],
    ["cn-northwest-1", "aws-cn"],
    ["us-gov-east-1", "aws-us-gov"],
    ["eusc-de-east-1", "aws-eusc"],
    ["us-iso-east-1", "aws-iso"],
    ["us-isob-east-1", "aws-iso-b"],
    ["eu-isoe-west-1", "aws-iso-e"],
    ["us-isof-south-1", "aws-iso-f"],
    ["", "aws"],
  ])("%j lies in %s", (region, partition) => {
    expect(partitionOfRegion(region)).toBe(partition);
  });
});
