import type { ResourceType } from "../../lib/core/resource.ts";

/** One call of an audit as it travels to a cloud. */
export interface AuditCall {
  readonly kind: "read";
  readonly action: string;
  readonly type: ResourceType;
  readonly account: string;
  readonly region: string;
  /** Empty where a listing shows whatever there is. */
  readonly ids: readonly string[];
  readonly token: string | undefined;
}
