import type { ErrorKind, ProviderError } from "../../core/errors.ts";
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
import { asObject, asText, parseObject, type JsonObject } from "../json.ts";

/**
 * What Huawei Cloud's codes mean: PAP5 is IAM v5, APIC and APIG the gateway service, APIGW (in some clouds APIG.0…)
 * the gateway in front of every API, TMS the tag service.
 * @see https://support.huaweicloud.com/intl/en-us/api-iam5/ErrorCode.html
 * @see https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-errorcode.html
 */
const RULES: readonly ErrorRule[] = [
  ["PAP5.0001", "access"],
  ["PAP5.0010", "request"],
  ["PAP5.0033", "request"],
  ["PAP5.0036", "resource-permanent"],
  ["PAP5.0038", "not-taggable"],
  ["PAP5.0040", "access"],
  ["PAP5.0046", "access"],
  ["APIG.9008", "throttled"],
  ["APIC.7111", "resource-permanent"],
  ["APIC.7402", "resource-permanent"],
  ["APIG.3030", "not-found"],
  ["APIGW.0308", "throttled"],
  ["APIG.0308", "throttled"],
  ["TMS.0006", "throttled"],
  // No such API at this host: the endpoint is wrong, not the resource.
  ["APIGW.0101", "access"],
  ["APIG.0101", "access"],
  ["APIGW.0106", "request"],
  ["APIG.0106", "request"],
  ["APIGW.03*", "access"],
  ["APIG.03*", "access"],
  ["APIGW.0802", "access"],
  ["APIG.0802", "access"],
  ["APIC.7*", "access"],
];

const lookUp = errorTable(RULES);

/** IAM answers 409 both to a full resource and to two writes at a time; its codes for them are not documented. */
const SAYS_FULL = /limit|quota|exceed|maximum/i;

function kindOf(code: string, status: number, message: string): ErrorKind {
  const known = lookUp(code);
  if (known !== undefined) return known;
  if (status < 300) return "resource-permanent";
  return status === 409 && SAYS_FULL.test(message) ? "resource-permanent" : kindOfStatus(status);
}

/** Both forms of an error: `{error_code, error_msg}` and `{error: {code, message}}`. */
function errorOf(body: JsonObject): { code: string; message: string } | undefined {
  const inner = asObject(body["error"]) ?? body;
  const code = asText(inner["error_code"]) ?? asText(inner["code"]);
  if (code === undefined) return undefined;
  return { code, message: asText(inner["error_msg"]) ?? asText(inner["message"]) ?? "no message" };
}

/**
 * The object that an answer carries; an empty one for an answer without a body, which is a success of these APIs.
 * @throws ProviderError for anything but a success.
 */
export function readAnswer(
  request: HttpRequest,
  response: HttpResponse,
  context: { readonly resourceIds: readonly string[]; readonly secrets: () => readonly string[]; readonly now: number },
): { readonly body: JsonObject; readonly requestId: string } {
  const { status } = response;
  const succeeded = status >= 200 && status < 300;
  const header = response.headers["x-request-id"];
  const requestId = typeof header === "string" ? header : "";
  if (response.body === "" && succeeded) return { body: {}, requestId };
  const body = parseObject(response.body);
  if (body === undefined) throw unexpectedResponse(request, response, "with something that is not a JSON object");
  const error = errorOf(body);
  if (error !== undefined)
    throw refusal(request, response, { ...error, requestId: asText(body["request_id"]) ?? requestId }, context);
  if (!succeeded) throw unexpectedResponse(request, response, "without an error code");
  return { body, requestId };
}

function refusal(
  request: HttpRequest,
  response: HttpResponse,
  { code, message, requestId }: { code: string; message: string; requestId: string },
  { resourceIds, secrets, now }: { resourceIds: readonly string[]; secrets: () => readonly string[]; now: number },
): ProviderError {
  const kind = kindOf(code, response.status, message);
  // A call names one resource, so what is refused for its sake is that one.
  const [only] = kind === "access" || kind === "request" || kind === "throttled" ? [] : resourceIds;
  return providerError({
    code,
    kind,
    message: `${code}: ${cleanMessage(message, secrets())}`,
    httpStatus: response.status,
    requestId,
    retryAfterMs: retryAfterMs(response.headers["retry-after"], now),
    ambiguous: isLostBehindGateway(request, response),
    ...(only === undefined ? namedResource(message, resourceIds) : { resourceId: only }),
  });
}
