import type { TypeContract } from "../core/contract.ts";
import { apiGatewayContract, vpcIpamContract } from "./alibaba/contract.ts";
import { resourceGroupsTaggingContract } from "./aws/contract.ts";
import { apigContract, iamContract } from "./huawei/contract.ts";

/** What can be tagged, and within which limits, on all clouds. */
export const allContracts: readonly TypeContract[] = [
  apiGatewayContract,
  vpcIpamContract,
  iamContract,
  apigContract,
  resourceGroupsTaggingContract,
];
