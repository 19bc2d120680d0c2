import { ConfigServiceClient, SelectResourceConfigCommand } from "@aws-sdk/client-config-service";
import { ListResourcesCommand, ResourceExplorer2Client } from "@aws-sdk/client-resource-explorer-2";
import { describe, expect, it, test } from "vitest";
import type { AwsAccountConfig } from "../../../lib/core/config/config.ts";
import { awsProvider } from "../../../lib/providers/aws/provider.ts";
import { authorization } from "../../../lib/providers/aws/sign.ts";
import { awsAccount, deps } from "../accounts.ts";
import { recordingServer, type RecordedRequest } from "../recording-server.ts";

const ALL = "aws:*:*";
const region = "us-east-1";
const key = { accessKeyId: "key-of-aws", secretAccessKey: "secret-of-aws" };
const ARN = "arn:aws:ec2:us-east-1:444455556666:instance/i-1";

type Inventory = AwsAccountConfig["inventory"];

/** Asks for one page of a server that always gives this answer. */
async function listed(
  inventory: Inventory,
  answer: object,
  { token, at = region }: { token?: string; at?: string } = {},
) {
  await using server = await recordingServer({ body: JSON.stringify(answer) });
  const provider = awsProvider({ ...awsAccount, inventory, endpoints: { "*": server.origin } }, deps);
  return { page: await provider.listInventory(at, ALL, token), requests: server.requests, provider };
}

const bodyOf = ([request]: readonly RecordedRequest[]): unknown => JSON.parse(request?.body ?? "{}");
const row = (item: object): string => JSON.stringify(item);

describe("AWS Config as inventory", () => {
  it("takes its ARNs and the token, and leaves out what has no ARN and what Config thinks of others", async () => {
    const { page } = await listed("config", {
      Results: [
        row({ arn: ARN, resourceType: "AWS::EC2::Instance" }),
        row({ resourceType: "AWS::EC2::Instance" }),
        row({ arn: "arn:aws:config:us-east-1:1:compliance/x", resourceType: "AWS::Config::ResourceCompliance" }),
      ],
      NextToken: "t2",
    });
    expect(page).toEqual({ resources: [{ id: ARN, type: "aws:ec2:instance" }], rowCount: 3, nextToken: "t2" });
  });

  it("asks for what has no region under the region global, at home", async () => {
    const { requests } = await listed("config", { Results: [] }, { at: "global" });
    expect(bodyOf(requests)).toMatchObject({ Expression: "SELECT arn, resourceType WHERE awsRegion = 'global'" });
    expect(requests[0]?.headers.authorization).toContain("/us-east-1/config/aws4_request");
  });

  it.each([
    ["no rows", {}],
    ["a row that is no JSON", { Results: ["{"] }],
    ["a row that is no text", { Results: [1] }],
  ])("is refused where it answers with %s", async (_, answer) => {
    await expect(listed("config", answer)).rejects.toMatchObject({ code: "UnexpectedResponse" });
  });
});

describe("Resource Explorer as inventory", () => {
  it("takes the ARNs of this account, whomever its view spans", async () => {
    const other = { Arn: "arn:aws:sqs:us-east-1:999900001111:q", OwningAccountId: "999900001111" };
    const own = { Arn: ARN, OwningAccountId: awsAccount.account };
    const { page } = await listed("resource-explorer", { Resources: [own, other] });
    expect(page).toEqual({ resources: [{ id: ARN, type: "aws:ec2:instance" }], rowCount: 2 });
  });

  it.each([
    ["no rows", {}],
    ["a row without an ARN", { Resources: [{}] }],
  ])("is refused where it answers with %s", async (_, answer) => {
    await expect(listed("resource-explorer", answer)).rejects.toMatchObject({ code: "UnexpectedResponse" });
  });
});

it("has an inventory in its contract only where the account configures one", () => {
  const inventories = (["none", "config", "resource-explorer"] as const).map((inventory) => {
    const [contract] = awsProvider({ ...awsAccount, inventory }, deps).contracts;
    return contract?.inventory[ALL]?.action;
  });
  expect(inventories).toEqual([undefined, "aws:config:SelectResourceConfig", "aws:resource-explorer-2:ListResources"]);
});

/** What a request is, and whether our signer gives it the signature that it has. */
function seen(request: RecordedRequest | undefined, service: string) {
  if (request === undefined) throw new Error("nobody called");
  const { method, path, headers, body } = request;
  const names = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? "")?.[1]?.split(";") ?? [];
  const signed = Object.fromEntries(names.map((name) => [name, String(headers[name])]));
  const { "content-type": contentType, "x-amz-target": target } = headers;
  const parsed: unknown = JSON.parse(body);
  const signature = authorization({ path, headers: signed, body }, { region, service }, key);
  return { method, path, contentType, target, body: parsed, isSigned: signature === headers.authorization };
}

test.each([
  [
    "config",
    "config",
    { Results: [] },
    (endpoint: string) =>
      new ConfigServiceClient({ region, endpoint, credentials: key }).send(
        new SelectResourceConfigCommand({
          Expression: "SELECT arn, resourceType WHERE awsRegion = 'us-east-1'",
          Limit: 100,
          NextToken: "t1",
        }),
      ),
  ],
  [
    "resource-explorer",
    "resource-explorer-2",
    { Resources: [] },
    (endpoint: string) =>
      new ResourceExplorer2Client({ region, endpoint, credentials: key }).send(
        new ListResourcesCommand({ Filters: { FilterString: "region:us-east-1" }, MaxResults: 1000, NextToken: "t1" }),
      ),
  ],
] as const)("a page of %s is the SDK's request, signed as it signs", async (inventory, service, answer, bySdk) => {
  await using server = await recordingServer({ body: JSON.stringify(answer) });
  await bySdk(server.origin);
  const [theirs] = server.requests;
  const { requests } = await listed(inventory, answer, { token: "t1" });
  expect(seen(requests[0], service)).toEqual(seen(theirs, service));
  expect(seen(theirs, service).isSigned).toBe(true);
});
