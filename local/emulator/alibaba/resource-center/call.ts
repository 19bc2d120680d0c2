import { CloudError } from "../../cloud-error.ts";
import { matchesGlob } from "../../glob.ts";
import type { AlibabaCall } from "../call.ts";
import { allows, readsService } from "../session-policy.ts";

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
  const globs = cloud.resourceCenter?.sees?.[account];
  if (globs === undefined && policy === undefined) return () => true;
  const known = new Map<string, boolean>();
  return (type) => {
    let isSeen = known.get(type);
    if (isSeen === undefined) {
      const mayRead = policy === undefined || readsService(policy, type.split(":")[1] ?? "");
      isSeen = mayRead && (globs === undefined || globs.some((glob) => matchesGlob(glob, type)));
      known.set(type, isSeen);
    }
    return isSeen;
  };
}
