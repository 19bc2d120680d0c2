import { describe, expect, test } from "vitest";
import { readAnswer } from "../../../lib/providers/alibaba/errors.ts";
import { rowsOf, toldError, type Asked, type Meaning } from "../told-error.ts";

const TAG_API =
  "https://www.alibabacloud.com/help/en/resource-management/tag/developer-reference/api-tag-2018-08-28-tagresources";
const GATEWAY =
  "https://www.alibabacloud.com/help/en/api-gateway/traditional-api-gateway/developer-reference/error-codes";
const IPAM = "https://www.alibabacloud.com/help/en/vpc/developer-reference/api-vpcipam-2023-02-28-errorcodes";
const TERRAFORM = "https://github.com/aliyun/terraform-provider-alicloud: what its resources wait for";

const MEANINGS: readonly Meaning[] = [
  {
    kind: "not-found",
    source: TAG_API,
    answers: ["400 InvalidResourceId.NotFound", "404 InvalidResourceId.NotFoundInRegion"],
  },
  {
    kind: "not-found",
    source: GATEWAY,
    answers: [
      "400 NotFoundApiGroup",
      "400 NotFoundGroupId",
      "400 NotFoundPlugin",
      "400 NotFoundPluginId",
      "400 NotFoundApp",
      "400 NotFoundAppId",
      "400 NotFoundApi",
      "400 NotFoundApiId",
      "400 NotFoundResourceId",
    ],
  },
  {
    kind: "not-found",
    source: IPAM,
    answers: ["404 InvalidIpamId.NotFound", "404 InvalidIpamScopeId.NotFound", "404 InvalidIpamPoolId.NotFound"],
  },
  {
    kind: "resource-permanent",
    source: TAG_API,
    answers: [
      "403 NoPermission.SystemTag",
      "400 QuotaExceed.TagsPerResource",
      "400 QuotaExceeded.TagsPerResource",
      "400 InvalidParameter.TagKey",
      "400 InvalidParameter.TagValue",
    ],
  },
  { kind: "resource-permanent", source: IPAM, answers: ["400 IllegalParam.TagKey", "400 IllegalParam.TagValue"] },
  {
    kind: "not-taggable",
    source: TAG_API,
    answers: [
      "400 InvalidParameter.ResourceType",
      "400 InvalidParameter.UnsupportedTagResourceType",
      "400 UnsupportedResourceType",
    ],
  },
  {
    kind: "conflict",
    source: IPAM,
    answers: [
      "400 IncorrectStatus.IpamScope",
      "400 IncorrectStatus.IpamPool",
      "403 IncorrectStatus.Ipam",
      "400 ResourceNotFound.Ipam",
      "400 ResourceNotFound.IpamScope",
      "404 ResourceNotFound.IpamPool",
    ],
  },
  {
    kind: "conflict",
    source: TERRAFORM,
    answers: [
      "400 IncorrectStatus",
      "400 IncorrectInstanceStatus",
      "400 IncorrectInstanceStatus.Initializing",
      "400 OperationConflict",
      "409 OperationConflict.Vpc",
      "400 TaskConflict",
      "403 TaskConflict.Vpc",
      "403 LastTokenProcessing",
      "400 OperationFailed.LastTokenProcessing",
      "403 OperationFailed.LastTokenProcessing",
      "400 ResourceInUse",
      "400 OperationAborted",
      "400 ConcurrentModification",
      "409 Unheard.Of",
    ],
  },
  { kind: "conflict", source: GATEWAY, answers: ["400 RepeatedCommit"] },
  {
    kind: "transient",
    source: "a service is unwell, whatever its status says",
    answers: [
      "500 InternalError",
      "400 InternalError",
      "400 InternalFailure",
      "503 ServiceUnavailable",
      "400 ServiceUnavailable.Api",
      "400 SystemBusy",
      "403 SystemBusy",
      "500 Unheard.Of",
      "504 Unheard.Of",
    ],
  },
  {
    kind: "transient",
    source: "https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature",
    answers: ["400 SignatureNonceUsed", "400 InvalidTimeStamp.Expired", "400 IllegalTimestamp"],
  },
  {
    kind: "throttled",
    source: GATEWAY,
    answers: [
      "400 Throttling",
      "400 Throttling.User",
      "503 Throttling.Api",
      "400 Gateway.Throttling.User",
      "400 Throttled",
      "429 Unheard.Of",
      "400 LimitExceeded: Too many requests",
    ],
  },
  {
    kind: "access",
    source: "https://help.aliyun.com/zh/sdk/developer-reference/error-codes",
    answers: [
      "404 InvalidAccessKeyId.NotFound",
      "400 InvalidAccessKeyId.Inactive",
      "400 SignatureDoesNotMatch",
      "400 IncompleteSignature",
      "400 InvalidTimeStamp.Format",
      "400 InvalidSecurityToken.Expired",
      "404 InvalidRegionId.NotFound",
      "400 InvalidParameter.RegionId",
      "400 Forbidden.RAM",
      "400 NoPermission",
      "401 Unheard.Of",
      "403 Unheard.Of",
    ],
  },
  {
    kind: "request",
    source: GATEWAY,
    answers: [
      "404 InvalidAction.NotFound",
      "400 InvalidVersion",
      "404 InvalidApi.NotFound",
      "400 MissingParameter.TagsAndResourceIds",
      "400 IllegalParamSize.ResourceIds",
      "400 IllegalParamSize.Tags",
      "400 NumberExceed.ResourceIds",
      "400 NumberExceed.Tags",
      "400 Invalid.NextToken",
      "400 DuplicatedParam.TagKey",
      "400 Duplicate.TagKey",
      "400 Repeated.ResourceId",
    ],
  },
  {
    kind: "unknown",
    source: "no table says what these mean for the resource that is tagged",
    answers: [
      "400 Unheard.Of",
      "404 Unheard.Of",
      "404 InvalidProduct.NotFound",
      "404 InvalidVpcId.NotFound",
      "400 NotFoundStage",
      "400 NotFoundCertificate",
      "400 QuotaExceed.CallsPerDay",
      "400 DependencyViolation.IpamPool",
      "400 LimitExceeded: The number of pools exceeds the quota",
    ],
  },
];

