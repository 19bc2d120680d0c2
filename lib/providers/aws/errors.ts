import { ProviderError, type ErrorKind } from "../../core/errors.ts";
import {
  cleanMessage,
  errorTable,
  isLostBehindGateway,
  kindOfStatus,
  namedResource,
  providerError,
  retryAfterMs,
  unexpectedResponse,
  type ErrorRule,
} from "../answer.ts";
import type { HttpRequest, HttpResponse } from "../http.ts";
import { asCount, asText, parseObject, type JsonObject } from "../json.ts";

/**
 * What AWS's codes mean: those of the tagging API and, in FailedResourcesMap, those of the services behind it.
 * @see https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_FailureInfo.html
 */
const RULES: readonly ErrorRule[] = [
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
  ["RequestExpired", "access"],
  ["OptInRequired", "access"],
  ["ResourceNotFound*", "not-found"],
  ["NoSuch*", "not-found"],
];

const lookUp = errorTable(RULES);

const NAMES_NOT_FOUND = /NotFound(Exception|Fault)?$/;

function kindOf(code: string, status: number): ErrorKind {
  // EC2 says `InvalidInstanceID.NotFound`, others `DBInstanceNotFoundFault`.
  return (
    lookUp(code) ?? (NAMES_NOT_FOUND.test(code) || code.endsWith(".NotFound") ? "not-found" : kindOfStatus(status))
  );
}

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
  const { status, headers } = response;
  const header = headers["x-amzn-requestid"];
  const requestId = typeof header === "string" ? header : "";
  const body = parseObject(response.body);
  const inHeader = headers["x-amzn-errortype"];
  const type =
    (body && (asText(body["__type"]) ?? asText(body["code"]))) ?? (typeof inHeader === "string" ? inHeader : "");
  if (type !== "") {
    const said = asText(body?.["Message"]) ?? asText(body?.["message"]) ?? "no message";
    throw refusal(request, response, { code: bareCode(type), said, requestId }, context);
  }
  if (body === undefined) {
    const says = response.body === "" ? "with an empty body" : "with something that is not a JSON object";
    throw unexpectedResponse(request, response, says);
  }
  if (status < 200 || status >= 300) throw unexpectedResponse(request, response, "without an error code");
  return { body, requestId };
}

function refusal(
  request: HttpRequest,
  response: HttpResponse,
  { code, said, requestId }: { code: string; said: string; requestId: string },
  { resourceIds, secrets, now }: Context,
): ProviderError {
  const message = QUOTES_THE_REQUEST.test(code) ? "the signature was refused" : cleanMessage(said, secrets());
  return providerError({
    code,
    kind: kindOf(code, response.status),
    message: `${code}: ${message}`,
    httpStatus: response.status,
    requestId,
    retryAfterMs: retryAfterMs(response.headers["retry-after"], now),
    ambiguous: isLostBehindGateway(request, response),
    ...namedResource(said, resourceIds),
  });
}

/** The error of one ARN in FailedResourcesMap: `{StatusCode, ErrorCode, ErrorMessage}`. */
export function failureOf(arn: string, failure: JsonObject, requestId: string): ProviderError {
  const code = asText(failure["ErrorCode"]) ?? "UnexpectedResponse";
  const httpStatus = asCount(failure["StatusCode"]) ?? 0;
  const message = `${code}: ${cleanMessage(asText(failure["ErrorMessage"]) ?? "no message", [])}`;
  return new ProviderError({ code, kind: kindOf(code, httpStatus), message, httpStatus, requestId, resourceId: arn });
}
