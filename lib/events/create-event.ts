import type { ProviderName, ResourceType } from "../core/resource.ts";

/** Where a row of the table comes from: the best evidence that was found for it. */
export type Basis =
  | "verified-real"
  | "verified-sample"
  | "public-table"
  | "sdk-response-field"
  | "docs-table"
  | "inferred";

/** One API call that creates resources of one type, and where its record holds their ids. */
export interface CreateEvent {
  readonly provider: ProviderName;
  /** CloudTrail `eventSource`, `acs.` + ActionTrail service, or CTS `service_type`. */
  readonly source: string;
  readonly eventName: string;
  /** Huawei Cloud only: what traces call the type, `resource_type`, in any case; absent = whatever they call it. */
  readonly kind?: string;
  readonly type: ResourceType;
  /**
   * Dotted path from the cloud's record to the ids. `[]` marks a list; a single object or text in its place counts
   * as a list of one, since XML-shaped records write it so.
   */
  readonly idPath: string;
  /** Where the id stands when `idPath` leads nowhere. */
  readonly fallbackIdPath?: string;
  /**
   * AWS only: how an id becomes an ARN. `{id}` alone = the path leads to the ARN. `{name}` is a field of the request,
   * `{name=default}` one that may be missing, `{name|lower}` one that the service stores in lower case.
   */
  readonly arn?: string;
  /** The ARN of an id that `fallbackIdPath` found. */
  readonly fallbackArn?: string;
  /** AWS only: an ARN may name a version behind the resource, `…:function:NAME:VERSION`, and versions carry no tags. */
  readonly versioned?: true;
  /**
   * Path to what the call could not do although it answered as a success. Where something stands there and no id was
   * found, nothing was created.
   */
  readonly failuresPath?: string;
  /** Path to the version that the call made, which decides before `updatePath`: 1 was created, any other updated. */
  readonly versionPath?: string;
  /** Path to the request's tags, where they have a name of their own. */
  readonly tagsPath?: string;
  /** What the ids may start with although the ARN leaves it out. */
  readonly idPrefix?: string;
  readonly basis: Basis;
  /** Read only with `experimentalEvents: true`. */
  readonly experimental: boolean;
  /** Why what it creates is never tagged: the event is then not a creation. */
  readonly notTaggable?: string;
  /** Why a successful call may name no id: the event is then not a creation. Without it that is an error. */
  readonly mayLackId?: string;
  /** Path to what tells an update from a creation: a flag, or the id of what is updated. */
  readonly updatePath?: string;
  /** Path to a flag of the request: `true` = the call only tried whether it would succeed. */
  readonly dryRunPath?: string;
  /** An id whose object says this of itself was there before. */
  readonly unless?: { readonly field: string; readonly is: string };
  /** Alibaba Cloud only: what ActionTrail calls the type, `ACS::ECS::Instance`; absent = the last word of `type` tells it. */
  readonly referenced?: string;
  /** An account has it only where its `types` name it. */
  readonly optIn?: true;
  /** What is created belongs to no region, wherever the call was made. */
  readonly global?: true;
  /** Path to the region of the resource, where it may differ from the region of the call. */
  readonly regionPath?: string;
  /** Resources that the same call creates on the side. None of them need be there. */
  readonly also?: readonly CreatedAlongside[];
}

export interface CreatedAlongside {
  readonly type: ResourceType;
  readonly idPaths: readonly string[];
  /** AWS only: how an id becomes an ARN. */
  readonly arn?: string;
  /** Path to the ids that the request names: they were there before. */
  readonly usedPath?: string;
}
