import { CloudError } from "../cloud-error.ts";
import type { Cloud } from "../cloud.ts";
import type { Refusal } from "../gate.ts";
import type { HttpReply, HttpRequest } from "../http-server.ts";
import { authenticate } from "./authenticate.ts";
import { scalingOperation } from "./auto-scaling.ts";
import { escapeXml, namedArns, type QueryCall, type QueryOperation } from "./query-call.ts";
import { iamOperation } from "./iam.ts";

interface QueryService {
  readonly service: string;
  readonly namespace: string;
  readonly find: (name: string, form: URLSearchParams) => QueryOperation | undefined;
  /** Where signatures are for: IAM has one region a partition. */
  readonly isServed: (region: string) => boolean;
}

const IAM_REGIONS: ReadonlySet<string> = new Set(["us-east-1", "cn-north-1", "us-gov-west-1"]);

/** By the version that a form names. */
const SERVICES: ReadonlyMap<string, QueryService> = new Map<string, QueryService>([
  [
    "2010-05-08",
    {
      service: "iam",
      namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
      find: iamOperation,
      isServed: (region) => IAM_REGIONS.has(region),
    },
  ],
  [
    "2011-01-01",
    {
      service: "autoscaling",
      namespace: "http://autoscaling.amazonaws.com/doc/2011-01-01/",
      find: scalingOperation,
      isServed: () => true,
    },
  ],
]);

/** Whether a request is a form, as the Query protocol has it. */
export function isQuery(request: HttpRequest): boolean {
  const contentType = (request.headers["content-type"] ?? "").toLowerCase();
  return request.method === "POST" && contentType.startsWith("application/x-www-form-urlencoded");
}

function reply(status: number, body: string, requestId: string): HttpReply {
  return { status, headers: { "content-type": "text/xml", "x-amzn-requestid": requestId }, body };
}

function errorReply({ code, message, httpStatus }: CloudError, namespace: string, requestId: string): HttpReply {
  const type = httpStatus >= 500 ? "Receiver" : "Sender";
  const error = `<Error><Type>${type}</Type><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message></Error>`;
  const body = `<ErrorResponse xmlns="${namespace}">${error}<RequestId>${requestId}</RequestId></ErrorResponse>`;
  return reply(httpStatus, body, requestId);
}

function refused({ kind, code, httpStatus }: Refusal): CloudError {
  if (kind === "throttle") return new CloudError(httpStatus ?? 400, code ?? "Throttling", "Rate exceeded");
  const told = code ?? "ServiceFailure";
  const status = httpStatus ?? (told === "ServiceFailure" ? 500 : 400);
  return new CloudError(status, told, `The request was refused with ${told}.`);
}

/** What these services call it that JSON services call otherwise. */
const OWN_CODES: ReadonlyMap<string, string> = new Map([
  ["UnrecognizedClientException", "InvalidClientTokenId"],
  ["InvalidSignatureException", "SignatureDoesNotMatch"],
  ["MissingAuthenticationTokenException", "MissingAuthenticationToken"],
  ["IncompleteSignatureException", "IncompleteSignature"],
]);

function account(request: HttpRequest, where: { region: string; service: string }, cloud: Cloud): string {
  try {
    return authenticate(request, where, cloud);
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    const code = OWN_CODES.get(error.code) ?? error.code;
    throw new CloudError(403, code, error.message);
  }
}

/**
 * Answers a form with XML: IAM, in the one region of a partition that serves it, and EC2 Auto Scaling.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export function answerQuery(
  request: HttpRequest,
  { cloud, region, requestId }: { readonly cloud: Cloud; readonly region: string; readonly requestId: string },
): HttpReply {
  const form = new URLSearchParams(request.body.toString("utf8"));
  const name = form.get("Action") ?? "";
  const found = SERVICES.get(form.get("Version") ?? "");
  const namespace = found?.namespace ?? "http://webservices.amazon.com/AWSFault/2005-15-09";
  try {
    const operation = found?.isServed(region) === true ? found.find(name, form) : undefined;
    if (found === undefined || operation === undefined) {
      throw new CloudError(400, "InvalidAction", `Could not find operation ${name.slice(0, 80)}`);
    }
    const { service } = found;
    const action = `aws:${service}:${name}`;
    cloud.count(action);
    const owner = account(request, { region, service }, cloud);
    const resourceIds = namedArns(operation, form, owner, { cloud, region });
    const types = [operation.type];
    const admission = cloud.gate.admit({ action, types, account: owner, region, resourceIds });
    const late = { delayMs: admission.delayMs, cut: admission.cut };
    try {
      if (admission.refusal !== undefined) throw refused(admission.refusal);
      const call: QueryCall = { cloud, form, account: owner, region, admission };
      const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
      const result = `<${name}Result>${operation.run(call)}</${name}Result>`;
      const body = `<${name}Response xmlns="${namespace}">${result}${metadata}</${name}Response>`;
      return { ...reply(200, body, requestId), ...late };
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      return { ...errorReply(error, namespace, requestId), ...late };
    }
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return errorReply(error, namespace, requestId);
  }
}
