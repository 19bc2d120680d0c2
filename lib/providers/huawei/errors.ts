import type { ProviderError } from "../../core/errors.ts";
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
import { parseObject } from "../json.ts";

/** What a signature is refused with that was made at another time than the gateway's. */
const MADE_AT_A_WRONG_TIME = /signature expired|x-sdk-date/i;

/**
 * What Huawei Cloud's codes mean: PAP5 is IAM v5, APIC and APIG the gateway service, APIGW (in some clouds APIG.0…)
 * the gateway in front of every API, TMS the tag service. Those that are final about a resource come first, with their
 * sources.
 * @see https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-errorcode.html
 */
const RULES: readonly ErrorRule[] = [
  // https://support.huaweicloud.com/intl/en-us/api-iam5/ErrorCode.html
  ["PAP5.0036", "resource-permanent"],
  ["PAP5.0038", "not-taggable"],
  // https://support.huaweicloud.com/intl/en-us/api-apig/BatchCreateOrDeleteInstanceTags.html
  ["APIC.7402", "resource-permanent"],
  // Of what isn't there, the status is documented and the code is not: the page above, and
  // https://support.huaweicloud.com/intl/en-us/api-iam5/TagResourceV5.html
  ["PAP5.*", "not-found", { status: 404 }],
  // Where the gateway in front calls itself so, it hasn't found an API or what is behind it.
  ["APIG.0*", "access", { status: 404 }],
  ["APIG.*", "not-found", { status: 404 }],

  ["PAP5.0001", "access"],
  ["PAP5.0010", "request"],
  ["PAP5.0033", "request"],
  ["PAP5.0040", "access"],
  ["PAP5.0046", "access"],
  ["APIG.9008", "throttled"],
  ["APIGW.0308", "throttled"],
  ["APIG.0308", "throttled"],
  ["TMS.0006", "throttled"],
  // No such API at this host: the endpoint is wrong, not the resource.
  ["APIGW.0101", "access"],
  ["APIG.0101", "access"],
  ["APIGW.0106", "request"],
  ["APIG.0106", "request"],
  // A clock that is wrong, ours or theirs, is set right: https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-0001.html
  ["APIGW.03*", "transient", { message: MADE_AT_A_WRONG_TIME }],
  ["APIG.03*", "transient", { message: MADE_AT_A_WRONG_TIME }],
  ["APIGW.03*", "access"],
  ["APIG.03*", "access"],
  ["APIGW.0802", "access"],
  ["APIG.0802", "access"],
  // A gateway of somebody else's: it says nothing for good of the resource, and of our rights elsewhere nothing either.
  ["APIC.7111", "unknown"],
  ["APIC.7*", "access"],
  ["APIG.2*", "request"],
];

/** What a code means, by what the answer said beside it. */
export const kindOf = errorTable([...RULES, ...BUSY_CODES]);

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
  const requestId = headerText(response, "x-request-id");
  // All that such a write says is its request id: a proxy may say nothing as well.
  if (response.body === "" && succeeded && !(request.write && requestId === "")) return { body: {}, requestId };
  const body = parseObject(response.body);
  const error = errorIn(response, body, "error_code");
  if (error !== undefined) throw refusal(request, response, error, context);
  if (body === undefined) {
    const says = response.body === "" ? "with an empty body" : "with something that is not a JSON object";
    throw unexpectedResponse(request, response, says);
  }
  if (!succeeded) throw unexpectedResponse(request, response, "without an error code");
  // Writes have nothing to say: what does, and has no request id, is something else that answered.
  if (request.write && requestId === "" && Object.keys(body).length > 0) {
    throw unexpectedResponse(request, response, "without a request id");
  }
  return { body, requestId };
}

function refusal(
  request: HttpRequest,
  response: HttpResponse,
  error: SaidError,
  { resourceIds, secrets, now }: { resourceIds: readonly string[]; secrets: () => readonly string[]; now: number },
): ProviderError {
  const { code, message, status } = error;
  const kind = kindOf({ code, status, message });
  // A call names one resource, so what is refused for a resource's sake is that one.
  const isNobodys = kind === "access" || kind === "request" || kind === "throttled";
  const [only] = isNobodys ? [] : resourceIds;
  return providerError({
    code,
    kind,
    message: `${code}: ${cleanMessage(message, secrets())}`,
    httpStatus: response.status,
    requestId: error.requestId === "" ? headerText(response, "x-request-id") : error.requestId,
    retryAfterMs: retryAfterMs(response.headers["retry-after"], now),
    ambiguous: isLostOnTheWay(request, response, kind),
    ...(only === undefined ? namedResource(message, resourceIds) : { resourceId: only }),
  });
}
