import { AutoScalingClient, DescribeAutoScalingGroupsCommand, DescribeTagsCommand } from "@aws-sdk/client-auto-scaling";
import {
  GetAccountAuthorizationDetailsCommand,
  IAMClient,
  ListRolesCommand,
  ListRoleTagsCommand,
  ListUserTagsCommand,
} from "@aws-sdk/client-iam";
import { describe, expect, test } from "vitest";
import { ProviderError } from "../../../lib/core/errors.ts";
import type { HttpRequest } from "../../../lib/providers/http.ts";
import { awsProvider } from "../../../lib/providers/aws/provider.ts";
import { authorization } from "../../../lib/providers/aws/sign.ts";
import { awsAccount, deps } from "../accounts.ts";
import { recordingServer, type RecordedRequest } from "../recording-server.ts";

const key = { accessKeyId: "key-of-aws", secretAccessKey: "secret-of-aws" };
const ACCOUNT = awsAccount.account;
const arnOf = (kind: string, path: string) => `arn:aws:iam::${ACCOUNT}:${kind}/${path}`;
const group = (name: string) =>
  `arn:aws:autoscaling:us-east-1:${ACCOUNT}:autoScalingGroup:0a-1b:autoScalingGroupName/${name}`;
const answer = (name: string, result: string) =>
  `<?xml version="1.0"?>\n<${name}Response xmlns="x"><${name}Result>${result}</${name}Result><ResponseMetadata><RequestId>r1</RequestId></ResponseMetadata></${name}Response>`;
const ROLE_TAGS = { type: "aws:iam:role", region: "global", ids: [arnOf("role", "path/r")] };

/** What the call is: the SDK adds headers about itself and its retries. */
function comparable({ method, path, headers, body }: RecordedRequest) {
  return { method, path, contentType: headers["content-type"], form: Object.fromEntries(new URLSearchParams(body)) };
}

/** The signature that our signer gives to what arrived, over the headers that it says it signed. */
function resigned({ path, headers, body }: RecordedRequest, service: string): string {
  const signed = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? "")?.[1]?.split(";") ?? [];
  const signedHeaders = Object.fromEntries(signed.map((name) => [name, String(headers[name])]));
  return authorization({ path, headers: signedHeaders, body }, { region: "us-east-1", service }, key);
}

type Provider = ReturnType<typeof awsProvider>;

