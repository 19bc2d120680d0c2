import type { AlibabaAccountConfig } from "../../core/config/config.ts";
import type { Cloud } from "../cloud.ts";
import { asksForOthers } from "./asked.ts";
import { apiGatewayContract, vpcIpamContract } from "./contract.ts";
import { genericContract } from "./generic/contract.ts";
import { genericRights } from "./generic/permissions.ts";
import { TAGGABLE_TYPES } from "./generic/taggable-types.ts";
import { HAVE_OWN_ROWS, OTHER_NAMES } from "./generic/types.ts";
import { ALIBABA_PERMISSIONS, alibabaPlacesOf, alibabaPolicy } from "./permissions.ts";
import { alibabaProvider } from "./provider.ts";
import { wholeAlibabaProvider } from "./whole.ts";

export const alibaba: Cloud<AlibabaAccountConfig> = {
  contracts: [apiGatewayContract, vpcIpamContract, genericContract],
  create: (account, deps) => (asksForOthers(account) ? wholeAlibabaProvider : alibabaProvider)(account, deps),
  permissions: ALIBABA_PERMISSIONS,
  placesOf: alibabaPlacesOf,
  permissionDocument: alibabaPolicy,
  typesToAskFor: new Set([...TAGGABLE_TYPES].filter((type) => !HAVE_OWN_ROWS.has(type))),
  otherNames: OTHER_NAMES,
  rightsOf: (types) => (asksForOthers({ types }) ? genericRights(types) : undefined),
};
