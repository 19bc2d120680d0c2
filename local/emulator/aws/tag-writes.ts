import { emulatedLimits } from "../limits.ts";
import type { StoredResource } from "../shelf.ts";
import { countWith } from "../tag-pairs.ts";
import { textFault } from "../text-rules.ts";
import { findResource, invalid, textList, textMap, type AwsCall } from "./call.ts";
import { hasOtherHome } from "./global-home.ts";

const limits = emulatedLimits["aws:*:*"];
const MAX_ARN_LENGTH = 1011;

/** Why one resource of a call was refused; the others are not affected. */
interface Failure {
  readonly StatusCode: number;
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

function failure(StatusCode: number, ErrorCode: string, ErrorMessage: string): Failure {
  return { StatusCode, ErrorCode, ErrorMessage };
}

function readArns(call: AwsCall): readonly string[] {
  const arns = textList(call.input, "ResourceARNList") ?? [];
  if (arns.length === 0 || arns.length > limits.resourcesPerCall) {
    throw invalid(`ResourceARNList must have from 1 to ${limits.resourcesPerCall} members.`);
  }
  for (const arn of arns) {
    const parts = arn.split(":");
    if (arn.length > MAX_ARN_LENGTH || parts.length < 6 || parts[0] !== "arn" || parts.slice(5).join(":") === "") {
      throw invalid(`Invalid ARN: ${arn.slice(0, 100)}`);
    }
  }
  return [...new Set(arns)];
}

/** `InvalidInstanceID.NotFound` for `instance/i-1`, `InvalidVpcID.NotFound` for `vpc/vpc-1`. */
function ec2NotFoundCode(arn: string): string {
  const kind = (arn.split(":")[5] ?? "").split("/")[0] ?? "";
  const name = kind
    .split("-")
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");
  return `Invalid${name}ID.NotFound`;
}

/** The owning service's own code: the API hands it through. */
function notFound(arn: string): Failure {
  const service = arn.split(":")[2];
  const message = `The resource ${arn} does not exist.`;
  if (service === "ec2") return failure(400, ec2NotFoundCode(arn), message);
  if (service === "s3") return failure(404, "NoSuchBucket", message);
  if (service === "iam") return failure(404, "NoSuchEntity", message);
  return failure(404, "ResourceNotFoundException", message);
}

/**
 * Roles that only AWS changes: those of its services and of IAM Identity Center.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
 */
function isProtected(arn: string): boolean {
  return /^arn:[^:]+:iam::[^:]*:role\/(aws-service-role|aws-reserved)\//.test(arn);
}

function unmodifiable(arn: string): Failure {
  const name = arn.slice(arn.lastIndexOf("/") + 1);
  const message = `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`;
  return failure(400, "UnmodifiableEntity", message);
}

function overQuota(arn: string): Failure {
  const code = arn.split(":")[2] === "ec2" ? "TagLimitExceeded" : "TooManyTagsException";
  return failure(400, code, `More than ${limits.tagsPerResource} tags on ${arn}.`);
}

function elsewhere(call: AwsCall, arn: string): boolean {
  const region = arn.split(":")[3] ?? "";
  return (region !== "" && region !== call.region) || hasOtherHome(arn, call.region);
}

/** Applies `change` to each resource by itself; what fails is told in FailedResourcesMap, with status 200 for all. */
function eachResource(
  call: AwsCall,
  arns: readonly string[],
  change: (resource: StoredResource) => Failure | undefined,
): object {
  const { refusal } = call.admission;
  const failures: [string, Failure][] = [];
  for (const arn of arns) {
    let failed: Failure | undefined;
    if (refusal?.concerns(arn) === true) {
      const code = refusal.code ?? "InternalServiceException";
      const status = refusal.httpStatus ?? (code === "InternalServiceException" ? 500 : 400);
      failed = failure(status, code, `The request was refused with ${code}.`);
    } else if (elsewhere(call, arn)) {
      failed = failure(400, "InvalidParameterException", `${arn} does not belong to ${call.region}.`);
    } else {
      const resource = findResource(call, arn);
      if (resource === undefined) failed = notFound(arn);
      else failed = isProtected(arn) ? unmodifiable(arn) : change(resource);
    }
    if (failed !== undefined) failures.push([arn, failed]);
  }
  return { FailedResourcesMap: Object.fromEntries(failures) };
}

export function tagResources(call: AwsCall): object {
  const arns = readArns(call);
  const tags = textMap(call.input, "Tags") ?? new Map<string, string>();
  if (tags.size === 0 || tags.size > limits.tagsPerCall) {
    throw invalid(`Tags must have from 1 to ${limits.tagsPerCall} entries.`);
  }
  for (const [key, value] of tags) {
    if (textFault(key, limits.key) !== undefined) throw invalid(`Invalid tag key: ${key.slice(0, 140)}`);
    if (textFault(value, limits.value) !== undefined) throw invalid(`Invalid tag value of ${key}`);
  }
  return eachResource(call, arns, (resource) => {
    if (countWith(resource.tags, tags, limits.key) > limits.tagsPerResource) return overQuota(resource.id);
    call.cloud.world.write(resource, { set: tags });
    return undefined;
  });
}

export function untagResources(call: AwsCall): object {
  const arns = readArns(call);
  const keys = textList(call.input, "TagKeys") ?? [];
  if (keys.length === 0 || keys.length > limits.keysPerUntagCall) {
    throw invalid(`TagKeys must have from 1 to ${limits.keysPerUntagCall} members.`);
  }
  const bad = keys.find((key) => textFault(key, limits.key) !== undefined);
  if (bad !== undefined) throw invalid(`Invalid tag key: ${bad.slice(0, 140)}`);
  const removed = new Set(keys);
  return eachResource(call, arns, (resource) => {
    call.cloud.world.write(resource, { unset: removed });
    return undefined;
  });
}
