import { randomUUID } from "node:crypto";
import { CloudError } from "../cloud-error.ts";
import type { Cloud } from "../cloud.ts";
import type { Admission, Refusal } from "../gate.ts";
import type { HttpReply, HttpRequest, HttpService } from "../http-server.ts";
import { apiGateway } from "./apigateway.ts";
import { authenticate } from "./authenticate.ts";
import type { AlibabaAction, AlibabaCall, AlibabaService } from "./call.ts";
import { readParameters, type Parameters } from "./parameters.ts";
import { resourceCenter } from "./resource-center/service.ts";
import { resourceDirectory } from "./resource-directory.ts";
import { sts } from "./sts.ts";
import { tagService } from "./tag-service/service.ts";
import { vpcIpam } from "./vpcipam.ts";
import { toXml } from "./xml.ts";

const SERVICES: readonly AlibabaService[] = [apiGateway, vpcIpam, tagService, resourceCenter, resourceDirectory, sts];
const MAX_BODY_BYTES = 1024 * 1024;

/** How one answer is written. */
interface Format {
  readonly xml: boolean;
  readonly action: string;
  readonly requestId: string;
}

function write(status: number, root: string, body: object, format: Format): HttpReply {
  return {
    status,
    headers: {
      "content-type": format.xml ? "text/xml;charset=utf-8" : "application/json;charset=utf-8",
      "x-acs-request-id": format.requestId,
    },
    body: format.xml ? toXml(root, body) : JSON.stringify(body),
  };
}

function writeError(error: CloudError, host: string, format: Format): HttpReply {
  const body = {
    RequestId: format.requestId,
    HostId: host,
    Code: error.code,
    Message: error.message,
    Recommend: "https://api.alibabacloud.com/troubleshoot",
  };
  return write(error.httpStatus, "Error", body, format);
}

/** The error that a fault or an empty bucket stands for. */
function refused(refusal: Refusal): CloudError {
  const [status, code, message] =
    refusal.kind === "throttle"
      ? [400, "Throttling.User", "Request was denied due to user flow control."]
      : [503, "ServiceUnavailable", "The request has failed due to a temporary failure of the server."];
  const text = refusal.code === undefined ? message : `The request was refused with ${refusal.code}.`;
  const named = refusal.named === undefined ? "" : ` ResourceId: ${refusal.named}`;
  return new CloudError(refusal.httpStatus ?? statusOf(refusal, status), refusal.code ?? code, text + named);
}

/** An injected code without a status is a client's fault unless it is one that the server owns. */
function statusOf(refusal: Refusal, usual: number): number {
  if (refusal.code === undefined || refusal.kind === "throttle") return usual;
  if (refusal.code === "ServiceUnavailable") return 503;
  return refusal.code === "InternalError" ? 500 : 400;
}

interface FoundAction {
  readonly service: AlibabaService;
  readonly name: string;
  readonly action: AlibabaAction;
}

function findAction(request: HttpRequest, parameters: Parameters): FoundAction {
  const name = parameters.get("Action") ?? String(request.headers["x-acs-action"] ?? "");
  const version = parameters.get("Version") ?? String(request.headers["x-acs-version"] ?? "");
  if (name === "") throw new CloudError(400, "MissingAction", "Action is mandatory for this action.");
  if (version === "") throw new CloudError(400, "MissingVersion", "Version is mandatory for this action.");
  const service = SERVICES.find((candidate) => candidate.version === version);
  if (service === undefined) throw new CloudError(404, "InvalidVersion", "Specified parameter Version is not valid.");
  const action = Object.hasOwn(service.actions, name) ? service.actions[name] : undefined;
  if (action === undefined || request.path !== "/") {
    const message = "Specified api is not found, please check your url and method.";
    throw new CloudError(404, "InvalidAction.NotFound", message);
  }
  return { service, name: `${service.name}:${name}`, action };
}

/** Alibaba Cloud in one region, its services told apart by their version. */
export function createAlibabaService(cloud: Cloud, region: string): HttpService {
  function call(request: HttpRequest, parameters: Parameters, format: Format): HttpReply {
    if (request.method !== "GET" && request.method !== "POST") {
      throw new CloudError(400, "UnsupportedHTTPMethod", "This http method is not supported.");
    }
    const { service, name, action } = findAction(request, parameters);
    cloud.count(name);
    const unsigned = action.accountOf?.(parameters);
    const { account, policy } =
      unsigned === undefined ? authenticate(request, parameters, cloud) : { account: unsigned };
    const types = action.types(parameters);
    const resourceIds = action.resourceIds(parameters);
    const where = service.global === true ? "global" : region;
    const admission = cloud.gate.admit({ action: name, types, account, region: where, resourceIds });
    const admitted = { parameters, account, ...(policy !== undefined && { policy }), admission };
    return { ...run(action, admitted, request, format), ...delivery(admission) };
  }

  function run(
    action: AlibabaAction,
    admitted: Omit<AlibabaCall, "cloud" | "region">,
    request: HttpRequest,
    format: Format,
  ): HttpReply {
    const { admission } = admitted;
    try {
      const { refusal } = admission;
      const isByResource = action.failsByResource === true && refusal?.kind === "error" && refusal.byResource;
      if (refusal !== undefined && !isByResource) throw refused(refusal);
      const body = action.run({ cloud, region, ...admitted });
      return write(200, `${format.action}Response`, { RequestId: format.requestId, ...body }, format);
    } catch (error) {
      if (error instanceof CloudError) return writeError(error, request.headers.host ?? "", format);
      throw error;
    }
  }

  return {
    maxBodyBytes: MAX_BODY_BYTES,
    handle(request) {
      const parameters = readParameters(request);
      const action = parameters.get("Action") ?? String(request.headers["x-acs-action"] ?? "");
      const xml = (parameters.get("Format") ?? "").toUpperCase() === "XML";
      const format: Format = { xml, action, requestId: randomUUID().toUpperCase() };
      try {
        return call(request, parameters, format);
      } catch (error) {
        if (error instanceof CloudError) return writeError(error, request.headers.host ?? "", format);
        throw error;
      }
    },
    refuse(status) {
      const error =
        status === 413
          ? new CloudError(413, "RequestEntityTooLarge", "The request body is larger than 1 MB.")
          : new CloudError(500, "InternalError", "The request processing has failed due to some unknown error.");
      return writeError(error, "", { xml: false, action: "", requestId: randomUUID().toUpperCase() });
    },
  };
}

function delivery(admission: Admission): Pick<HttpReply, "delayMs" | "cut"> {
  return { delayMs: admission.delayMs, cut: admission.cut };
}
