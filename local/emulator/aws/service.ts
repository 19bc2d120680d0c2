import { randomUUID } from "node:crypto";
import { parseArn, typeOfArn } from "../../../lib/core/aws-arn.ts";
import { CloudError } from "../cloud-error.ts";
import type { Cloud } from "../cloud.ts";
import type { Admission, Refusal } from "../gate.ts";
import type { HttpReply, HttpRequest, HttpService } from "../http-server.ts";
import { authenticate } from "./authenticate.ts";
import { ALL_TYPES, type AwsCall } from "./call.ts";
import { getResources } from "./get-resources.ts";
import { tagResources, untagResources } from "./tag-writes.ts";

const MAX_BODY_BYTES = 1024 * 1024;
const TARGET_PREFIX = "ResourceGroupsTaggingAPI_20170126.";

/** By name: what it does, and whether a fault on one resource concerns only that one. */
const OPERATIONS: Readonly<Record<string, readonly [run: (call: AwsCall) => object, perResource: boolean]>> = {
  TagResources: [tagResources, true],
  UntagResources: [untagResources, true],
  GetResources: [getResources, false],
};

function write(status: number, body: object, requestId: string): HttpReply {
  return {
    status,
    headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": requestId },
    body: JSON.stringify(body),
  };
}

function writeError(error: CloudError, requestId: string): HttpReply {
  return write(error.httpStatus, { __type: error.code, Message: error.message }, requestId);
}

function refused(refusal: Refusal): CloudError {
  const usual = refusal.kind === "throttle" ? "ThrottledException" : "InternalServiceException";
  const code = refusal.code ?? usual;
  const message = refusal.kind === "throttle" ? "Rate exceeded" : `The request was refused with ${code}.`;
  const named = refusal.named === undefined ? "" : ` Resource: ${refusal.named}`;
  return new CloudError(refusal.httpStatus ?? (code === "InternalServiceException" ? 500 : 400), code, message + named);
}

function unknownOperation(): CloudError {
  return new CloudError(400, "UnknownOperationException", "The requested operation is not recognized by the service.");
}

function findOperation(request: HttpRequest): string {
  const target = String(request.headers["x-amz-target"] ?? "");
  const name = target.startsWith(TARGET_PREFIX) ? target.slice(TARGET_PREFIX.length) : "";
  const json = (request.headers["content-type"] ?? "").toLowerCase().startsWith("application/x-amz-json-1.1");
  if (request.method !== "POST" || request.path !== "/" || !json || !Object.hasOwn(OPERATIONS, name)) {
    throw unknownOperation();
  }
  return name;
}

function readInput(request: HttpRequest): Readonly<Record<string, unknown>> {
  let input: unknown;
  try {
    input = request.body.length === 0 ? {} : JSON.parse(request.body.toString("utf8"));
  } catch {
    throw new CloudError(400, "SerializationException", "The request body is not JSON.");
  }
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new CloudError(400, "SerializationException", "The request body is not a JSON object.");
  }
  return { ...input };
}

/** For matching faults: whatever ids the request names, before it is validated. */
function namedArns(input: Readonly<Record<string, unknown>>): string[] {
  const arns = input["ResourceARNList"];
  return Array.isArray(arns) ? arns.filter((arn) => typeof arn === "string") : [];
}

function typesOf(arns: readonly string[]): readonly string[] {
  const types = arns.filter((arn) => parseArn(arn) !== undefined).map((arn) => typeOfArn(arn));
  return types.length === 0 ? [ALL_TYPES] : [...new Set(types)];
}

function run(name: string, call: AwsCall, requestId: string): HttpReply {
  const [operation, perResource] = OPERATIONS[name] ?? [];
  const { refusal } = call.admission;
  try {
    if (operation === undefined) throw unknownOperation();
    const wholeCall =
      refusal !== undefined && !(perResource === true && refusal.kind === "error" && refusal.byResource);
    if (wholeCall) throw refused(refusal);
    return write(200, operation(call), requestId);
  } catch (error) {
    if (error instanceof CloudError) return writeError(error, requestId);
    throw error;
  }
}

/** The Resource Groups Tagging API in one region. */
export function createAwsService(cloud: Cloud, region: string): HttpService {
  function answer(request: HttpRequest, requestId: string): HttpReply {
    const name = findOperation(request);
    const action = `aws:tagging:${name}`;
    cloud.count(action);
    const account = authenticate(request, region, cloud);
    const input = readInput(request);
    const resourceIds = namedArns(input);
    const types = typesOf(resourceIds);
    const admission: Admission = cloud.gate.admit({ action, types, account, region, resourceIds });
    const reply = run(name, { cloud, input, account, region, admission }, requestId);
    return { ...reply, delayMs: admission.delayMs, cut: admission.cut };
  }

  return {
    maxBodyBytes: MAX_BODY_BYTES,
    handle(request) {
      const requestId = randomUUID();
      try {
        return answer(request, requestId);
      } catch (error) {
        if (error instanceof CloudError) return writeError(error, requestId);
        throw error;
      }
    },
    refuse(status) {
      const error =
        status === 413
          ? new CloudError(413, "RequestEntityTooLargeException", "The request body is larger than 1 MB.")
          : new CloudError(500, "InternalServiceException", "The request processing failed.");
      return writeError(error, randomUUID());
    },
  };
}
