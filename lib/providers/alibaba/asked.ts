import { optsIn } from "../../core/asked-types.ts";
import type { AlibabaAccountConfig } from "../../core/config/config.ts";
import { apiGatewayContract, vpcIpamContract } from "./contract.ts";

const OTHERS = { types: ["alibaba:*:*"], optIn: true } as const;

/** Whether an account's `types` name anything beside API Gateway and VPC IPAM: what `generic` serves. */
export function asksForOthers(account: Pick<AlibabaAccountConfig, "types">): boolean {
  return optsIn(account, OTHERS, [apiGatewayContract, vpcIpamContract, OTHERS]);
}
