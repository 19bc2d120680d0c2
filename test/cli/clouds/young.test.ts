import { describe, expect, test } from "vitest";
import { ndjson, temporaryFile } from "../run-main.ts";
import { useClouds } from "./clouds.ts";

const clouds = useClouds();

const ALIBABA = { account: "111122223333", region: "cn-hangzhou" };
const SCOPE = { type: "alibaba:vpcipam:IPAMSCOPE", ...ALIBABA };
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

describe("what was created a moment ago", () => {
  test("and is still being made by AWS comes back, and ends tagged", async () => {
    const id = "arn:aws:dynamodb:us-east-1:444455556666:table/invoices";
    clouds.emulator.world.create({
      type: "aws:dynamodb:table",
      account: "444455556666",
      region: "us-east-1",
      id,
      tags: {},
    });
    const record = {
      eventVersion: "1.10",
      userIdentity: { type: "IAMUser", arn: "arn:aws:iam::444455556666:user/noor", userName: "noor" },
      eventTime: minutesAgo(1),
      eventSource: "dynamodb.amazonaws.com",
      eventName: "CreateTable",
      awsRegion: "us-east-1",
      requestParameters: { tableName: "invoices" },
      responseElements: { tableDescription: { tableArn: id, tableStatus: "CREATING" } },
      eventID: "e-1",
      recipientAccountId: "444455556666",
    };
    const event = { "detail-type": "AWS API Call via CloudTrail", source: "aws.dynamodb", detail: record };
    const events = await temporaryFile("events.json", JSON.stringify(event));
    clouds.emulator.setFaults([
      {
        match: { action: "aws:tagging:TagResources", resourceId: id },
        effect: "error",
        code: "ResourceInUseException",
        httpStatus: 400,
        times: 1,
      },
    ]);
    const { code, json } = await clouds.enforce("--events", events, "--apply");
    expect(json.outcomes).toEqual({ tagged: 1 });
    expect(code).toBe(0);
    expect(json.calls["aws:tagging:TagResources"]).toBe(2);
  });

  test.each([
    ["ResourceNotFound.IpamScope", 400],
    ["IncorrectStatus.IpamScope", 400],
    ["TaskConflict", 400],
    ["SystemBusy", 400],
    ["OperationFailed.LastTokenProcessing", 403],
  ])("and refused by Alibaba Cloud with %s comes back: twenty scopes end tagged", async (code, httpStatus) => {
    const scopes = Array.from({ length: 20 }, (_, n) => ({
      ...SCOPE,
      id: `young-${n}`,
      event: { createdBy: "noor", createdAt: minutesAgo(1) },
    }));
    for (const { event: _, ...one } of scopes) clouds.emulator.world.create({ ...one, tags: {} });
    const resources = await temporaryFile("scopes.ndjson", ndjson(scopes));
    // One of them is young for a while: what it is in is refused whole.
    clouds.emulator.setFaults([
      {
        match: { action: "alibaba:vpcipam:TagResources", resourceId: "young-11" },
        effect: "error",
        code,
        httpStatus,
        times: 6,
      },
    ]);
    const ran = await clouds.enforce("--resources", resources, "--apply");
    expect(ran.json.outcomes).toEqual({ tagged: 20 });
    expect(ran.code).toBe(0);
  });
});