describe("a call to a type's own service is the SDK's request, signed as it signs", () => {
  const client = (endpoint: string) => ({ region: "us-east-1", endpoint, credentials: key });
  const listOf = (name: string) => `<${name}/><IsTruncated>false</IsTruncated>`;
  const where = { region: "global" };

  test.each([
    [
      "ListRoleTags",
      "iam",
      listOf("Tags"),
      (at: string) =>
        new IAMClient(client(at)).send(new ListRoleTagsCommand({ RoleName: "r", MaxItems: 1000, Marker: "a+/=" })),
      (provider: Provider) => provider.listTagResources(ROLE_TAGS, "a+/="),
    ],
    [
      "ListUserTags",
      "iam",
      listOf("Tags"),
      (at: string) => new IAMClient(client(at)).send(new ListUserTagsCommand({ UserName: "u@x", MaxItems: 1000 })),
      (provider: Provider) =>
        provider.listTagResources({ ...where, type: "aws:iam:user", ids: [arnOf("user", "u@x")] }, undefined),
    ],
    [
      "GetAccountAuthorizationDetails",
      "iam",
      listOf("RoleDetailList"),
      (at: string) =>
        new IAMClient(client(at)).send(new GetAccountAuthorizationDetailsCommand({ Filter: ["Role"], MaxItems: 100 })),
      (provider: Provider) => provider.listTagResources({ ...where, type: "aws:iam:role" }, undefined),
    ],
    [
      "ListRoles",
      "iam",
      listOf("Roles"),
      (at: string) => new IAMClient(client(at)).send(new ListRolesCommand({ MaxItems: 1000, Marker: "m" })),
      (provider: Provider) => provider.listInventory("global", "aws:iam:role", "m"),
    ],
    [
      "DescribeTags",
      "autoscaling",
      "<Tags/>",
      (at: string) =>
        new AutoScalingClient(client(at)).send(
          new DescribeTagsCommand({
            Filters: [{ Name: "auto-scaling-group", Values: ["a b", "部门"] }],
            MaxRecords: 100,
            NextToken: "t",
          }),
        ),
      (provider: Provider) =>
        provider.listTagResources(
          { type: "aws:autoscaling:autoScalingGroup", region: "us-east-1", ids: [group("a b"), group("部门")] },
          "t",
        ),
    ],
    [
      "DescribeAutoScalingGroups",
      "autoscaling",
      "<AutoScalingGroups/>",
      (at: string) => new AutoScalingClient(client(at)).send(new DescribeAutoScalingGroupsCommand({ MaxRecords: 100 })),
      (provider: Provider) => provider.listInventory("us-east-1", "aws:autoscaling:autoScalingGroup", undefined),
    ],
  ] as const)("%s", async (name, service, result, bySdk, byUs) => {
    await using server = await recordingServer({ body: answer(name, result) });
    await bySdk(server.origin);
    await byUs(awsProvider({ ...awsAccount, endpoints: { "*": server.origin } }, deps));
    const [theirs, ours] = server.requests;
    if (theirs === undefined || ours === undefined) throw new Error("both clients must have called");
    expect(comparable(ours)).toEqual(comparable(theirs));
    expect(theirs.headers.authorization).toBe(resigned(theirs, service));
    expect(ours.headers.authorization).toBe(resigned(ours, service));
  });
});

describe("IAM is asked where its partition has it", () => {
  test.each([
    ["aws", "iam.amazonaws.com", "us-east-1"],
    ["aws-cn", "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"],
    ["aws-us-gov", "iam.us-gov.amazonaws.com", "us-gov-west-1"],
  ] as const)("%s", async (partition, host, region) => {
    const asked: HttpRequest[] = [];
    const send = async (request: HttpRequest) => {
      asked.push(request);
      return { status: 200, headers: {}, body: answer("ListRoles", "<Roles/><IsTruncated>false</IsTruncated>") };
    };
    const { endpoints: _endpoints, ...account } = awsAccount;
    await awsProvider({ ...account, partition }, { ...deps, send }).listInventory("global", "aws:iam:role", undefined);
    expect(asked.map(({ origin }) => origin.host)).toEqual([host]);
    expect(asked[0]?.headers["authorization"]).toContain(`/${region}/iam/aws4_request`);
  });
});

