import { FINAL, ProviderError } from "../../core/errors.ts";
import {
  cleanMessage,
  errorTable,
  headerText,
  isLostBehindGateway,
  namedResource,
  providerError,
  retryAfterMs,
  unexpectedResponse,
  type ErrorRule,
} from "../answer.ts";
import type { HttpRequest, HttpResponse } from "../http.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import { asCount, asText, parseObject } from "../json.ts";

/** What a signature is refused with that was made at another time than the service's. */
const MADE_AT_A_WRONG_TIME = /signature (?:expired|not yet current)/i;

/** What is said of a resource that isn't there, or isn't yet. */
const IS_NOT_THERE = /(?:not|n't) exist|(?:not|n't) (?:be )?found/i;

/**
 * What AWS's codes mean: those of the tagging API and, in FailedResourcesMap, those of the services behind it. Those that
 * are final about a resource come first, each group with its source.
 */
export const AWS_ERRORS: readonly ErrorRule[] = [
  // "The target ID is invalid, unsupported, or doesn't exist", and the last of these passes where it is young:
  // https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_TagResources.html
  // https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_FailureInfo.html
  ["InvalidParameterException", "not-found", { message: IS_NOT_THERE }],
  ["InvalidParameterException", "resource-permanent"],
  // Tags that EC2 refuses: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
  ["TagLimitExceeded*", "resource-permanent"],
  ["TagPolicy*", "resource-permanent"],
  ["InvalidTagKey.Malformed", "resource-permanent"],
  // The same from the others, e.g.
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AddTags.html
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html
  // https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateTags.html
  // https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_AddTagsToResource.html
  // https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AddTags.html
  ["TooManyTags*", "resource-permanent"],
  ["InvalidTag", "resource-permanent"],
  ["InvalidTagFault", "resource-permanent"],
  ["InvalidTagParameterException", "resource-permanent"],
  ["TagsLimitExceededException", "resource-permanent"],
  ["TagQuotaPerResourceExceeded", "resource-permanent"],
  // What isn't there. EC2 says `InvalidInstanceID.NotFound`, the page above; others `DBInstanceNotFoundFault`,
  // `NoSuchBucket` or, as SQS does, https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_TagQueue.html
  ["ResourceNotFoundException", "not-found"],
  ["NoSuch*", "not-found"],
  ["*NotFound", "not-found"],
  ["*NotFoundException", "not-found"],
  ["*NotFoundFault", "not-found"],
  ["QueueDoesNotExist", "not-found"],
  ["AWS.SimpleQueueService.NonExistentQueue", "not-found"],

  ["PaginationTokenExpiredException", "request"],
  ["InvalidNextToken*", "request"],
  ["InvalidExpression*", "request"],
  ["InvalidLimit*", "request"],
  ["UnknownOperationException", "request"],
  ["SerializationException", "request"],
  ["ConcurrentModificationException", "conflict"],
  ["OperationAborted", "conflict"],
  ["InternalServiceException", "transient"],
  ["InternalFailure", "transient"],
  ["InternalError", "transient"],
  ["InternalServerError", "transient"],
  ["ServiceUnavailable*", "transient"],
  ["RequestTimeout*", "transient"],
  // A clock that is wrong, ours or theirs, is set right: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
  ["RequestExpired", "transient"],
  ["RequestTimeTooSkewed", "transient"],
  ["InvalidSignature*", "transient", { message: MADE_AT_A_WRONG_TIME }],
  ["SignatureDoesNotMatch*", "transient", { message: MADE_AT_A_WRONG_TIME }],
  ["Throttl*", "throttled"],
  ["TooManyRequests*", "throttled"],
  ["RequestLimitExceeded", "throttled"],
  ["RequestThrottled*", "throttled"],
  ["SlowDown", "throttled"],
  ["EC2ThrottledException", "throttled"],
  ["PriorRequestNotComplete", "throttled"],
  ["BandwidthLimitExceeded", "throttled"],
  ["AccessDenied*", "access"],
  ["NotAuthorized*", "access"],
  ["UnauthorizedOperation", "access"],
  ["UnauthorizedException", "access"],
  ["UnrecognizedClient*", "access"],
  ["ExpiredToken*", "access"],
  ["InvalidClientTokenId", "access"],
  ["InvalidSignature*", "access"],
  ["SignatureDoesNotMatch*", "access"],
  ["IncompleteSignature*", "access"],
  ["MissingAuthenticationToken*", "access"],
  ["OptInRequired", "access"],
];

