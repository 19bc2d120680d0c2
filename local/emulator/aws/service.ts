import { randomUUID } from "node:crypto";
import { parseArn, typeOfArn } from "../../../lib/core/aws-arn.ts";
import { CloudError } from "../cloud-error.ts";
import type { Cloud } from "../cloud.ts";
import type { Admission, Refusal } from "../gate.ts";
import type { HttpReply, HttpRequest, HttpService } from "../http-server.ts";
import { authenticate } from "./authenticate.ts";
import { ALL_TYPES, type AwsCall } from "./call.ts";
import { selectResourceConfig } from "./config-service.ts";
import { answerQuery, isQuery } from "./query-service.ts";
import { getResources } from "./get-resources.ts";
import { listResources } from "./resource-explorer.ts";
import { tagResources, untagResources } from "./tag-writes.ts";

const MAX_BODY_BYTES = 1024 * 1024;

interface Operation {
  /** Of the service that signatures are for. */
  readonly service: string;
  readonly name: string;
  readonly run: (call: AwsCall) => object;
  /** Whether a fault on one resource concerns only that one. */
  readonly perResource: boolean;
}

const tagging = (name: string, run: Operation["run"], perResource: boolean): Operation => {
  return { service: "tagging", name, run, perResource };
};

/** By `X-Amz-Target`: JSON 1.1, all at the path `/`. */
const BY_TARGET: ReadonlyMap<string, Operation> = new Map([
  ["ResourceGroupsTaggingAPI_20170126.TagResources", tagging("TagResources", tagResources, true)],
  ["ResourceGroupsTaggingAPI_20170126.UntagResources", tagging("UntagResources", untagResources, true)],
  ["ResourceGroupsTaggingAPI_20170126.GetResources", tagging("GetResources", getResources, false)],
  [
    "StarlingDoveService.SelectResourceConfig",
    { service: "config", name: "SelectResourceConfig", run: selectResourceConfig, perResource: false },
  ],
]);

/** By path: REST with JSON bodies. */
const BY_PATH: ReadonlyMap<string, Operation> = new Map([
  ["/ListResources", { service: "resource-explorer-2", name: "ListResources", run: listResources, perResource: false }],
]);

function writeJson(status: number, body: object, requestId: string): HttpReply {
  return {
    status,
    headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": requestId },
    body: JSON.stringify(body),
  };
}

function writeError(error: CloudError, requestId: string): HttpReply {
  return writeJson(error.httpStatus, { __type: error.code, Message: error.message }, requestId);
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

function findOperation(request: HttpRequest): Operation {
  const contentType = (request.headers["content-type"] ?? "").toLowerCase();
  const json11 = request.path === "/" && contentType.startsWith("application/x-amz-json-1.1");
  const found = json11
    ? BY_TARGET.get(String(request.headers["x-amz-target"] ?? ""))
    : contentType.startsWith("application/json")
      ? BY_PATH.get(request.path)
      : undefined;
  if (request.method !== "POST" || found === undefined) throw unknownOperation();
  return found;
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

function answerTo({ run, perResource }: Operation, call: AwsCall, requestId: string): HttpReply {
  const { refusal } = call.admission;
  try {
    const wholeCall = refusal !== undefined && !(perResource && refusal.kind === "error" && refusal.byResource);
    if (wholeCall) throw refused(refusal);
    return writeJson(200, run(call), requestId);
  } catch (error) {
    if (error instanceof CloudError) return writeError(error, requestId);
    throw error;
  }
}

/**
 * The Resource Groups Tagging API, the two inventories, AWS Config and Resource Explorer, and what shows the tags of roles,
 * users and Auto Scaling groups, in one region.
 */
export function createAwsService(cloud: Cloud, region: string): HttpService {
  function answer(request: HttpRequest, requestId: string): HttpReply {
    if (isQuery(request)) return answerQuery(request, { cloud, region, requestId });
    const operation = findOperation(request);
    const { service, name } = operation;
    const action = `aws:${service}:${name}`;
    cloud.count(action);
    const account = authenticate(request, { region, service }, cloud);
    const input = readInput(request);
    const resourceIds = namedArns(input);
    const types = typesOf(resourceIds);
    const admission: Admission = cloud.gate.admit({ action, types, account, region, resourceIds });
    const reply = answerTo(operation, { cloud, input, account, region, admission }, requestId);
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
