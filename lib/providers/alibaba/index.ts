import type { AlibabaAccountConfig } from "../../core/config/config.ts";
import type { Cloud } from "../cloud.ts";
import { apiGatewayContract, vpcIpamContract } from "./contract.ts";
import { ALIBABA_PERMISSIONS, alibabaPlacesOf, alibabaPolicy } from "./permissions.ts";
import { alibabaProvider } from "./provider.ts";

export const alibaba: Cloud<AlibabaAccountConfig> = {
  contracts: [apiGatewayContract, vpcIpamContract],
  create: alibabaProvider,
  permissions: ALIBABA_PERMISSIONS,
  placesOf: alibabaPlacesOf,
  permissionDocument: alibabaPolicy,
};
