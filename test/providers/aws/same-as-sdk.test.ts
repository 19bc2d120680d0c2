import {
  GetResourcesCommand,
  ResourceGroupsTaggingAPIClient,
  TagResourcesCommand,
  UntagResourcesCommand,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { expect, test } from "vitest";
import { awsProvider } from "../../../lib/providers/aws/provider.ts";
import { authorization } from "../../../lib/providers/aws/sign.ts";
import { awsAccount, deps } from "../accounts.ts";
import { recordingServer, type RecordedRequest } from "../recording-server.ts";

const key = { accessKeyId: "key-of-aws", secretAccessKey: "secret-of-aws" };
const region = "us-east-1";
const where = { type: "aws:*:*", account: awsAccount.account, region };
const arns = ["arn:aws:ec2:us-east-1:444455556666:instance/i-1", "arn:aws:s3:::bucket-1"];
const tags = new Map([
  ["owner", "team a"],
  ["部门", "R&D/π=+"],
]);

/** What the call is: the SDK adds headers about itself and its retries. */
function comparable({ method, path, query, headers, body }: RecordedRequest) {
  const { "content-type": contentType, "x-amz-target": target, host } = headers;
  const parsed: unknown = JSON.parse(body);
  return { method, path, query: Object.fromEntries(query), contentType, target, host, body: parsed };
}

/** The signature that our signer gives to what arrived, over the headers that it says it signed. */
function resigned({ path, headers, body }: RecordedRequest, service = "tagging"): string {
  const signed = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? "")?.[1]?.split(";") ?? [];
  const signedHeaders = Object.fromEntries(signed.map((name) => [name, String(headers[name])]));
  return authorization({ path, headers: signedHeaders, body }, { region, service }, key);
}

async function expectSameRequest(
  body: string,
  bySdk: (client: ResourceGroupsTaggingAPIClient) => Promise<unknown>,
  byUs: (provider: ReturnType<typeof awsProvider>) => Promise<unknown>,
) {
  await using server = await recordingServer({ body });
  const client = new ResourceGroupsTaggingAPIClient({ region, endpoint: server.origin, credentials: key });
  await bySdk(client);
  await byUs(awsProvider({ ...awsAccount, endpoints: { "*": server.origin } }, deps));
  client.destroy();
  const [theirs, ours] = server.requests;
  if (theirs === undefined || ours === undefined) throw new Error("both clients must have called");
  expect(comparable(ours)).toEqual(comparable(theirs));
  expect(theirs.headers.authorization).toBe(resigned(theirs));
  expect(ours.headers.authorization).toBe(resigned(ours));
}

test("TagResources is the SDK's request, signed as it signs", async () => {
  await expectSameRequest(
    '{"FailedResourcesMap":{}}',
    (client) => client.send(new TagResourcesCommand({ ResourceARNList: arns, Tags: Object.fromEntries(tags) })),
    (provider) => provider.tagResources({ ...where, resourceIds: arns, tags }),
  );
});

test("UntagResources is the SDK's request, signed as it signs", async () => {
  await expectSameRequest(
    '{"FailedResourcesMap":{}}',
    (client) => client.send(new UntagResourcesCommand({ ResourceARNList: arns, TagKeys: ["a", "b"] })),
    (provider) => provider.untagResources({ ...where, resourceIds: arns, keys: ["a", "b"] }),
  );
});

test("GetResources by tag and type is the SDK's request, signed as it signs", async () => {
  await expectSameRequest(
    '{"PaginationToken":"","ResourceTagMappingList":[]}',
    (client) =>
      client.send(
        new GetResourcesCommand({
          ResourcesPerPage: 100,
          TagFilters: [{ Key: "owner", Values: ["a"] }, { Key: "env" }],
          ResourceTypeFilters: ["ec2"],
          PaginationToken: "t1",
        }),
      ),
    (provider) =>
      provider.listTagResources(
        { type: "aws:ec2:instance", region, tags: [{ key: "owner", value: "a" }, { key: "env" }] },
        "t1",
      ),
  );
});

test("GetResources by ARN is the SDK's request, signed as it signs", async () => {
  await expectSameRequest(
    '{"ResourceTagMappingList":[]}',
    (client) => client.send(new GetResourcesCommand({ ResourceARNList: arns })),
    (provider) => provider.listTagResources({ type: "aws:*:*", region, ids: arns }, undefined),
  );
});