const kindOf = errorTable(AWS_ERRORS);

/** `com.amazonaws.service#Code:http://…` → `Code`. */
function bareCode(type: string): string {
  const name = type.slice(type.indexOf("#") + 1);
  const colon = name.indexOf(":");
  return colon < 0 ? name : name.slice(0, colon);
}

/** What a refused signature quotes is what was signed. */
const QUOTES_THE_REQUEST = /Signature/;

interface Context {
  readonly resourceIds: readonly string[];
  readonly secrets: () => readonly string[];
  readonly now: number;
}

/**
 * The object that an answer carries.
 * @throws ProviderError for anything but a success in the shape of JSON 1.1.
 */
export function readAnswer(
  request: HttpRequest,
  response: HttpResponse,
  context: Context,
): { readonly body: JsonObject; readonly requestId: string } {
  const { status } = response;
  const requestId = headerText(response, "x-amzn-requestid");
  const body = parseObject(response.body);
  const type = (body && (asText(body["__type"]) ?? asText(body["code"]))) ?? headerText(response, "x-amzn-errortype");
  if (type !== "") {
    const said = asText(body?.["Message"]) ?? asText(body?.["message"]) ?? "no message";
    throw refusal(request, response, { code: bareCode(type), said, requestId }, context);
  }
  if (body === undefined) {
    const says = response.body === "" ? "with an empty body" : "with something that is not a JSON object";
    throw unexpectedResponse(request, response, says);
  }
  if (status < 200 || status >= 300) throw unexpectedResponse(request, response, "without an error code");
  // A write that failed for nobody says no more than that: without either, something else has answered.
  if (request.write && requestId === "" && asObject(body["FailedResourcesMap"]) === undefined) {
    throw unexpectedResponse(request, response, "without a request id");
  }
  return { body, requestId };
}

function refusal(
  request: HttpRequest,
  response: HttpResponse,
  { code, said, requestId }: { code: string; said: string; requestId: string },
  { resourceIds, secrets, now }: Context,
): ProviderError {
  const told = kindOf({ code, status: response.status, message: said });
  const named = namedResource(said, resourceIds);
  // A listing that is refused without naming a resource may be wrong in itself, as the page of GetResources says too:
  // https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
  const kind = FINAL.has(told) && !request.write && named.resourceId === undefined ? "unknown" : told;
  // A proxy's `{"code":"ResourceNotFound"}` says nothing of a resource.
  if (FINAL.has(kind) && requestId === "") return unexpectedResponse(request, response, "without a request id");
  const message = QUOTES_THE_REQUEST.test(code) ? "the signature was refused" : cleanMessage(said, secrets());
  return providerError({
    code,
    kind,
    message: `${code}: ${message}`,
    httpStatus: response.status,
    requestId,
    retryAfterMs: retryAfterMs(response.headers["retry-after"], now),
    ambiguous: isLostBehindGateway(request, response),
    ...named,
  });
}

/** The error of one ARN in FailedResourcesMap: `{StatusCode, ErrorCode, ErrorMessage}`. */
export function failureOf(arn: string, failure: JsonObject, requestId: string): ProviderError {
  const code = asText(failure["ErrorCode"]) ?? "UnexpectedResponse";
  const httpStatus = asCount(failure["StatusCode"]) ?? 0;
  const said = asText(failure["ErrorMessage"]) ?? "no message";
  const kind = kindOf({ code, status: httpStatus, message: said });
  const message = `${code}: ${cleanMessage(said, [])}`;
  return new ProviderError({ code, kind, message, httpStatus, requestId, resourceId: arn });
}