describe("what IAM answers", () => {
  const read = async (
    given: { status?: number; body: string; headers?: Record<string, string> },
    query = ROLE_TAGS,
  ) => {
    await using server = await recordingServer(given);
    const provider = awsProvider({ ...awsAccount, endpoints: { "*": server.origin } }, deps);
    return await provider.listTagResources(query, undefined).catch((error: unknown) => error);
  };
  const refusal = (code: string, id = "<RequestId>r1</RequestId>") =>
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>The role with name r cannot be found.</Message></Error>${id}</ErrorResponse>`;

  test("of a role without tags is a page without rows, and the last", async () => {
    expect(await read({ body: answer("ListRoleTags", "<Tags/><IsTruncated>false</IsTruncated>") })).toEqual({
      rows: [],
      rowCount: 0,
    });
  });

  test.each([
    ["a page without a list of tags", answer("ListRoleTags", "<IsTruncated>false</IsTruncated>")],
    ["a page that doesn't say whether there is more", answer("ListRoleTags", "<Tags/>")],
    ["more to come without a marker", answer("ListRoleTags", "<Tags/><IsTruncated>true</IsTruncated>")],
    ["a tag without a key", answer("ListRoleTags", "<Tags><member/></Tags><IsTruncated>false</IsTruncated>")],
    ["the answer of another call", answer("ListUserTags", "<Tags/><IsTruncated>false</IsTruncated>")],
    ["JSON", '{"Tags":[]}'],
    ["XML that breaks off", answer("ListRoleTags", "<Tags>").slice(0, -4)],
    ["nothing", ""],
    ["a login page", "<html><body>please log in</body></html>"],
  ])("is no answer where it is %s", async (_, body) => {
    expect(await read({ body })).toMatchObject({ code: "UnexpectedResponse", isFinal: false });
  });

  test("of a role that isn't there is not found, and of that role alone", async () => {
    expect(await read({ status: 404, body: refusal("NoSuchEntity") })).toMatchObject({
      code: "NoSuchEntity",
      kind: "not-found",
      resourceId: ROLE_TAGS.ids[0],
      requestId: "r1",
    });
  });

  test("is final about nothing where AWS's request id is missing", async () => {
    expect(await read({ status: 404, body: refusal("NoSuchEntity", "") })).toMatchObject({ kind: "unknown" });
  });

  test.each([
    ["AccessDenied", 403, "access"],
    ["SignatureDoesNotMatch", 403, "access"],
    ["Throttling", 400, "throttled"],
    ["ServiceFailure", 500, "transient"],
    ["SomethingNew", 400, "unknown"],
  ] as const)("is told apart: %s", async (code, status, kind) => {
    const error = await read({ status, body: refusal(code) });
    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({ code, kind, httpStatus: status });
  });

  test.each([
    ["another account", "arn:aws:iam::999900001111:role/admin"],
    ["no role", `arn:aws:iam::${ACCOUNT}:role`],
    ["a policy", `arn:aws:iam::${ACCOUNT}:policy/admin`],
  ])("is not asked for by an ARN of %s, whose name may be one of ours", async (_, id) => {
    const error = await read({ body: "" }, { ...ROLE_TAGS, ids: [id] });
    expect(error).toMatchObject({ code: "InvalidResourceId", kind: "resource-permanent", resourceId: id });
  });
});

describe("what Auto Scaling answers", () => {
  const type = "aws:autoscaling:autoScalingGroup";
  const pair = (name: string, k: string) =>
    `<member><ResourceId>${name}</ResourceId><Key>${k}</Key><Value>&lt;1&gt;</Value></member>`;
  const read = async (pairs: string, ids: readonly string[], region = "us-east-1") => {
    await using server = await recordingServer({ body: answer("DescribeTags", `<Tags>${pairs}</Tags>`) });
    const provider = awsProvider({ ...awsAccount, endpoints: { "*": server.origin } }, deps);
    const page = await provider.listTagResources({ type, region, ids }, undefined).catch((error: unknown) => error);
    return { page, forms: server.requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body))) };
  };

  test("is the tags of the groups of these names", async () => {
    const { page } = await read(pair("a", "x") + pair("b", "z"), [group("a"), group("b")]);
    expect(page).toEqual({
      rows: [
        { id: group("a"), type, tags: new Map([["x", "<1>"]]) },
        { id: group("b"), type, tags: new Map([["z", "<1>"]]) },
      ],
      rowCount: 2,
    });
  });

  test("of a name that nobody asked for is told, since it may be one of these in another spelling", async () => {
    const { page } = await read(pair("WEB", "x"), [group("web")]);
    expect(page).toEqual({ rows: [{ id: "WEB", type, tags: new Map([["x", "<1>"]]) }], rowCount: 1 });
  });

  test.each(["a/b", "GroupName/b", ":autoScalingGroupName/b"])("is asked for by all of a name: %s", async (name) => {
    const { forms } = await read("", [group(name)]);
    expect(forms).toMatchObject([{ "Filters.member.1.Values.member.1": name }]);
  });

  test("is not asked for in another region than the ARN's, which may have a group of that name", async () => {
    const { page, forms } = await read("", [group("web")], "us-west-2");
    expect(page).toMatchObject({ code: "InvalidResourceId", kind: "resource-permanent", resourceId: group("web") });
    expect(forms).toEqual([]);
  });
});
