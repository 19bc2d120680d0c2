import type { ProviderError } from "../../core/errors.ts";
import type { Recorded } from "../../core/recorded.ts";
import type { ProviderName, ResourceType, Tags } from "../../core/resource.ts";
import type { TypeContract } from "../../core/contract.ts";
import type { TagBatch, UntagBatch } from "../../core/tag-batch.ts";

/** How long one call may take, and who may cut it short. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** What a write did, resource by resource: every id, or name, of the batch is in exactly one of the two. */
export interface TagCallResult {
  readonly requestId: string;
  readonly succeeded: readonly string[];
  readonly failed: ReadonlyMap<string, ProviderError>;
  /** Which of those that succeeded the cloud has accepted and not done yet; absent = none. */
  readonly pending?: ReadonlySet<string>;
  /** In how many milliseconds these are likely to be done, where the configuration says so. */
  readonly doneInMs?: number;
}

/** `ids` and `tags` together intersect; several tags are ANDed; a tag without a value means any value. */
export interface TagQuery {
  readonly region: string;
  /** Of all of the ids; absent = the region's only one. */
  readonly project?: string | undefined;
  /** One type, or that of all types of a contract, e.g. `aws:*:*`. */
  readonly type: ResourceType;
  /** Some exact types in place of one, where a listing takes several; `type` is then that of all of them. */
  readonly types?: readonly ResourceType[];
  /** Only what carries no tag at all. */
  readonly untagged?: true;
  /** Ids, or what calls of the contract name its resources by; rows name theirs likewise. */
  readonly ids?: readonly string[];
  readonly tags?: readonly { readonly key: string; readonly value?: string }[];
}

/** One page of a tag listing. The rows of one resource may be spread over several pages. */
export interface TagPage {
  readonly rows: readonly { readonly id: string; readonly type: ResourceType; readonly tags: Tags }[];
  /** Absent = the provider's end mark was seen. */
  readonly nextToken?: string;
  /** How many rows the provider counted on this page: what its page limit is about. */
  readonly rowCount: number;
}

/** One page of what exists, tagged or not. */
export interface InventoryPage {
  readonly resources: readonly InventoryResource[];
  /** How many rows the API answered, where some of them are none of this account's resources; absent = each is one. */
  readonly rowCount?: number;
  /** How many of these lie in regions that the account's configuration leaves out, where one listing shows all regions. */
  readonly elsewhere?: number;
  readonly nextToken?: string;
  /** How many resources the whole listing has, where the API pages by number and says so. */
  readonly total?: number;
}

/** One page of the types that can be tagged. */
export interface TypesPage {
  readonly types: readonly ResourceType[];
  readonly nextToken?: string;
}

export interface InventoryResource {
  readonly type: ResourceType;
  /** The bare id, whatever calls name it by. */
  readonly id: string;
  /** Where one listing shows several regions: its own, or `global`. */
  readonly region?: string;
  /** Where it lies in a project of the region. */
  readonly project?: string | undefined;
  /** Absent where this API doesn't carry tags. */
  readonly tags?: Tags;
  /** Why this resource can't be tagged at all, e.g. a legacy agency. */
  readonly notTaggable?: string;
}

/**
 * One account of one cloud. Every method but `contractFor` is exactly one API call: paging, retries, rates and
 * merging belong to the caller, and one method call is one entry in `calls`.
 * Methods throw ProviderError and nothing else.
 */
export interface TagProvider {
  readonly provider: ProviderName;
  readonly account: string;
  /** Configured regions; a type of a global contract is called with region `global`. */
  readonly regions: readonly string[];
  /** What it serves for this account; a contract that an account opts in to is there where its `types` do. */
  readonly contracts: readonly TypeContract[];
  /** The cloud has such a contract: a type that nothing here serves may be one that the account left out. */
  readonly leavesTypes?: true;
  /**
   * Through which project of a region a resource is reached that names this one or none, on a cloud that has projects;
   * or what the configuration lacks for it. A resource is found in its own project only: in another one it would look as
   * if it were gone.
   */
  readonly projectIn?: (
    region: string,
    named: string | undefined,
  ) => { readonly project: string } | { readonly problem: string };
  /** Regions whose endpoints also serve what has no region, under the same quotas; absent = none. */
  readonly globalHomes?: readonly string[];
  /**
   * Whether calls for this type have to wait until `listTypes` has been read to its end, since only that says what the
   * cloud calls it; absent = all names are known.
   */
  readonly needsTypes?: (type: ResourceType) => boolean;
  contractFor(type: ResourceType): TypeContract | undefined;
  listTagResources(query: TagQuery, token: string | undefined, options?: CallOptions): Promise<TagPage>;
  /** Of a region with several projects it lists all of them, one after the other. */
  listInventory(
    region: string,
    type: ResourceType,
    token: string | undefined,
    options?: CallOptions,
  ): Promise<InventoryPage>;
  /** What the inventory of this type records, where the account's settings say so. */
  readRecorded?(region: string, type: ResourceType, options?: CallOptions): Promise<Recorded>;
  /** How many resources an inventory of all regions holds, as the cloud counts them itself: by their type, or by their region. */
  countInventory?(
    region: string,
    type: ResourceType,
    by: "type" | "region",
    options?: CallOptions,
  ): Promise<ReadonlyMap<string, number>>;
  /** One page of the types that can be tagged in a region, of those that a contract serves by pattern. */
  listTypes?(region: string, token: string | undefined, options?: CallOptions): Promise<TypesPage>;
  tagResources(batch: TagBatch, options?: CallOptions): Promise<TagCallResult>;
  untagResources(batch: UntagBatch, options?: CallOptions): Promise<TagCallResult>;
}

/** Finds the provider of a configured account. */
export interface ProviderRegistry {
  readonly all: readonly TagProvider[];
  find(provider: ProviderName, account: string): TagProvider | undefined;
}

/** Told of each API call when it ends, e.g. to count `calls` and to write metrics. */
export type CallObserver = (call: ApiCall) => void;

export interface ApiCall {
  readonly action: string;
  readonly account: string;
  readonly region: string;
  readonly durationMs: number;
  readonly error?: ProviderError;
}
