import type { PermissionTable } from "../permission.ts";

/**
 * Actions of identity policies (IAM v5): https://support.huaweicloud.com/intl/en-us/api-iam5/iam_02_1117.html
 * Those of tags and of users are documented on their APIs' pages; those of gateways as aliases, which identity policies
 * take too. `iam:agencies:listV5` and `apig:instances:list` follow from the names of the APIs, and want to be tried.
 */
/**
 * One API adds tags and takes them off, and whoever calls it must be allowed both:
 * https://support.huaweicloud.com/api-apig/BatchCreateOrDeleteInstanceTags.html
 */
const GATEWAY_TAGS = ["apig:instances:get", "apig:instanceTags:create", "apig:instanceTags:delete"] as const;

export const HUAWEI_PERMISSIONS: PermissionTable = {
  "huawei:iam:TagResourceV5": { tag: ["iam::tagForResourceV5"] },
  "huawei:iam:UntagResourceV5": { untag: ["iam::untagForResourceV5"] },
  "huawei:iam:ListResourceTagsV5": { read: ["iam::listTagsForResourceV5"] },
  "huawei:iam:ListUsersV5": { read: ["iam:users:listUsersV5"] },
  "huawei:iam:ListAgenciesV5": { read: ["iam:agencies:listV5"] },
  "huawei:apig:BatchCreateOrDeleteInstanceTags": { tag: GATEWAY_TAGS, untag: GATEWAY_TAGS },
  "huawei:apig:ListInstanceTags": { read: ["apig:instances:get", "apig:instanceTags:list"] },
  "huawei:apig:ListInstancesV2": { read: ["apig:instances:list"] },
};
