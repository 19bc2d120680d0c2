import { randomUUID } from "node:crypto";
import { CloudError } from "../cloud-error.ts";
import type { Cloud } from "../cloud.ts";
import type { HttpReply, HttpRequest, HttpService } from "../http-server.ts";
import { routeApig } from "./apig.ts";
import { authenticate } from "./authenticate.ts";
import type { HuaweiCall, HuaweiOperation } from "./call.ts";
import { huaweiError, refused } from "./errors.ts";
import { routeIam } from "./iam.ts";

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
  return write(error.httpStatus, body, requestId);
}

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
  const operation = routeIam(request.method, segments) ?? routeApig(request.method, segments);
  if (operation === undefined) throw huaweiError("APIGW.0101");
  return operation;
}

function run(operation: HuaweiOperation, call: HuaweiCall, requestId: string): HttpReply {
  const { refusal } = call.admission;
  try {
    if (refusal !== undefined) throw refused(refusal, operation.usualError);
    const answer = operation.run(call);
    return write(answer.status, answer.body, requestId);
  } catch (error) {
    if (error instanceof CloudError) return writeError(error, requestId);
    throw error;
  }
}

/** Huawei Cloud in one region: APIG there, and the global IAM. */
export function createHuaweiService(cloud: Cloud, endpointRegion: string): HttpService {
  function answer(request: HttpRequest, requestId: string): HttpReply {
    const operation = findOperation(request);
    const { action, type, resourceId } = operation;
    cloud.count(action);
    const account = authenticate(request, cloud, operation.tokenErrors);
    const region = operation.global ? "global" : endpointRegion;
    const resourceIds = resourceId === undefined ? [] : [resourceId];
    const admission = cloud.gate.admit({ action, types: [type], account, region, resourceIds });
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
