import { ProviderError } from "../lib/core/errors.ts";
import { kindOf as kindOfAlibaba, readAnswer as readAlibaba } from "../lib/providers/alibaba/errors.ts";
import { readAnswer as readAws } from "../lib/providers/aws/errors.ts";
import { readAnswer as readHuawei } from "../lib/providers/huawei/errors.ts";
import type { HttpRequest } from "../lib/providers/http.ts";
import type { CloudError } from "../local/emulator/cloud-error.ts";
import type { CloudFault, CloudFaultKind } from "./cloud-fault.ts";
import type { Dice } from "./dice.ts";
import { GENERIC } from "./generic-types.ts";

/** What is known of a call that is answered. */
interface AnsweredCall {
  readonly kind: "read" | "write";
  readonly type: string;
  readonly region: string;
  readonly ids: readonly string[];
}

/** An answer on the wire that is none of success. */
interface Wire {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Cloud = "alibaba" | "huawei" | "aws";

type Refusal = readonly [status: number, code: string, message: string];

const HTML = "<html><body><h1>Bad Gateway</h1></body></html>";

/** Status, code and message of what each cloud says in trouble. */
const TROUBLE: Readonly<Record<Cloud, Readonly<Partial<Record<CloudFaultKind, Refusal>>>>> = {
  alibaba: {
    throttle: [400, "Throttling.User", "Request was denied due to user flow control."],
    outage: [503, "ServiceUnavailable", "The request has failed due to a temporary failure of the server."],
    "error-in-200": [200, "InternalError", "The request processing has failed due to some unknown error."],
    access: [403, "Forbidden.RAM", "User not authorized to operate on the specified resource."],
    conflict: [409, "OperationConflict", "The operation conflicts with another."],
    unheard: [400, "Unheard.Of", "Something is the matter."],
    "refused-token": [400, "Invalid.NextToken", "The specified NextToken is invalid."],
  },
  huawei: {
    throttle: [429, "APIGW.0308", "The throttling threshold has been reached."],
    outage: [500, "APIGW.0601", "Internal server error."],
    "error-in-200": [200, "APIGW.0308", "The throttling threshold has been reached."],
    access: [403, "PAP5.0001", "access denied"],
    conflict: [409, "PAP5.0006", "concurrent modification"],
    unheard: [400, "PAP5.0999", "something is the matter"],
    "refused-token": [400, "PAP5.0010", "invalid marker"],
  },
  aws: {
    throttle: [400, "ThrottledException", "Rate exceeded"],
    outage: [500, "InternalServiceException", "The request processing failed."],
    "error-in-200": [200, "InternalFailure", "The request processing failed."],
    access: [400, "AccessDeniedException", "User is not authorized."],
    conflict: [409, "ConcurrentModificationException", "Tags are being modified."],
    unheard: [400, "UnheardOfException", "Something is the matter."],
    "refused-token": [400, "PaginationTokenExpiredException", "The PaginationToken has expired."],
  },
};

/** What each cloud says of what is young, or busy, or was changed a moment ago: none of it is final. */
const BUSY: Readonly<Record<Cloud, readonly [Refusal, ...Refusal[]]>> = {
  alibaba: [
    [409, "OperationConflict", "The operation conflicts with another."],
    [400, "IncorrectStatus.IpamScope", "The status of the scope does not allow this."],
    [400, "ResourceNotFound.IpamScope", "The scope that it lies in is not there yet."],
    [403, "LastTokenProcessing", "The last request is being processed."],
    [400, "TaskConflict", "A task is under way."],
  ],
  huawei: [
    [409, "PAP5.0006", "concurrent modification"],
    [409, "APIC.7303", "The status of the instance does not allow this."],
  ],
  aws: [
    [409, "ConcurrentModificationException", "Tags are being modified."],
    [400, "InvalidDBInstanceState", "The instance is not in an available state."],
    [400, "ResourceInUseException", "The resource is being created."],
    [400, "LimitExceededException", "Too many requests for this table."],
    [400, "InternalFailure", "The request processing failed."],
  ],
};

export function cloudOf(type: string): Cloud {
  return type.startsWith("alibaba:") ? "alibaba" : type.startsWith("aws:") ? "aws" : "huawei";
}

/** The error that the real client of this cloud makes of a fault's answer. */
export function errorOfFault(fault: CloudFault, request: AnsweredCall, dice: Dice, now: number): ProviderError {
  const cloud = cloudOf(request.type);
  if (fault.kind === "html") return read(request, { status: dice.pick([200, 502, 503]), body: HTML }, now);
  const [status, code, message] =
    fault.kind === "conflict"
      ? dice.pick(BUSY[cloud])
      : (TROUBLE[cloud][fault.kind] ?? [500, "InternalError", "unknown"]);
  const headers = fault.ms > 0 ? { "retry-after": String(fault.ms / 1_000) } : {};
  return read(request, { status, body: bodyOf(cloud, code, message), headers }, now);
}

/** The error that the real client of this cloud makes of a refusal. */
export function errorOfRefusal(
  error: Pick<CloudError, "httpStatus" | "code" | "message">,
  request: AnsweredCall,
  now: number,
): ProviderError {
  const body = bodyOf(cloudOf(request.type), error.code, error.message);
  return read(request, { status: error.httpStatus, body }, now);
}

/** What `FailedResources` of Alibaba Cloud's Tag service says of one resource; `Result` as it stands there. */
export function errorOfEntry(
  resourceId: string,
  { Code: code, Message: message }: { readonly Code: string; readonly Message: string },
): ProviderError {
  const kind = kindOfAlibaba({ code, status: 0, message });
  // The product behind gave no answer: it may have tagged the resource.
  const ambiguous = kind === "transient";
  return new ProviderError({ code, kind, message, httpStatus: 200, requestId: "sim", resourceId, ambiguous });
}

/** Codes that are final about a resource, as each cloud documents them, and codes that no table knows. */
const POISON: Readonly<Record<Cloud, Readonly<Record<"known" | "unheard" | "unreadable", string>>>> = {
  alibaba: { known: "NoPermission.SystemTag", unheard: "Unheard.Of", unreadable: "Unreadable.Id" },
  huawei: { known: "PAP5.0036", unheard: "PAP5.0999", unreadable: "PAP5.0998" },
  aws: { known: "InvalidParameterException", unheard: "UnheardOfException", unreadable: "UnreadableException" },
};

/** Said of a resource that can't be read, and of one whose type the Tag service doesn't take: for it a whole read is refused. */
export const refusesReads = (code: string): boolean =>
  isUnsupportedCode(code) || Object.values(POISON).some(({ unreadable }) => unreadable === code);

/** Said of a type that the Tag service doesn't take. */
export const isUnsupportedCode = (code: string): boolean => /^InvalidParameter\.(ServiceCode|ResourceType)$/.test(code);

/** A refusal of a poisoned resource. */
export function poisonOf(
  type: string,
  { poison, id }: { readonly poison: "named" | "unnamed" | "unheard" | "unreadable" | undefined; readonly id: string },
): Pick<CloudError, "httpStatus" | "code" | "message"> {
  const named = poison === "named" ? ` Resource: ${id}` : "";
  const code = POISON[cloudOf(type)][poison === "unheard" || poison === "unreadable" ? poison : "known"];
  return { httpStatus: 400, code, message: `The status of the resource does not allow this.${named}` };
}

/** No whole answer arrived. */
export function lostAnswer(code: "Timeout" | "ConnectionLost", request: AnsweredCall): ProviderError {
  const message = `${request.region} gave no whole answer`;
  const ambiguous = request.kind === "write";
  return new ProviderError({ code, kind: "transient", message, httpStatus: 0, requestId: "", ambiguous });
}

function bodyOf(cloud: Cloud, code: string, message: string): string {
  if (cloud === "alibaba") return JSON.stringify({ Code: code, Message: message, RequestId: "sim" });
  if (cloud === "aws") return JSON.stringify({ __type: code, Message: message });
  return JSON.stringify({ error_code: code, error_msg: message, request_id: "sim" });
}

const ORIGIN = new URL("https://cloud.example");

function read(request: AnsweredCall, { status, body, headers = {} }: Wire, now: number): ProviderError {
  const { region, kind, ids: resourceIds } = request;
  const sent: HttpRequest = {
    method: "POST",
    origin: ORIGIN,
    path: "/",
    headers: {},
    body: "",
    region,
    write: kind === "write",
  };
  const reader = { alibaba: readAlibaba, huawei: readHuawei, aws: readAws }[cloudOf(request.type)];
  try {
    const mixesTypes = request.type === GENERIC;
    reader(sent, { status, headers, body }, { resourceIds, secrets: () => [], now, mixesTypes });
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  }
  throw new Error(`${status} ${body} is no error`);
}
