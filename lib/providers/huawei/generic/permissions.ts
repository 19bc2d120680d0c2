import type { PermissionTable } from "../../permission.ts";
import { HUAWEI_PERMISSIONS } from "../permissions.ts";

/**
 * Actions of TMS and Config, as their pages have them. Listing what can be tagged needs none.
 * https://support.huaweicloud.com/intl/en-us/api-tms/tms_api_0022.html
 * https://support.huaweicloud.com/intl/en-us/api-rms/rms_05_0501.html
 */
const OWN: PermissionTable = {
  "huawei:tms:CreateResourceTag": { tag: ["tms:resourceTags:create"] },
  "huawei:tms:DeleteResourceTag": { untag: ["tms:resourceTags:delete"] },
  "huawei:tms:ShowResourceTag": { read: ["tms:resourceTags:list"] },
  "huawei:tms:ListResource": { read: ["tms:resources:list"] },
  "huawei:tms:ListProviders": { read: [] },
  "huawei:rms:ListAllResources": { read: ["rms:resources:list"] },
  "huawei:rms:CollectAllResourcesSummary": { read: ["rms:resources:list"] },
  "huawei:rms:ShowTrackerConfig": { read: ["rms:trackerConfig:get"] },
};

/** What an account needs that asks for more than users, agencies and gateways. */
export const genericPermissions: PermissionTable = { ...HUAWEI_PERMISSIONS, ...OWN };
