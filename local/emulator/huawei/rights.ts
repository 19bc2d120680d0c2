import type { CloudError } from "../cloud-error.ts";
import { allows, type SessionPolicy } from "../session-policy.ts";
import { huaweiError } from "./errors.ts";

/**
 * What a call needs, as its own page has it; calls that need nothing, or of which no page says it, are left out.
 * https://support.huaweicloud.com/intl/en-us/api-iam5/TagResourceV5.html and the pages beside it
 * https://support.huaweicloud.com/intl/en-us/api-apig/BatchCreateOrDeleteInstanceTags.html
 * https://support.huaweicloud.com/intl/en-us/api-tms/CreateResourceTag.html
 * https://support.huaweicloud.com/intl/en-us/api-rms/ListAllResources.html
 * https://support.huaweicloud.com/intl/en-us/api-organizations/ListAccounts.html
 */
const NEEDED: Readonly<Record<string, string>> = {
  "huawei:iam:TagResourceV5": "iam::tagForResourceV5",
  "huawei:iam:UntagResourceV5": "iam::untagForResourceV5",
  "huawei:iam:ListResourceTagsV5": "iam::listTagsForResourceV5",
  "huawei:iam:ListUsersV5": "iam:users:listUsersV5",
  "huawei:iam:ListAgenciesV5": "iam:agencies:listV5",
  "huawei:apig:BatchCreateOrDeleteInstanceTags": "apig:instance:batchCreateOrDeleteTag",
  "huawei:apig:ListInstanceTags": "apig:instance:listSingleInstanceTag",
  "huawei:apig:ListInstancesV2": "apig:instance:list",
  "huawei:tms:CreateResourceTag": "tms:resourceTags:create",
  "huawei:tms:DeleteResourceTag": "tms:resourceTags:delete",
  "huawei:tms:ShowResourceTag": "tms:resourceTags:list",
  "huawei:tms:ListResource": "tms:resources:list",
  "huawei:rms:ListAllResources": "rms:resources:list",
  "huawei:rms:CountAllResources": "rms:resources:list",
  "huawei:rms:CollectAllResourcesSummary": "rms:resources:list",
  "huawei:rms:ShowTrackerConfig": "rms:trackerConfig:get",
  "huawei:organizations:ListAccounts": "organizations:accounts:list",
  "huawei:organizations:ListOrganizationalUnits": "organizations:ous:list",
  "huawei:sts:AssumeAgency": "sts:agencies:assume",
};

/** By service: what it says to whoever lacks a right. */
const DENIED: Readonly<Record<string, string>> = {
  apig: "APIC.7106",
  tms: "TMS.2030",
  rms: "RMS.00010006",
};

/** Why a key with this policy may not make a call; undefined where it may. */
export function deniedBy(policy: SessionPolicy | undefined, action: string): CloudError | undefined {
  const needed = NEEDED[action];
  if (policy === undefined || needed === undefined || allows(policy, needed)) return undefined;
  return huaweiError(DENIED[action.split(":", 2)[1] ?? ""] ?? "PAP5.0001", needed);
}
