import type { HuaweiAccountConfig } from "../../core/config/config.ts";
import { permissionsFor } from "../permission.ts";
import { asksForOthers } from "./asked.ts";
import { genericPermissions } from "./generic/permissions.ts";
import { HUAWEI_PERMISSIONS } from "./permissions.ts";

/**
 * The rights of an audit, in the form of a session's policy. Where all of an account is looked at, they are all that the
 * agency has, but for writing tags: TMS and Config presumably show an agency what it may see, so that one which is cut down
 * to our own calls would see less, without an error.
 * https://support.huaweicloud.com/intl/en-us/usermanual-iam5/iam_01_1241.html
 */
export function huaweiReadingPolicy(account: Pick<HuaweiAccountConfig, "types">): object {
  const allow = (actions: readonly string[]) => ({ Effect: "Allow", Action: actions });
  if (!asksForOthers(account)) {
    return { Version: "5.0", Statement: [allow(permissionsFor(HUAWEI_PERMISSIONS, ["read"]))] };
  }
  const writes = permissionsFor(genericPermissions, ["tag", "untag"]);
  const reads = new Set(permissionsFor(genericPermissions, ["read"]));
  return {
    Version: "5.0",
    Statement: [allow(["*"]), { Effect: "Deny", Action: writes.filter((action) => !reads.has(action)) }],
  };
}
