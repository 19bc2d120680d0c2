import { NATIVE_INVENTORIES, NATIVE_LISTS, protectedRole } from "./native-contract.ts";
import { GLOBAL_SERVICES, parseArn, regionOfArn, typeOfArn } from "../../core/aws-arn.ts";
import type { NamedResource, TypeContract } from "../../core/contract.ts";

/** Which services this API tags; at the top what it says of IAM, and at Auto Scaling, is what `GetResources` doesn't show of them. */
const SUPPORTED_SERVICES =
  "https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/supported-services.html";

/**
 * The Resource Groups Tagging API serves every AWS type at once: ARNs of several types share a call, and each ARN
 * succeeds or fails by itself. It lists what carries or ever carried a tag, so it has no inventory, and nothing
 * of the types that are read through their own service.
 * @see https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_TagResources.html
 * @see https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
 * @see https://docs.aws.amazon.com/general/latest/gr/arg.html
 */
export const resourceGroupsTaggingContract: TypeContract = {
  types: ["aws:*:*"],
  batching: "together",
  tag: {
    action: "aws:tagging:TagResources",
    callsPerSecond: 5,
    resourcesPerCall: 20,
    tagsPerCall: 50,
    atomicity: "per-resource",
  },
  untag: {
    action: "aws:tagging:UntagResources",
    callsPerSecond: 5,
    resourcesPerCall: 20,
    tagsPerCall: 50,
    atomicity: "per-resource",
  },
  list: {
    action: "aws:tagging:GetResources",
    callsPerSecond: 15,
    idsPerCall: 100,
    rowsPerPage: 100,
    rows: "resource",
    tagFilters: 50,
    scan: true,
    silentTypes: {
      "aws:iam:role": SUPPORTED_SERVICES,
      "aws:iam:user": SUPPORTED_SERVICES,
      "aws:autoscaling:autoScalingGroup": SUPPORTED_SERVICES,
    },
  },
  nativeLists: NATIVE_LISTS,
  inventory: NATIVE_INVENTORIES,
  // What the API says of a ResourceARN. Which texts are ARNs is seen where they come in.
  id: {
    minLength: 1,
    maxLength: 1_011,
    pattern: "[\\t\\n\\r\\u0020-\\uD7FF\\uE000-\\uFFFD\\u{10000}-\\u{10FFFF}]+",
    allowed: "no control characters",
    forbiddenPrefixes: [],
    forbiddenParts: [],
  },
  tagsPerResource: 50,
  key: { minLength: 1, maxLength: 128, forbiddenPrefixes: ["aws:"], forbiddenParts: [] },
  value: { minLength: 0, maxLength: 256, forbiddenPrefixes: [], forbiddenParts: [] },
  global: false,
  globalServices: GLOBAL_SERVICES,
  naming: { nameOf: ({ id }) => id, read: namedByArn },
  typeOfId: (id) => (parseArn(id) === undefined ? undefined : typeOfArn(id)),
  untaggable: protectedRole,
};

/** Buckets are of a region although their ARNs name none. */
function namedByArn(name: string): NamedResource | undefined {
  const arn = parseArn(name);
  if (arn === undefined) return undefined;
  const region = regionOfArn(arn, "");
  return { type: typeOfArn(arn), id: name, ...(region !== "" && { region }) };
}
