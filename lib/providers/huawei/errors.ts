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
import { parseItems, parseObject } from "../json.ts";

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
  // https://support.huaweicloud.com/intl/en-us/api-tms/ErrorCode.html
  ["TMS.0005", "not-found"],
  ["TMS.0009", "resource-permanent"],
  ["TMS.0010", "resource-permanent"],
  ["TMS.1001", "resource-permanent"],
  ["TMS.5027", "not-taggable"],
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
  // What a resource of a call failed for has no status of its own.
  ["TMS.0001", "transient"],
  ["TMS.0018", "transient"],
  ["TMS.0003", "access"],
  ["TMS.0004", "access"],
  ["TMS.2011", "access"],
  ["TMS.2030", "access"],
  ["TMS.*", "request", { status: 400 }],
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

interface Context {
  /** Those that an error message may name, as it does. */
  readonly resourceIds: readonly string[];
  readonly secrets: () => readonly string[];
  readonly now: number;
}

/**
 * The object that an answer carries; an empty one for an answer without a body, which is a success of these APIs.
 * @throws ProviderError for anything but a success.
 */
export function readAnswer(
  request: HttpRequest,
  response: HttpResponse,
  context: Context,
): { readonly body: JsonObject; readonly requestId: string } {
  const { status } = response;
  const succeeded = status >= 200 && status < 300;
  const requestId = headerText(response, "x-request-id");
  // All that such a write says is its request id: a proxy may say nothing as well.
  if (response.body === "" && succeeded && !(request.write && requestId === "")) return { body: {}, requestId };
  const body = parseObject(response.body) ?? parseItems(response.body);
  const error = errorIn(response, body, "error_code");
  if (error !== undefined) throw refusal(request, response, error, context);
  if (body === undefined) {
    const says = response.body === "" ? "with an empty body" : "with something that is not a JSON object";
    throw unexpectedResponse(request, response, says);
  }
  if (!succeeded) throw unexpectedResponse(request, response, "without an error code");
  // Most writes have nothing to say, and TMS' say what failed: what says something else, without a request id, is
  // something else that answered.
  if (request.write && requestId === "" && Object.keys(body).length > 0 && body["failed_resources"] === undefined) {
    throw unexpectedResponse(request, response, "without a request id");
  }
  return { body, requestId };
}

function refusal(
  request: HttpRequest,
  response: HttpResponse,
  error: SaidError,
  { resourceIds, secrets, now }: Context,
): ProviderError {
  const { code, message, status } = error;
  const told = kindOf({ code, status, message });
  const isNobodys = told === "access" || told === "request" || told === "throttled";
  // Where a call names one resource, what is refused for a resource's sake is that one.
  const [only] = isNobodys || resourceIds.length > 1 ? [] : resourceIds;
  const named = only === undefined ? namedResource(message, resourceIds) : { resourceId: only };
  // A call for resources of several types is refused as a whole for one of them, and may be for the service of one alone.
  const isForOne = FINAL.has(told) || (request.write && told === "access" && status === 403);
  const mayBeOfAnother = resourceIds.length > 1 && named.resourceId === undefined;
  const kind = isForOne && mayBeOfAnother ? "unknown" : told;
  return providerError({
    code,
    kind,
    message: `${code}: ${cleanMessage(message, secrets())}`,
    httpStatus: response.status,
    requestId: error.requestId === "" ? headerText(response, "x-request-id") : error.requestId,
    retryAfterMs: retryAfterMs(response.headers["retry-after"], now),
    ambiguous: isLostOnTheWay(request, response, kind),
    ...named,
  });
}
