import { InputError } from "./errors.ts";
import type { ResourceType } from "./resource.ts";

/**
 * The parts of `arn:partition:service:region:account:resource`. Region and account are empty where the service
 * leaves them out; the resource part may itself hold `:` and `/`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** Services whose resources belong to no region: listed and tagged once per account. */
export const GLOBAL_SERVICES: ReadonlySet<string> = new Set([
  "account",
  "billing",
  "budgets",
  "ce",
  "cloudfront",
  "globalaccelerator",
  "iam",
  "networkmanager",
  "organizations",
  "route53",
  "route53domains",
  "savingsplans",
  "shield",
  "sts",
  "waf",
]);

/** What one resource is called where the ARN holds a bare name. */
const KIND_OF_BARE_NAME: ReadonlyMap<string, string> = new Map([
  ["codecommit", "repository"],
  ["codepipeline", "pipeline"],
  ["sns", "topic"],
  ["sqs", "queue"],
]);

/** Reads the parts of an ARN; undefined where the text is none. */
export function parseArn(arn: string): Arn | undefined {
  if (!arn.startsWith("arn:aws")) return undefined;
  const partitionEnd = arn.indexOf(":", 4);
  const serviceEnd = arn.indexOf(":", partitionEnd + 1);
  const regionEnd = arn.indexOf(":", serviceEnd + 1);
  const accountEnd = arn.indexOf(":", regionEnd + 1);
  if (partitionEnd < 0 || serviceEnd < 0 || regionEnd < 0 || accountEnd < 0) return undefined;
  const partition = arn.slice(4, partitionEnd);
  const service = arn.slice(partitionEnd + 1, serviceEnd);
  const resource = arn.slice(accountEnd + 1);
  if (partition !== "aws" && !partition.startsWith("aws-")) return undefined;
  if (service === "" || resource === "") return undefined;
  return {
    partition,
    service,
    region: arn.slice(serviceEnd + 1, regionEnd),
    account: arn.slice(regionEnd + 1, accountEnd),
    resource,
  };
}

/**
 * The resource type of an ARN: `aws:` + its service + its kind, the first word of its resource part. Events and
 * listings both go through here, so a resource has one type wherever it was seen.
 * @throws InputError where the text is no ARN.
 */
export function typeOfArn(arn: string | Arn): ResourceType {
  const parts = partsOf(arn);
  return `aws:${parts.service}:${kindOf(parts)}`;
}

/**
 * The region that an ARN belongs to: `global` for a global service, otherwise its own, otherwise `fallback`, the
 * region of the event or listing that named it (buckets are regional although their ARNs name no region).
 * @throws InputError where the text is no ARN.
 */
export function regionOfArn(arn: string | Arn, fallback: string): string {
  const { region, service } = partsOf(arn);
  if (region !== "") return region;
  return GLOBAL_SERVICES.has(service) ? "global" : fallback;
}

/** The partitions that are told by the first word of their regions' names. */
const PARTITION_OF_FIRST_WORD: ReadonlyMap<string, string> = new Map([
  ["cn", "aws-cn"],
  ["eusc", "aws-eusc"],
]);

/**
 * The partition of a region, `aws` where nothing says otherwise. Isolated partitions are named as their regions are:
 * `us-isob-east-1` is one of `aws-iso-b`, `eu-isoe-west-1` one of `aws-iso-e`.
 * https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html,
 * https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json
 */
export function partitionOfRegion(region: string): string {
  const [first = "", second = ""] = region.split("-", 2);
  if (second === "gov") return "aws-us-gov";
  const isolated = /^iso([a-z]?)$/.exec(second)?.[1];
  if (isolated !== undefined) return isolated === "" ? "aws-iso" : `aws-iso-${isolated}`;
  return PARTITION_OF_FIRST_WORD.get(first) ?? "aws";
}

function partsOf(arn: string | Arn): Arn {
  if (typeof arn !== "string") return arn;
  const parts = parseArn(arn);
  if (parts === undefined) {
    throw new InputError(
      `"${arn.slice(0, 100)}" is not an ARN; expected arn:aws:service:region:account:resource (partitions aws, aws-cn, aws-us-gov, …)`,
    );
  }
  return parts;
}

function kindOf({ service, account, resource }: Arn): string {
  if (service === "apigateway") return collectionOf(resource);
  // Access points and jobs carry the account and a kind; buckets and objects carry neither.
  if (service === "s3" && account === "") return resource.includes("/") ? "object" : "bucket";
  const word = firstWord(service === "wafv2" ? withoutScope(resource) : resource);
  if (word === undefined) return KIND_OF_BARE_NAME.get(service) ?? "resource";
  // TOPIC:SUBSCRIPTION-ID: the first word is the topic's name.
  return service === "sns" && resource[word.length] === ":" ? "subscription" : word;
}

/** `regional/webacl/NAME/ID`: the first word says where the resource counts, the second what it is. */
function withoutScope(resource: string): string {
  const rest = resource.slice(resource.indexOf("/") + 1);
  return firstWord(rest) === undefined ? resource : rest;
}

/** `/restapis/ID` is one of `restapis`, `/restapis/ID/stages/NAME` one of `stages`. */
function collectionOf(path: string): string {
  const words = path.split("/").filter((word) => word !== "");
  const index = words.length - (words.length % 2 === 0 ? 2 : 1);
  return words[index] ?? "resource";
}

/** What stands before the first `/` or `:`; undefined for a bare name. */
function firstWord(resource: string): string | undefined {
  const slash = resource.indexOf("/");
  const colon = resource.indexOf(":");
  const end = slash < 0 ? colon : colon < 0 ? slash : Math.min(slash, colon);
  return end > 0 ? resource.slice(0, end) : undefined;
}
