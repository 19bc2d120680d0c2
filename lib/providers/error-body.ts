import { asObject, type JsonObject } from "../core/json.ts";
import { headerText } from "./answer.ts";
import type { HttpResponse } from "./http.ts";
import { asText } from "./json.ts";

/** What the body of an answer says went wrong. */
export interface SaidError {
  readonly code: string;
  readonly message: string;
  /** Empty where the body has none. */
  readonly requestId: string;
  /** The answer's own; where that is one of success, the number that stands in the body. */
  readonly status: number;
}

const CODES = ["__type", "error_code", "errorCode", "Code", "code"];
const MESSAGES = ["error_msg", "errorMsg", "errorMessage", "Message", "message"];
const REQUEST_IDS = ["RequestId", "requestId", "request_id"];

/**
 * Reads an error in whatever shape it comes, for services, the gateways in front of them and the proxies between don't
 * agree on one: flat (`{Code, Message}`, `{error_code, error_msg}`, `{__type, message}`), one level down
 * (`{error: {code: 404, message}}`, `{Error: {Code, Message}}`), under the error's name as OpenStack has it
 * (`{badRequest: {code: 400, message}}`), or XML (`<ErrorResponse><Error><Code>…`). Undefined for a success, and for what
 * is no error in any of these: a page, an empty body, a text that breaks off. `ownCode` is where the cloud that was asked
 * has its code; where that is missing, any other counts.
 * @see https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-errorcode.html
 * @see https://docs.openstack.org/api-guide/compute/faults.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export function errorIn(
  { status, body: text }: HttpResponse,
  body: JsonObject | undefined,
  ownCode: string,
): SaidError | undefined {
  if (body === undefined) return errorInXml(text, status);
  const isSuccess = status >= 200 && status < 300;
  const how = { status, isSuccess, codes: [ownCode, ...CODES] };
  const nested = asObject(body["error"]) ?? asObject(body["Error"]);
  const found = read(nested, body, how) ?? read(body, body, how);
  if (found !== undefined || isSuccess) return found;
  const [only, ...others] = Object.entries(body);
  if (only === undefined || others.length > 0) return undefined;
  const [name, inner] = only;
  const wrapped = read(asObject(inner), body, how);
  // The number repeats the status, and the name says what happened.
  return wrapped === undefined ? undefined : { ...wrapped, code: isNumber(wrapped.code) ? name : wrapped.code };
}

const isNumber = (text: string) => /^\d+$/.test(text);

function read(
  from: JsonObject | undefined,
  whole: JsonObject,
  { status, isSuccess, codes }: { readonly status: number; readonly isSuccess: boolean; readonly codes: string[] },
): SaidError | undefined {
  if (from === undefined) return undefined;
  const code = firstText(from, codes) ?? numericCode(from, isSuccess);
  if (code === undefined) return undefined;
  const message = firstText(from, MESSAGES) ?? "no message";
  const requestId = firstText(from, REQUEST_IDS) ?? firstText(whole, REQUEST_IDS) ?? "";
  return { code, message, requestId, status: isSuccess && isNumber(code) ? Number(code) : status };
}

function firstText(from: JsonObject, names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = asText(from[name]);
    if (text !== undefined && text !== "") return text;
  }
  return undefined;
}

/** Beside a success, a number is one of failure only where it would be one as a status. */
function numericCode(from: JsonObject, isSuccess: boolean): string | undefined {
  const number = CODES.map((name) => from[name]).find((value) => typeof value === "number");
  return number === undefined || (isSuccess && number < 400) ? undefined : String(number);
}

function errorInXml(text: string, status: number): SaidError | undefined {
  if (!/<(?:Error|ErrorResponse|Errors)[\s>]/.test(text)) return undefined;
  const code = element(text, "Code");
  if (code === undefined) return undefined;
  const requestId = element(text, "RequestId") ?? element(text, "RequestID") ?? "";
  return { code, message: element(text, "Message") ?? "no message", requestId, status };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function element(text: string, name: string): string | undefined {
  const inner = new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1]?.trim();
  return inner?.replaceAll(/&(amp|lt|gt|quot|apos);/g, (entity, key: string) => ENTITIES[key] ?? entity);
}

/** The id of a request, from the first of these headers that has one. */
export function requestIdIn(response: HttpResponse, headers: readonly string[]): string | undefined {
  return headers.map((name) => headerText(response, name)).find((text) => text !== "");
}
