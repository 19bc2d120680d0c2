import type { ResourceType } from "../../../core/resource.ts";

/**
 * Config's names for types that are served by their own APIs here, with ours: whoever writes one of them in a policy or
 * a configuration means the other.
 * https://support.huaweicloud.com/intl/en-us/usermanual-rms/rms_02_0200.html
 */
export const OTHER_NAMES: ReadonlyMap<string, ResourceType> = new Map([
  ["huawei:apig:instances", "huawei:apig:instance"],
  ["huawei:iam:users", "huawei:iam:user"],
  ["huawei:iam:agencies", "huawei:iam:agency"],
]);

/** The one name here of a type that Config calls `provider.type`, in any case. */
export function canonicalType(provider: string, kind: string): ResourceType {
  const type = `huawei:${provider}:${kind}`.toLowerCase();
  return OTHER_NAMES.get(type) ?? type;
}

/** Whether a type is called so here; a pattern is its own name. */
export function isOwnName(type: ResourceType): boolean {
  const [, provider = "", kind = "", ...more] = type.split(":");
  return more.length === 0 && kind !== "" && canonicalType(provider, kind) === type;
}
