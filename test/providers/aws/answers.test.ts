import { describe, expect, test } from "vitest";
import { pages } from "../../../lib/app/cloud/pages.ts";
import type { AwsAccountConfig } from "../../../lib/core/config/config.ts";
import { ProviderError } from "../../../lib/core/errors.ts";
import { awsProvider } from "../../../lib/providers/aws/provider.ts";
import { awsAccount, deps } from "../accounts.ts";
import { recordingServer, type Answer, type RecordedRequest } from "../recording-server.ts";

const region = "us-east-1";
const arn = (n: number) => `arn:aws:ec2:us-east-1:444455556666:instance/i-${n}`;
const batch = {
  type: "aws:*:*",
  account: awsAccount.account,
  region,
  resourceIds: [arn(1), arn(2), arn(3)],
  tags: new Map([["owner", "a"]]),
};

const providerAt = (origin: string, changes: Partial<AwsAccountConfig> = {}) =>
  awsProvider({ ...awsAccount, endpoints: { "*": origin }, ...changes }, deps);

async function errorFor(answer: Answer): Promise<ProviderError> {
  await using server = await recordingServer(answer);
  const result: unknown = await providerAt(server.origin)
    .tagResources(batch)
    .catch((error: unknown) => error);
  if (result instanceof ProviderError) return result;
  throw new Error("the call should have failed");
}

describe("refusals of AWS", () => {
  test.each(["ResourceNotFound", "InvalidParameterException"])(
    "%s of whoever has no request id, a proxy for one, is final about nothing",
    async (code) => {
      const error = await errorFor({ status: 404, body: JSON.stringify({ code, message: "/ does not exist" }) });
      expect(error).toMatchObject({ code: "UnexpectedResponse", kind: "transient", isFinal: false });
    },
  );

  test("a listing that is refused is final about a resource that it names, and about no other", async () => {
    const refused = async (Message: string): Promise<unknown> => {
      const body = JSON.stringify({ __type: "InvalidParameterException", Message });
      const answer = { status: 400, headers: { "x-amzn-requestid": "R1" }, body };
      await using server = await recordingServer(answer);
      const query = { type: "aws:*:*", region: "us-east-1", ids: [arn(1), arn(2)] };
      return await providerAt(server.origin)
        .listTagResources(query, undefined)
        .catch((error: unknown) => error);
    };
    expect(await refused(`${arn(2)} is not a valid ARN`)).toMatchObject({
      kind: "resource-permanent",
      resourceId: arn(2),
    });
    expect(await refused("The length of ResourceARNList is out of range")).toMatchObject({
      kind: "unknown",
      isFinal: false,
      resourceId: undefined,
    });
  });

  test("a write is not done where something answers that is not AWS, though it says 200", async () => {
    const error = await errorFor({ body: JSON.stringify({ status: "please log in" }) });
    expect(error).toMatchObject({ code: "UnexpectedResponse", kind: "transient", ambiguous: true });
  });

  test("HTML instead of JSON is UnexpectedResponse", async () => {
    const error = await errorFor({ body: "<html>" });
    expect(error).toMatchObject({ code: "UnexpectedResponse", kind: "transient", ambiguous: true });
  });
});

describe("results of AWS", () => {
  test("each ARN is in exactly one of succeeded and failed, whatever the map says", async () => {
    const FailedResourcesMap = {
      [arn(2)]: { StatusCode: 404, ErrorCode: "ResourceNotFoundException", ErrorMessage: "no" },
      [arn(9)]: { StatusCode: 400, ErrorCode: "InvalidParameterException", ErrorMessage: "never asked" },
    };
    await using server = await recordingServer({ body: JSON.stringify({ FailedResourcesMap }) });
    const { succeeded, failed } = await providerAt(server.origin).tagResources(batch);
    expect(succeeded).toEqual([arn(1), arn(3)]);
    expect([...failed.keys()]).toEqual([arn(2)]);
    expect(failed.get(arn(2))).toMatchObject({ kind: "not-found", resourceId: arn(2), httpStatus: 404 });
  });

  test("a failure without a code is one nevertheless", async () => {
    await using server = await recordingServer({ body: JSON.stringify({ FailedResourcesMap: { [arn(1)]: null } }) });
    const { succeeded, failed } = await providerAt(server.origin).tagResources(batch);
    expect(succeeded).toEqual([arn(2), arn(3)]);
    expect(failed.get(arn(1))).toMatchObject({ code: "UnexpectedResponse", kind: "unknown" });
  });
});

describe("listings of AWS", () => {
  const row = (ResourceARN: string, Tags: readonly object[] = []) => ({ ResourceARN, Tags });
  async function listed(type: string, answers: readonly object[]) {
    await using server = await recordingServer(() => ({
      body: JSON.stringify(answers[Math.min(server.requests.length, answers.length) - 1]),
    }));
    const provider = providerAt(server.origin);
    const ids: string[] = [];
    for await (const { rows } of pages((token) => provider.listTagResources({ type, region }, token))) {
      ids.push(...rows.map(({ id }) => id));
    }
    return ids;
  }

  test("a scan ends at the empty token, past a short and an empty page", async () => {
    const ids = await listed("aws:*:*", [
      { PaginationToken: "t1", ResourceTagMappingList: [row(arn(1))] },
      { PaginationToken: "t2", ResourceTagMappingList: [] },
      { PaginationToken: "", ResourceTagMappingList: [row(arn(2))] },
    ]);
    expect(ids).toEqual([arn(1), arn(2)]);
  });

  test("a token that repeats is an error", async () => {
    const again = { PaginationToken: "t1", ResourceTagMappingList: [] };
    await expect(listed("aws:*:*", [again])).rejects.toMatchObject({ code: "RepeatedToken" });
  });

  test("a listing of one type leaves the service's other types out", async () => {
    const volume = "arn:aws:ec2:us-east-1:444455556666:volume/vol-1";
    const page = { PaginationToken: "", ResourceTagMappingList: [row(arn(1)), row(volume)] };
    expect(await listed("aws:ec2:instance", [page])).toEqual([arn(1)]);
    expect(await listed("aws:ec2:*", [page])).toEqual([arn(1), volume]);
  });

  test("a row that is no ARN is an error and not passed over", async () => {
    await expect(listed("aws:*:*", [{ ResourceTagMappingList: [row("nonsense")] }])).rejects.toMatchObject({
      code: "UnexpectedResponse",
    });
  });
});

