import { FINAL, type ProviderError } from "../../core/errors.ts";
import {
  cleanMessage,
  errorTable,
  headerText,
  isLostOnTheWay,
  namedResource,
  providerError,
  retryAfterMs,
  unexpectedResponse,
  type ErrorRule,
} from "../answer.ts";
import type { HttpRequest, HttpResponse } from "../http.ts";
import type { JsonObject } from "../../core/json.ts";
import { BUSY_CODES } from "../busy-codes.ts";
import { errorIn, type SaidError } from "../error-body.ts";
import { asText, parseObject } from "../json.ts";

/**
 * What Alibaba Cloud's codes mean. Those that are final about a resource come first, each group with its source.
 * @see https://www.alibabacloud.com/help/en/api-gateway/traditional-api-gateway/developer-reference/error-codes
 */
const RULES: readonly ErrorRule[] = [
  // The codes of the tag APIs: https://www.alibabacloud.com/help/en/resource-management/tag/developer-reference/api-tag-2018-08-28-tagresources
  ["NoPermission.SystemTag", "resource-permanent"],
  ["QuotaExceed*.Tags*", "resource-permanent"],
  ["InvalidParameter.TagKey", "resource-permanent"],
  ["InvalidParameter.TagValue", "resource-permanent"],
  ["InvalidResourceId.NotFound", "not-found"],
  ["InvalidResourceId.NotFoundInRegion", "not-found"],
  ["InvalidParameter.ResourceType", "not-taggable"],
  ["InvalidParameter.ServiceCode", "not-taggable"],
  ["InvalidParameter.UnsupportedTagResourceType", "not-taggable"],
  ["UnsupportedResourceType", "not-taggable"],
  // https://www.alibabacloud.com/help/en/vpc/developer-reference/api-vpcipam-2023-02-28-tagresources
  ["IllegalParam.TagKey", "resource-permanent"],
  ["IllegalParam.TagValue", "resource-permanent"],
  // What isn't there: IPAM's own codes, https://www.alibabacloud.com/help/en/vpc/developer-reference/api-vpcipam-2023-02-28-errorcodes
  ["InvalidIpamId.NotFound", "not-found"],
  ["InvalidIpamScopeId.NotFound", "not-found"],
  ["InvalidIpamPoolId.NotFound", "not-found"],
  // The template `NotFound%s` of API Gateway, for what can be tagged there: the page above. What else isn't found is no
  // resource of ours: a stage, a certificate, an endpoint (`InvalidProduct.NotFound`).
  ["NotFoundApiGroup", "not-found"],
  ["NotFoundGroupId", "not-found"],
  ["NotFoundPlugin", "not-found"],
  ["NotFoundPluginId", "not-found"],
  ["NotFoundApp", "not-found"],
  ["NotFoundAppId", "not-found"],
  ["NotFoundApi", "not-found"],
  ["NotFoundApiId", "not-found"],
  ["NotFoundResourceId", "not-found"],

  // Said of scopes and pools that are young as well, for longer than any settle time: nobody can tell these from what is
  // gone. https://www.alibabacloud.com/help/en/vpc/developer-reference/api-vpcipam-2023-02-28-errorcodes
  ["ResourceNotFound.Ipam*", "conflict"],
  ["RepeatedCommit", "conflict"],
  // As the official Terraform provider waits for, whatever the status: 403 for the last of these.
  // https://github.com/aliyun/terraform-provider-alicloud/blob/master/alicloud/resource_alicloud_vpc_vswitch.go
  // https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-createinstance
  ["TaskConflict*", "conflict"],
  ["LastTokenProcessing", "conflict"],
  ["*.LastTokenProcessing", "conflict"],
  ["SignatureNonceUsed", "transient"],
  // A clock that is wrong, ours or theirs, is set right: https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
  ["InvalidTimeStamp.Expired", "transient"],
  ["IllegalTimestamp*", "transient"],
  ["InvalidResourceARN.*", "request"],
  ["NumberExceed.ResourceIds", "request"],
  ["NumberExceed.Tags", "request"],
  ["Invalid.NextToken", "request"],
  ["InvalidParameter.RegionId", "access"],
  ["InvalidRegionId*", "access"],
  ["InvalidAccessKey*", "access"],
  ["InvalidSecurityToken*", "access"],
  ["InvalidTimeStamp*", "access"],
  ["IncompleteSignature*", "access"],
  ["SignatureDoesNotMatch*", "access"],
  ["NoPermission*", "access"],
  ["Forbidden*", "access"],
  ["InvalidAction*", "request"],
  ["InvalidVersion*", "request"],
  ["InvalidApi*", "request"],
  ["Missing*", "request"],
  ["IllegalParamSize*", "request"],
  ["Duplicate*", "request"],
  ["Repeated*", "request"],
  // Some services put it last, as `ServiceName.Throttling.User`.
  ["*Throttling*", "throttled"],
  ["Throttled*", "throttled"],
];

