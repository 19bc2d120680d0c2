import type { Clock } from "../app/ports/invocation.ts";
import type { CallObserver, TagCallResult, TagProvider } from "../app/ports/provider.ts";
import { type TypeContract, callNameOf, findContract, readerOf, searchedBy } from "../core/contract.ts";
import { ProviderError, type ErrorKind } from "../core/errors.ts";
import { freeSlots } from "../core/plan/fit-to-limits.ts";
import { NO_TAGS, providerOf, type Resource, type ResourceType, type Tags } from "../core/resource.ts";
import type { TagBatch, UntagBatch } from "../core/tag-batch.ts";
import { checkTagBatch, checkTagQuery, checkUntagBatch } from "./check-request.ts";
import { pageOf, tagPage } from "./memory-listing.ts";
import { memoryWorld, type MemoryRef, type MemoryResource, type StoredResource } from "./memory-world.ts";

export type { MemoryResource } from "./memory-world.ts";

/** One API call as the fault hooks see it. */
export interface MemoryCall {
  readonly action: string;
  readonly operation: "tagResources" | "untagResources" | "listTagResources" | "listInventory" | "countInventory";
  readonly type: ResourceType;
  readonly region: string;
  /** Empty for inventory and for listings by tag. */
  readonly resourceIds: readonly string[];
  /** What a tag call writes. */
  readonly tags: Tags;
}

/** Throw a ProviderError from one of these to inject a fault. */
export interface MemoryFaults {
  /** Before the call does anything. */
  before?(call: MemoryCall): void | Promise<void>;
  /** After it took effect: a throw is a lost response. */
  after?(call: MemoryCall): void | Promise<void>;
}

export interface MemoryProviderOptions {
  readonly account: string;
  readonly regions: readonly string[];
  readonly contracts: readonly TypeContract[];
  readonly leavesTypes?: true | undefined;
  readonly resources?: readonly MemoryResource[];
  readonly clock?: Clock;
  readonly faults?: MemoryFaults;
  readonly observe?: CallObserver;
  /** Whether an error of an all-or-none call says which resource it met first. Default false. */
  readonly errorsNameResource?: boolean;
}

export interface MemoryProvider extends TagProvider {
  /** Calls by action since the start, refused ones included. */
  calls(): Readonly<Record<string, number>>;
  /** Everything that exists now, visible or not, in order of creation. */
  state(): readonly Resource[];
  create(resource: MemoryResource): void;
  remove(resource: MemoryRef): void;
}

/** Without a clock nothing takes time, and everything is visible. */
const STILL: Clock = { now: () => 0, sleep: async () => {} };

/**
 * A cloud in memory that keeps the limits of the contracts it is given: sizes, syntax, tags per resource, all or none,
 * pages, tokens that belong to their query. It is the reference of the provider contract and the double of choice in
 * tests of use cases.
 */