describe("rows of AWS", () => {
  test.each([
    ["a value that is no text", { ResourceARN: arn(1), Tags: [{ Key: "k", Value: 5 }] }],
    ["tags that are no list", { ResourceARN: arn(1), Tags: { k: "v" } }],
  ])("with %s are an error, for what is blank or missing could be written", async (_, row) => {
    await using server = await recordingServer({ body: JSON.stringify({ ResourceTagMappingList: [row] }) });
    const listing = providerAt(server.origin).listTagResources({ type: "aws:*:*", region, ids: [arn(1)] }, undefined);
    await expect(listing).rejects.toMatchObject({ code: "UnexpectedResponse" });
  });
});

describe("requests to AWS", () => {
  const role = (partition: string) => `arn:${partition}:iam::444455556666:role/r`;
  const distribution = (partition: string) => `arn:${partition}:cloudfront::444455556666:distribution/D`;

  test.each([
    ["aws", role("aws"), "us-east-1"],
    ["aws", distribution("aws"), "us-east-1"],
    ["aws-cn", role("aws-cn"), "cn-north-1"],
    ["aws-cn", distribution("aws-cn"), "cn-northwest-1"],
    ["aws-us-gov", role("aws-us-gov"), "us-gov-west-1"],
  ] as const)("in %s, %s is written in %s", async (partition, id, home) => {
    await using server = await recordingServer({ body: '{"FailedResourcesMap":{}}' });
    const global = { ...batch, region: "global", resourceIds: [id] };
    await providerAt(server.origin, { partition, regions: ["eu-west-1"] }).tagResources(global);
    expect(server.requests[0]?.headers.authorization).toContain(`/${home}/tagging/aws4_request`);
  });

  /** The regions that the requests were signed for. */
  const homesOf = (requests: readonly RecordedRequest[]) =>
    requests.map(({ headers }) => headers.authorization?.split("/")[2]);
  const CHINA = { partition: "aws-cn", regions: ["cn-north-1"] } as const;

  test("a listing of what has no region goes through both homes of China, each to its end", async () => {
    const answers = [
      { PaginationToken: "t 1", ResourceTagMappingList: [{ ResourceARN: role("aws-cn"), Tags: [] }] },
      { PaginationToken: "", ResourceTagMappingList: [] },
      { PaginationToken: "", ResourceTagMappingList: [{ ResourceARN: distribution("aws-cn"), Tags: [] }] },
    ];
    await using server = await recordingServer(() => ({ body: JSON.stringify(answers[server.requests.length - 1]) }));
    const provider = providerAt(server.origin, CHINA);
    const ids: string[] = [];
    const query = { type: "aws:*:*", region: "global" };
    for await (const { rows } of pages((token) => provider.listTagResources(query, token))) {
      ids.push(...rows.map(({ id }) => id));
    }
    expect(ids).toEqual([role("aws-cn"), distribution("aws-cn")]);
    expect(homesOf(server.requests)).toEqual(["cn-north-1", "cn-north-1", "cn-northwest-1"]);
    expect(JSON.parse(server.requests[1]?.body ?? "")).toMatchObject({ PaginationToken: "t 1" });
    expect(server.requests[2]?.body).not.toContain("PaginationToken");
  });

  test("of a write to both homes of China, the other one's resources come back to be retried", async () => {
    await using server = await recordingServer({ body: '{"FailedResourcesMap":{}}' });
    const resourceIds = [distribution("aws-cn"), role("aws-cn")];
    const result = await providerAt(server.origin, CHINA).tagResources({ ...batch, region: "global", resourceIds });
    expect(result.succeeded).toEqual([distribution("aws-cn")]);
    expect(result.failed.get(role("aws-cn"))).toMatchObject({ code: "OtherHome", retryable: true });
    expect(JSON.parse(server.requests[0]?.body ?? "")).toMatchObject({ ResourceARNList: [distribution("aws-cn")] });
  });

  test("a session token is sent and signed", async () => {
    await using server = await recordingServer({ body: '{"FailedResourcesMap":{}}' });
    const credentials = { accessKeyId: "a", secretAccessKey: "b", sessionToken: "token-1" };
    await providerAt(server.origin, { credentials }).tagResources(batch);
    expect(server.requests[0]?.headers["x-amz-security-token"]).toBe("token-1");
    expect(server.requests[0]?.headers.authorization).toContain("x-amz-security-token");
  });

  test("AWS has no inventory API here, and says what has", async () => {
    const call = providerAt("http://127.0.0.1:9").listInventory(region, "aws:ec2:instance", undefined);
    await expect(call).rejects.toMatchObject({ code: "NotListable", kind: "request" });
  });
});
