import { describe, expect, test } from "vitest";
import { parseEventValue } from "../../../lib/events/parse.ts";
import { creationOf, onlyResource } from "../../fixtures/events/created.ts";
import { ACCOUNT, ownEvent } from "../../fixtures/events/records.ts";

describe("our own CloudEvent", () => {
  test("says everything itself", () => {
    const data = ownEvent().data;
    expect(parseEventValue(ownEvent())).toEqual({
      kind: "created",
      eventId: "own-1",
      eventName: "com.tagwarden.resource.created.v1",
      resources: [
        {
          type: "alibaba:apigateway:app",
          account: ACCOUNT,
          region: "cn-hangzhou",
          id: "4711",
          tags: undefined,
          event: {
            eventId: "own-1",
            eventName: "com.tagwarden.resource.created.v1",
            createdBy: "deploy-bot",
            createdByBasis: "given",
            createdAt: "2026-11-22T07:33:45Z",
            requestTags: new Map([["env", "prod"]]),
            record: data,
          },
        },
      ],
    });
  });

  test("needs no more than type, account, region and id", () => {
    const event = ownEvent({ createdBy: undefined, createdAt: undefined, requestTags: undefined });
    expect(creationOf(event)).toMatchObject({ createdAt: "2026-11-22T07:33:46Z", requestTags: new Map() });
  });

  test("`tags` mean the same as `requestTags`, which win", () => {
    const event = ownEvent({ tags: { env: "dev", team: "a" }, requestTags: { env: "prod" } });
    expect(creationOf(event).requestTags).toEqual(
      new Map([
        ["env", "prod"],
        ["team", "a"],
      ]),
    );
  });

  test("a Huawei resource may name its project", () => {
    const place = { type: "huawei:apig:instance", account: "d0001", region: "cn-north-4", id: "gw1" };
    expect(onlyResource(ownEvent({ ...place, project: "p2" }))).toMatchObject({ ...place, project: "p2" });
    expect(() => onlyResource(ownEvent({ ...place, project: 2 }))).toThrow(/data\.project of the .* must be a text/);
  });

  test("an AWS resource is named by its ARN", () => {
    const arn = `arn:aws:sqs:eu-west-1:${ACCOUNT}:q`;
    expect(onlyResource(ownEvent({ type: "aws:sqs:queue", region: "eu-west-1", id: arn })).id).toBe(arn);
  });

  test.each([
    ["type", { type: undefined }],
    ["type", { type: "azure:vm:machine" }],
    ["type", { type: "alibaba:apigateway" }],
    ["type", { type: "aws:*:*" }],
    ["account", { account: 111122223333 }],
    ["region", { region: "" }],
    ["id", { id: null }],
    ["id", { type: "aws:ec2:instance", id: "i-1" }],
    ["type", { type: "aws:ec2:volume", id: `arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/i-1`, region: "eu-west-1" }],
    ["region", { type: "aws:ec2:instance", id: `arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/i-1` }],
    ["region", { type: "aws:iam:role", id: `arn:aws:iam::${ACCOUNT}:role/r`, region: "us-east-1" }],
    ["createdAt", { createdAt: "yesterday" }],
    ["tags", { tags: ["env"] }],
    ["requestTags", { requestTags: { env: 1 } }],
  ])("names data.%s where it is wrong: %j", (field, changes) => {
    expect(() => parseEventValue(ownEvent(changes))).toThrow(new RegExp(`^data\\.${field} of the com\\.tagwarden`));
  });

  test("without data is an error", () => {
    expect(() => parseEventValue(ownEvent({}, { data: undefined }))).toThrow("`data` of the event is missing");
  });
});
