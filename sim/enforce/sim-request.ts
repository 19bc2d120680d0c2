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

/** What a cloud answers when it takes a call. */
export interface SimAnswer {
  readonly rows: readonly { readonly id: string; readonly type: ResourceType; readonly tags: Tags }[];
  readonly rowCount: number;
  readonly nextToken: string | undefined;
  /** AWS: by ARN, the failure as FailedResourcesMap has it. */
  readonly failures: Readonly<Record<string, object>>;
}