const ofCall = (status: number, Code: string, Message = "no", asked: Asked = {}) =>
  toldError(readAnswer, { status, body: JSON.stringify({ RequestId: "R1", Code, Message }) }, asked);

describe("a code of Alibaba Cloud", () => {
  test.each(rowsOf(MEANINGS))("%s is %s", (_, kind, { status, code, message }) => {
    expect(ofCall(status, code, message)).toMatchObject({ code, kind, httpStatus: status, requestId: "R1" });
  });
});

describe("an error of Alibaba Cloud is read", () => {
  test.each<[string, string]>([
    ["flat", '{"RequestId":"R1","HostId":"h","Code":"TaskConflict","Message":"no & never"}'],
    ["in small letters", '{"requestId":"R1","code":"TaskConflict","message":"no & never"}'],
    ["as its gateways have it", '{"requestId":"R1","errorCode":"TaskConflict","errorMsg":"no & never"}'],
    ["one level down", '{"RequestId":"R1","error":{"code":"TaskConflict","message":"no & never"}}'],
    [
      "as XML",
      "<?xml version='1.0'?><Error><RequestId>R1</RequestId><HostId>h</HostId><Code>TaskConflict</Code><Message>no &amp; never</Message></Error>",
    ],
  ])("%s", (_, body) => {
    const error = toldError(readAnswer, { status: 400, body });
    expect(error).toMatchObject({ code: "TaskConflict", kind: "conflict", requestId: "R1", httpStatus: 400 });
    expect(error.message).toBe("TaskConflict: no & never");
  });

  test("from numbers and names, which no table has", () => {
    const numeric = { RequestId: "R1", Code: 404, Message: "no" };
    expect(toldError(readAnswer, { status: 404, body: JSON.stringify(numeric) })).toMatchObject({
      code: "404",
      kind: "unknown",
    });
    expect(toldError(readAnswer, { status: 200, body: JSON.stringify({ ...numeric, Code: 503 }) })).toMatchObject({
      code: "503",
      kind: "transient",
      httpStatus: 200,
    });
    const named = { badRequest: { code: 400, message: "no", requestId: "R1" } };
    expect(toldError(readAnswer, { status: 400, body: JSON.stringify(named) })).toMatchObject({ code: "badRequest" });
  });

  test("with its request id in a header, where the body has none", () => {
    const answer = {
      status: 400,
      headers: { "x-acs-request-id": "R2" },
      body: '{"Code":"NotFoundApp","Message":"no"}',
    };
    expect(toldError(readAnswer, answer)).toMatchObject({ kind: "not-found", requestId: "R2" });
  });

  test.each([
    ["a page", 502, "<html><body><h1>Error</h1></body></html>"],
    ["nothing", 404, ""],
    ["JSON that breaks off", 404, '{"RequestId":"R1","Code":"NotFoundApp","Mess'],
    ["what whoever has no request id says isn't there", 404, '{"code":"NotFoundApp","message":"no"}'],
    ["what whoever has no request id says of anything", 400, '{"badRequest":{"code":400,"message":"no"}}'],
  ])("but not from %s", (_, status, body) => {
    expect(toldError(readAnswer, { status, body })).toMatchObject({ code: "UnexpectedResponse", kind: "transient" });
  });

  test.each(["200", "OK", "Success", 200])("and a success with the code %s is none", (Code) => {
    const origin = new URL("https://cloud.example");
    const request = { method: "POST", origin, path: "/", headers: {}, body: "", region: "r1", write: true } as const;
    const body = JSON.stringify({ RequestId: "R1", Code });
    const context = { resourceIds: [], secrets: () => [], now: 0 };
    expect(readAnswer(request, { status: 200, headers: {}, body }, context)).toMatchObject({ RequestId: "R1" });
  });
});

test.each([502, 504])("a write that is answered %i may have taken effect, and a read has none", (status) => {
  expect(ofCall(status, "ServiceUnavailable")).toMatchObject({ kind: "transient", ambiguous: true });
  expect(ofCall(status, "ServiceUnavailable", "no", { write: false }).ambiguous).toBe(false);
});
