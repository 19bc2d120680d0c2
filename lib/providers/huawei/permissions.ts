import type { PermissionTable } from "../permission.ts";

/**
 * Actions of identity policies (IAM v5), by the names that their own pages have, not by those of older policies, which are
 * aliases of them.
 * https://support.huaweicloud.com/intl/en-us/api-iam5/iam_02_1117.html
 * https://support.huaweicloud.com/intl/en-us/usermanual-permissions/iam_11_0068.html
 *
 * One action of gateways is both to add tags and to take them off, and depends on another:
 * https://support.huaweicloud.com/intl/en-us/api-apig/BatchCreateOrDeleteInstanceTags.html
 */
const GATEWAY_TAGS = ["apig:instance:batchCreateOrDeleteTag", "apig:instance:get"] as const;

export const HUAWEI_PERMISSIONS: PermissionTable = {
  "huawei:iam:TagResourceV5": { tag: ["iam::tagForResourceV5"] },
  "huawei:iam:UntagResourceV5": { untag: ["iam::untagForResourceV5"] },
  "huawei:iam:ListResourceTagsV5": { read: ["iam::listTagsForResourceV5"] },
  "huawei:iam:ListUsersV5": { read: ["iam:users:listUsersV5"] },
  "huawei:iam:ListAgenciesV5": { read: ["iam:agencies:listV5"] },
  "huawei:apig:BatchCreateOrDeleteInstanceTags": { tag: GATEWAY_TAGS, untag: GATEWAY_TAGS },
  "huawei:apig:ListInstanceTags": { read: ["apig:instance:get", "apig:instance:listSingleInstanceTag"] },
  "huawei:apig:ListInstancesV2": { read: ["apig:instance:list"] },
};
