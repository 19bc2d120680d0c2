import type { TagProvider } from "../app/ports/provider.ts";
import type { AccountConfig } from "../core/config/config.ts";
import type { TypeContract } from "../core/contract.ts";
import { apiGatewayContract, vpcIpamContract } from "./alibaba/contract.ts";
import { alibabaProvider } from "./alibaba/provider.ts";
import { resourceGroupsTaggingContract } from "./aws/contract.ts";
import { awsProvider } from "./aws/provider.ts";
import type { ClientDeps } from "./client-deps.ts";
import { apigContract, iamContract } from "./huawei/contract.ts";
import { huaweiProvider } from "./huawei/provider.ts";

/** What can be tagged, and within which limits, on all clouds. */
export const allContracts: readonly TypeContract[] = [
  apiGatewayContract,
  vpcIpamContract,
  iamContract,
  apigContract,
  resourceGroupsTaggingContract,
];

/** The provider of a configured account. It fetches credentials and connects only when it is first called. */
export function createProvider(account: AccountConfig, deps: ClientDeps): TagProvider {
  switch (account.provider) {
    case "alibaba":
      return alibabaProvider(account, deps);
    case "huawei":
      return huaweiProvider(account, deps);
    case "aws":
      return awsProvider(account, deps);
  }
}
