import type { ApiContract, TypeContract } from "../../lib/core/contract.ts";
import type { ProviderError } from "../../lib/core/errors.ts";
import type { ResourceType, Tags } from "../../lib/core/resource.ts";
import type { AlibabaBody } from "../../local/emulator/alibaba/call.ts";
import type { Parameters } from "../../lib/providers/canonical-query.ts";

/** As the real client builds a call of the Tag service. */
export interface Wire {
  readonly action: string;
  readonly parameters: Parameters;
}

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
  /** As the real client has built it; absent where the simulation stands in its place. */
  readonly wire?: Wire;
}

/** What a cloud answers when it takes a call. */
export interface SimAnswer {
  readonly rows: readonly { readonly id: string; readonly type: ResourceType; readonly tags: Tags }[];
  readonly rowCount: number;
  readonly nextToken: string | undefined;
  /** Where a cloud tells resource by resource: by the name in the call, what was said of it. */
  readonly failures: Readonly<Record<string, ProviderError>>;
  /** What the real client is to read, where it does. */
  readonly body?: AlibabaBody;
}