/** What a code means, by what the answer said beside it. */
export const kindOf = errorTable([...RULES, ...BUSY_CODES]);

/** What a refused signature quotes is what was signed. */
const QUOTES_THE_REQUEST = /^(SignatureDoesNotMatch|IncompleteSignature)/;

/** Codes of success: an answer with any other `Code` is an error, whatever its status. */
const SUCCESS: ReadonlySet<string> = new Set(["200", "OK", "Success"]);

interface Context {
  /** Those that an error message may name. */
  readonly resourceIds: readonly string[];
  readonly secrets: () => readonly string[];
  readonly now: number;
  /** Whether they may be of several types and products. */
  readonly mixesTypes?: boolean;
}

/**
 * The object that an answer carries.
 * @throws ProviderError for anything but a success in the shape of these APIs.
 */
export function readAnswer(request: HttpRequest, response: HttpResponse, context: Context): JsonObject {
  const { status } = response;
  if (response.body === "") throw unexpectedResponse(request, response, "with an empty body");
  const body = parseObject(response.body);
  const error = errorIn(response, body, "Code");
  if (error !== undefined && !(status < 300 && SUCCESS.has(error.code)))
    throw refusal(request, response, error, context);
  if (body === undefined) throw unexpectedResponse(request, response, "with something that is not a JSON object");
  if (status < 200 || status >= 300) throw unexpectedResponse(request, response, "without an error code");
  // All that a successful write says is its request id: without it, something else has answered.
  if (request.write && asText(body["RequestId"]) === undefined) {
    throw unexpectedResponse(request, response, "without a request id");
  }
  return body;
}

function refusal(
  request: HttpRequest,
  response: HttpResponse,
  error: SaidError,
  { resourceIds, secrets, now, mixesTypes = false }: Context,
): ProviderError {
  const { code, message: said, status } = error;
  const told = kindOf({ code, status, message: said });
  const named = namedResource(said, resourceIds);
  // A call for resources of several types is refused as a whole for one of them, and may be for the product of one alone.
  const isForOne = FINAL.has(told) || (request.write && code.startsWith("NoPermission"));
  const mayBeOfAnother = mixesTypes && resourceIds.length > 1 && named.resourceId === undefined;
  const kind = isForOne && mayBeOfAnother ? "unknown" : told;
  const requestId = error.requestId === "" ? headerText(response, "x-acs-request-id") : error.requestId;
  // A proxy's `{"code":"NotFound"}` says nothing of a resource, and nothing of the request either.
  if ((FINAL.has(told) || kind === "unknown") && requestId === "") {
    return unexpectedResponse(request, response, "without a request id");
  }
  const message = QUOTES_THE_REQUEST.test(code) ? "the signature was refused" : cleanMessage(said, secrets());
  const hint = Number(response.headers["x-acs-retry-after"] ?? Number.NaN);
  return providerError({
    code,
    kind,
    message: `${code}: ${message}`,
    httpStatus: response.status,
    requestId,
    // The header counts milliseconds.
    retryAfterMs: Number.isFinite(hint) && hint >= 0 ? hint : retryAfterMs(response.headers["retry-after"], now),
    ambiguous: isLostOnTheWay(request, response, kind),
    ...named,
  });
}
