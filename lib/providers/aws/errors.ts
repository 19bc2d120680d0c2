import { ProviderError } from "../../core/errors.ts";
import {
  cleanMessage,
  errorTable,
  isLostBehindGateway,
  namedResource,
  providerError,
  retryAfterMs,
  unexpectedResponse,
} from "../answer.ts";
import type { HttpRequest, HttpResponse } from "../http.ts";
import { AWS_ERRORS } from "./error-rules.ts";
import { asCount, asText, parseObject, type JsonObject } from "../json.ts";

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
    kind: kindOf({ code, status: response.status, message: said }),
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
  const said = asText(failure["ErrorMessage"]) ?? "no message";
  const kind = kindOf({ code, status: httpStatus, message: said });
  const message = `${code}: ${cleanMessage(said, [])}`;
  return new ProviderError({ code, kind, message, httpStatus, requestId, resourceId: arn });
}
