import { randomUUID } from "node:crypto";
import { CloudError } from "../cloud-error.ts";
import type { Cloud } from "../cloud.ts";
import type { HttpReply, HttpRequest, HttpService } from "../http-server.ts";
import { routeApig } from "./apig.ts";
import { authenticate } from "./authenticate.ts";
import type { HuaweiCall, HuaweiOperation, HuaweiRouter } from "./call.ts";
import { huaweiError, refused } from "./errors.ts";
import { routeConfig } from "./config/service.ts";
import { routeIam } from "./iam.ts";
import { routeProjects } from "./iam-projects.ts";
import { deniedBy } from "./rights.ts";
import { routeOrganizations, routeUnits } from "./organizations.ts";
import { routeSts } from "./sts.ts";
import { routeTms } from "./tms/service.ts";

const MAX_BODY_BYTES = 1024 * 1024;

function write(status: number, body: object | undefined, requestId: string): HttpReply {
  return {
    status,
    headers: {
      "x-request-id": requestId,
      ...(body === undefined ? {} : { "content-type": "application/json;charset=UTF-8" }),
    },
    body: body === undefined ? "" : JSON.stringify(body),
  };
}

/** The errors whose pages have a request id in the body: IAM's and the gateway's. APIG's have a code and a message. */
const NAMES_REQUEST = /^(PAP5|APIGW)\./;

/**
 * TMS' pages have the first shape for what is wrong with a request, and older ones the second; here it depends on the
 * status, so that clients meet both.
 */
function shaped(error: CloudError, body: object): object {
  return error.code.startsWith("TMS.") && [400, 401].includes(error.httpStatus) ? { error: body } : body;
}

function writeError(error: CloudError, requestId: string): HttpReply {
  const body = {
    error_code: error.code,
    ...(error.message === "" ? {} : { error_msg: error.message }),
    ...(NAMES_REQUEST.test(error.code) && { request_id: requestId }),
    // What the STS API would decode into the reason of the denial.
    ...(error.code.startsWith("PAP5.") && error.httpStatus === 403
      ? { encoded_authorization_message: `emulated-${requestId}` }
      : {}),
  };
  return write(error.httpStatus, shaped(error, body), requestId);
}

const ROUTERS: readonly HuaweiRouter[] = [
  routeIam,
  routeApig,
  routeTms,
  routeConfig,
  routeOrganizations,
  routeUnits,
  routeSts,
  routeProjects,
];

/** The decoded segments of a path without its slashes at both ends. */
function segmentsOf(path: string): string[] {
  return path
    .replace(/^\//, "")
    .replace(/\/$/, "")
    .split("/")
    .map((segment) => {
      try {
        return decodeURIComponent(segment);
      } catch {
        throw huaweiError("APIGW.0101"); // No API has such a path.
      }
    });
}

function findOperation(request: HttpRequest): HuaweiOperation {
  const segments = segmentsOf(request.path);
  for (const route of ROUTERS) {
    const operation = route(request.method, segments);
    if (operation !== undefined) return operation;
  }
  throw huaweiError("APIGW.0101");
}

function run(operation: HuaweiOperation, call: HuaweiCall, requestId: string): HttpReply {
  const { refusal } = call.admission;
  try {
    const isByResource = operation.failsByResource === true && refusal?.kind === "error" && refusal.byResource;
    if (refusal !== undefined && !isByResource) {
      throw refused(refusal, operation.usualError, operation.throttleError);
    }
    const answer = operation.run(call);
    return write(answer.status, answer.body, requestId);
  } catch (error) {
    if (error instanceof CloudError) return writeError(error, requestId);
    throw error;
  }
}

/** Huawei Cloud in one region: APIG there, and the services that are global. */
export function createHuaweiService(cloud: Cloud, endpointRegion: string): HttpService {
  cloud.keyring.serveRegion(endpointRegion);

  function answer(request: HttpRequest, requestId: string): HttpReply {
    const operation = findOperation(request);
    const { action } = operation;
    cloud.count(action);
    const { account, policy } = authenticate(request, cloud, operation.tokenErrors);
    const denied = deniedBy(policy, action);
    if (denied !== undefined) throw denied;
    const region = operation.global ? "global" : endpointRegion;
    const admission = cloud.gate.admit({ action, ...operation.facts(request, cloud), account, region });
    const query = new URLSearchParams(request.query);
    const reply = run(operation, { cloud, request, query, account, region, admission }, requestId);
    return { ...reply, delayMs: admission.delayMs, cut: admission.cut };
  }

  return {
    maxBodyBytes: MAX_BODY_BYTES,
    handle(request) {
      const requestId = randomUUID().replaceAll("-", "");
      try {
        return answer(request, requestId);
      } catch (error) {
        if (error instanceof CloudError) return writeError(error, requestId);
        throw error;
      }
    },
    refuse: (status) => {
      const error = status === 413 ? huaweiError("APIGW.0201") : huaweiError("APIGW.0601");
      return writeError(error, randomUUID().replaceAll("-", ""));
    },
  };
}
