import { optsIn } from "../../core/asked-types.ts";
import type { HuaweiAccountConfig } from "../../core/config/config.ts";
import { apigContract, iamContract } from "./contract.ts";

const OTHERS = { types: ["huawei:*:*"], optIn: true } as const;

/** Whether an account's `types` name anything beside users, agencies and gateways: what `generic` serves. */
export function asksForOthers(account: Pick<HuaweiAccountConfig, "types">): boolean {
  return optsIn(account, OTHERS, [iamContract, apigContract, OTHERS]);
}
