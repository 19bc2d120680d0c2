import type { HuaweiAccountConfig } from "../../core/config/config.ts";
import type { Cloud } from "../cloud.ts";
import { apigContract, iamContract } from "./contract.ts";
import { HUAWEI_PERMISSIONS } from "./permissions.ts";
import { ANYWHERE } from "../permission.ts";
import { huaweiProvider } from "./provider.ts";

export const huawei: Cloud<HuaweiAccountConfig> = {
  contracts: [iamContract, apigContract],
  create: huaweiProvider,
  permissions: HUAWEI_PERMISSIONS,
  // What names no resource is allowed for all of them, in every project.
  placesOf: () => ANYWHERE,
  // https://support.huaweicloud.com/intl/en-us/usermanual-iam5/iam5_03_0007.html
  permissionDocument: (Action) => ({ Version: "5.0", Statement: [{ Effect: "Allow", Action }] }),
};
