import { CloudError } from "../../cloud-error.ts";
import { sightOf } from "../../narrow-sight.ts";
import type { AlibabaCall } from "../call.ts";
import { allows } from "../../session-policy.ts";
import { readsService } from "../session-policy.ts";

/** Throws CloudError where the account has not enabled Resource Center, or the caller may not call the action. */
export function checkOpen({ cloud, account, policy }: AlibabaCall, action: string): void {
  if (policy !== undefined && !allows(policy, `resourcecenter:${action}`)) {
    throw new CloudError(400, "NoPermission", "You are not authorized to perform this operation.");
  }
  if (cloud.resourceCenter?.offIn?.includes(account) === true) {
    throw new CloudError(400, "ServiceNotEnabled", "ResourceCenter Service is not enabled.");
  }
}

/** Which types the caller may see: what its role may read something of, without a word about the others. */
export function seenBy({ cloud, account, policy }: AlibabaCall): (type: string) => boolean {
  const mayRead = policy && ((type: string) => readsService(policy, type.split(":")[1] ?? ""));
  return sightOf(cloud.resourceCenter?.sees?.[account], mayRead);
}