export function memoryProvider(options: MemoryProviderOptions): MemoryProvider {
  const { account, regions, contracts, faults = {}, clock = STILL, observe } = options;
  const nameOf = (ref: MemoryRef) =>
    callNameOf({ ...ref, account }, findContract(contracts, ref.type) ?? { types: [ref.type] });
  const world = memoryWorld(account, options.clock, nameOf);
  for (const resource of options.resources ?? []) world.create(resource);
  const counts = new Map<string, number>();
  let requests = 0;
  const requestId = () => `memory-${requests}`;

  function refusal(code: string, kind: ErrorKind, message: string, resourceId?: string): ProviderError {
    const named = resourceId === undefined ? {} : { resourceId };
    const httpStatus = kind === "not-found" ? 404 : 400;
    return new ProviderError({ code, kind, message, httpStatus, requestId: requestId(), ...named });
  }

  function contractOf(type: ResourceType, region: string): TypeContract {
    const contract = findContract(contracts, type);
    if (contract === undefined) throw refusal("UnsupportedType", "request", `No API here tags ${type}`);
    const spansRegions = region === "global" || region === "all";
    if (!contract.global && !spansRegions && !regions.includes(region)) {
      throw refusal("UnknownRegion", "request", `Region ${region} is not configured for account ${account}`);
    }
    return contract;
  }

  /** Runs one call: counts it, lets the faults at it, tells the observer. What is no ProviderError is a test's own. */
  async function call<Result>(made: MemoryCall, signal: AbortSignal | undefined, act: () => Result): Promise<Result> {
    const startedAt = clock.now();
    requests += 1;
    counts.set(made.action, (counts.get(made.action) ?? 0) + 1);
    let failure: ProviderError | undefined;
    try {
      if (signal?.aborted === true) throw refusal("Aborted", "transient", "The call was left before it was sent");
      await faults.before?.(made);
      const result = act();
      await faults.after?.(made);
      return result;
    } catch (error) {
      if (error instanceof ProviderError) failure = error;
      throw error;
    } finally {
      const { action, region } = made;
      observe?.({ action, account, region, durationMs: clock.now() - startedAt, ...(failure && { error: failure }) });
    }
  }

  /** Why this resource refuses these keys, or undefined where it takes them. */
  function objection(contract: TypeContract, stored: StoredResource | undefined, id: string, keys: readonly string[]) {
    if (stored === undefined) return refusal("NotFound", "not-found", "A resource of the request doesn't exist", id);
    const { notTaggable } = stored.resource;
    if (notTaggable !== undefined) return refusal("NotTaggable", "not-taggable", notTaggable, id);
    const added = keys.filter((key) => !stored.tags.has(key)).length;
    if (added <= Math.max(0, freeSlots(stored.tags, contract))) return undefined;
    const message = `A resource of the request would carry more than ${contract.tagsPerResource} tags`;
    return refusal("TagQuotaExceeded", "resource-permanent", message, id);
  }

  /** Changes what may be changed: all of the resources or none, or each by itself, as the contract says. */
  function write(
    contract: TypeContract,
    batch: TagBatch | UntagBatch,
    addedKeys: readonly string[],
    change: (stored: StoredResource) => void,
  ): TagCallResult {
    const failed = new Map<string, ProviderError>();
    const accepted: StoredResource[] = [];
    for (const id of batch.resourceIds) {
      const stored = world.find(batch.type, batch.region, id);
      const error = objection(contract, stored, id, addedKeys);
      if (error !== undefined) failed.set(id, error);
      else if (stored !== undefined) accepted.push(stored);
    }
    const [first] = failed.values();
    if (first !== undefined && contract.tag.atomicity === "all-or-none") {
      throw options.errorsNameResource === true ? first : refusal(first.code, first.kind, first.message);
    }
    // Where a call takes one resource, the refusal is the answer to the call itself.
    if (first !== undefined && contract.tag.resourcesPerCall === 1) throw first;
    for (const stored of accepted) change(stored);
    const succeeded = batch.resourceIds.filter((id) => !failed.has(id));
    return { requestId: requestId(), succeeded, failed };
  }

  return {
    provider: providerOf(contracts[0]?.types[0] ?? "") ?? "alibaba",
    account,
    regions,
    contracts,
    ...(options.leavesTypes && { leavesTypes: options.leavesTypes }),
    contractFor: (type) => findContract(contracts, type),
    calls: () => Object.fromEntries(counts),
    state: () => world.snapshot(),
    create: (resource) => world.create(resource),
    remove: (ref) => world.remove(ref),

    async tagResources(batch, { signal } = {}) {
      const contract = contractOf(batch.type, batch.region);
      const { type, region, resourceIds, tags } = batch;
      const { action } = contract.tag;
      return call({ action, operation: "tagResources", type, region, resourceIds, tags }, signal, () => {
        checkTagBatch(batch, contract);
        return write(contract, batch, [...tags.keys()], (stored) => {
          for (const [key, value] of tags) stored.tags.set(key, value);
          stored.everTagged = true;
        });
      });
    },

    async untagResources(batch, { signal } = {}) {
      const contract = contractOf(batch.type, batch.region);
      const { type, region, resourceIds, keys } = batch;
      const { action } = contract.untag;
      return call({ action, operation: "untagResources", type, region, resourceIds, tags: NO_TAGS }, signal, () => {
        checkUntagBatch(batch, contract);
        return write(contract, batch, [], (stored) => {
          for (const key of keys) stored.tags.delete(key);
        });
      });
    },

    async listTagResources(query, token, { signal } = {}) {
      const contract = contractOf(query.type, query.region);
      const { type, region, ids: resourceIds = [] } = query;
      const { list } = readerOf({ type }, contract);
      const { idsPerCall, scan, fullListing } = list;
      const searched = scan ? list : (fullListing ?? searchedBy(list));
      const { action } = query.ids === undefined ? searched : list;
      return call({ action, operation: "listTagResources", type, region, resourceIds, tags: NO_TAGS }, signal, () => {
        checkTagQuery(query, { ...contract, list });
        // An API that is asked about one resource says so where there is none; others leave it out.
        const missing = resourceIds.find((id) => world.find(type, region, id) === undefined);
        if (idsPerCall === 1 && missing !== undefined) {
          throw refusal("NotFound", "not-found", "The resource doesn't exist", missing);
        }
        return tagPage({ world, nameOf }, query, list, token);
      });
    },

    async listInventory(region, type, token, { signal } = {}) {
      const inventory = contractOf(type, region).inventory[type];
      if (inventory === undefined) throw refusal("NotListable", "request", `${type} has no inventory API`);
      const { action, pageSize, inlineTags } = inventory;
      return call({ action, operation: "listInventory", type, region, resourceIds: [], tags: NO_TAGS }, signal, () => {
        const { page, next } = pageOf(world.list(type, region), pageSize, token, `${type} ${region}`);
        const resources = page.map(({ resource: { id, notTaggable, ...own }, tags }) => ({
          type: own.type,
          id,
          ...(region === "all" && { region: own.region }),
          ...(inlineTags ? { tags: new Map(tags) } : {}),
          ...(notTaggable === undefined ? {} : { notTaggable }),
        }));
        return { resources, ...next };
      });
    },

    async countInventory(region, type, by, { signal } = {}) {
      const api = contractOf(type, region).inventory[type]?.counting;
      if (api === undefined) throw refusal("NotCountable", "request", `${type} is counted by no API`);
      const { action } = api;
      return call({ action, operation: "countInventory", type, region, resourceIds: [], tags: NO_TAGS }, signal, () =>
        world.list(type, region).reduce((counts, { resource }) => {
          const group = resource[by];
          return counts.set(group, (counts.get(group) ?? 0) + 1);
        }, new Map<string, number>()),
      );
    },
  };
}
