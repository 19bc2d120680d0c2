import type { ApiContract, TypeContract } from "../../lib/core/contract.ts";
import type { ResourceType, Tags } from "../../lib/core/resource.ts";

/** One call as it travels to a cloud. */
export interface SimRequest {
  readonly kind: "read" | "write";
  readonly contract: TypeContract;
  readonly api: ApiContract;
  readonly action: string;
  readonly type: ResourceType;
  readonly account: string;
  readonly region: string;
  readonly ids: readonly string[];
  readonly tags: Tags;
  readonly token: string | undefined;
}
