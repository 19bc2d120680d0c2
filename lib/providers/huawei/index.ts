import type { HuaweiAccountConfig } from "../../core/config/config.ts";
import type { Cloud, Rights } from "../cloud.ts";
import { asksForOthers } from "./asked.ts";
import { apigContract, iamContract } from "./contract.ts";
import { genericContract } from "./generic/contract.ts";
import { genericPermissions } from "./generic/permissions.ts";
import { TAGGABLE_TYPES } from "./generic/taggable-types.ts";
import { OTHER_NAMES } from "./generic/types.ts";
import { HUAWEI_PERMISSIONS } from "./permissions.ts";
import { ANYWHERE } from "../permission.ts";
import { huaweiProvider } from "./provider.ts";
import { wholeHuaweiProvider } from "./whole.ts";

const rights: Rights = {
  permissions: HUAWEI_PERMISSIONS,
  // What names no resource is allowed for all of them, in every project.
  placesOf: () => ANYWHERE,
  // https://support.huaweicloud.com/intl/en-us/usermanual-iam5/iam5_03_0007.html
  permissionDocument: (Action) => ({ Version: "5.0", Statement: [{ Effect: "Allow", Action }] }),
};

export const huawei: Cloud<HuaweiAccountConfig> = {
  ...rights,
  contracts: [iamContract, apigContract, genericContract],
  create: (account, deps) => (asksForOthers(account) ? wholeHuaweiProvider : huaweiProvider)(account, deps),
  typesToAskFor: TAGGABLE_TYPES,
  otherNames: OTHER_NAMES,
  rightsOf: (types) => (asksForOthers({ types }) ? { ...rights, permissions: genericPermissions } : undefined),
};
