import { reading, writing, type PermissionTable } from "../permission.ts";

/**
 * Actions of identity policies (IAM v5): https://support.huaweicloud.com/intl/en-us/api-iam5/iam_02_1117.html
 * Documented on their APIs' pages: `iam::tagForResourceV5`, `iam::listTagsForResourceV5`, `apig:instances:get`,
 * `apig:instanceTags:create` and `:delete`. The rest follows from these and the names of the APIs, and wants to be
 * tried: `iam::untagForResourceV5`, `iam:users:listUsersV5`, `iam:agencies:listV5`, `apig:instances:list`,
 * `apig:instanceTags:list`.
 */
export const HUAWEI_PERMISSIONS: PermissionTable = {
  "huawei:iam:TagResourceV5": writing("iam::tagForResourceV5"),
  "huawei:iam:UntagResourceV5": writing("iam::untagForResourceV5"),
  "huawei:iam:ListResourceTagsV5": reading("iam::listTagsForResourceV5"),
  "huawei:iam:ListUsersV5": reading("iam:users:listUsersV5"),
  "huawei:iam:ListAgenciesV5": reading("iam:agencies:listV5"),
  "huawei:apig:BatchCreateOrDeleteInstanceTags": writing(
    "apig:instances:get",
    "apig:instanceTags:create",
    "apig:instanceTags:delete",
  ),
  "huawei:apig:ListInstanceTags": reading("apig:instances:get", "apig:instanceTags:list"),
  "huawei:apig:ListInstancesV2": reading("apig:instances:list"),
};
