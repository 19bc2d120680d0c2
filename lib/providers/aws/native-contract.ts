import { parseArn } from "../../core/aws-arn.ts";
import type { ApiContract, InventoryContract, ListContract } from "../../core/contract.ts";

/**
 * What IAM and EC2 Auto Scaling allow a second isn't documented: both say that they throttle by buckets of tokens, and
 * neither says how large they are. https://aws.amazon.com/blogs/security/how-to-monitor-and-query-iam-resources-at-scale-part-2/
 * These are guesses on the safe side, of which we take half.
 */
const IAM_CALLS_PER_SECOND = 10;
const AUTO_SCALING_CALLS_PER_SECOND = 10;

/**
 * Roles and users with their tags, and with their policies: who may call it sees those too.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 */
const AUTHORIZATION_DETAILS: ApiContract = { action: "aws:iam:GetAccountAuthorizationDetails", callsPerSecond: 4 };

/**
 * The tags of one role or user.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoleTags.html
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserTags.html
 */
const tagsOfOne = (operation: "ListRoleTags" | "ListUserTags"): ListContract => ({
  action: `aws:iam:${operation}`,
  callsPerSecond: IAM_CALLS_PER_SECOND,
  idsPerCall: 1,
  rowsPerPage: 1000,
  rows: "tag",
  tagFilters: 0,
  scan: false,
  silentTypes: {},
  fullListing: AUTHORIZATION_DETAILS,
});

export const NATIVE_LISTS = {
  "aws:iam:role": tagsOfOne("ListRoleTags"),
  "aws:iam:user": tagsOfOne("ListUserTags"),
  /**
   * Up to 1,000 names to a filter are documented; a hundred of them fill several pages already.
   * @see https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeTags.html
   */
  "aws:autoscaling:autoScalingGroup": {
    action: "aws:autoscaling:DescribeTags",
    callsPerSecond: AUTO_SCALING_CALLS_PER_SECOND,
    idsPerCall: 100,
    rowsPerPage: 100,
    rows: "tag",
    tagFilters: 0,
    scan: false,
    silentTypes: {},
  },
} as const satisfies Readonly<Record<string, ListContract>>;

export type NativeType = keyof typeof NATIVE_LISTS;

/**
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html
 * @see https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html
 */
export const NATIVE_INVENTORIES = {
  "aws:iam:role": {
    action: "aws:iam:ListRoles",
    callsPerSecond: IAM_CALLS_PER_SECOND,
    pageSize: 1000,
    inlineTags: false,
  },
  "aws:iam:user": {
    action: "aws:iam:ListUsers",
    callsPerSecond: IAM_CALLS_PER_SECOND,
    pageSize: 1000,
    inlineTags: false,
  },
  "aws:autoscaling:autoScalingGroup": {
    action: "aws:autoscaling:DescribeAutoScalingGroups",
    callsPerSecond: AUTO_SCALING_CALLS_PER_SECOND,
    pageSize: 100,
    inlineTags: true,
  },
} as const satisfies Readonly<Record<NativeType, InventoryContract>>;

/**
 * Roles that only AWS may change, by their path, which the ARN holds: those of its services, and those that IAM Identity
 * Center makes. "This role is only modifiable by AWS", `UnmodifiableEntity`, is what others are told:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
 */
export function protectedRole(id: string): { readonly code: string; readonly message: string } | undefined {
  // Nearly all ids are others', and this one is asked of each.
  if (!id.includes(":role/aws-")) return undefined;
  const arn = parseArn(id);
  if (arn?.service !== "iam") return undefined;
  if (arn.resource.startsWith("role/aws-service-role/")) {
    return { code: "ServiceLinkedRole", message: "a service-linked role, which only its service may change" };
  }
  if (arn.resource.startsWith("role/aws-reserved/")) {
    return { code: "ReservedRole", message: "a role of IAM Identity Center, which only AWS may change" };
  }
  return undefined;
}
