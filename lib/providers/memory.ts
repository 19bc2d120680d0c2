import type { TypeContract } from "../core/contract.ts";
import { ProviderError, type ErrorKind } from "../core/errors.ts";
import { NO_TAGS, providerOf, resourceKey, type Resource, type ResourceType, type Tags } from "../core/resource.ts";
import type { TagBatch, UntagBatch } from "../core/tag-batch.ts";
import type {
  CallObserver,
  CallOptions,
  Clock,
  InventoryPage,
  TagCallResult,
  TagPage,
  TagProvider,
  TagQuery,
} from "../app/ports.ts";
import { checkTagBatch, checkTagQuery, checkUntagBatch } from "./check-request.ts";
import { findContract } from "./find-contract.ts";

/** What exists in the memory cloud. */
export interface MemoryResource {
  readonly type: ResourceType;
  readonly region: string;
  readonly id: string;
  readonly tags?: Tags;
  /** Why it can't be tagged; every write to it fails. */
  readonly notTaggable?: string;
  /** Milliseconds since the epoch; until then every API says that it doesn't exist. Needs a clock. */
  readonly visibleAt?: number;
}

/** One API call as the fault hooks see it. */
export interface MemoryCall {
  readonly action: string;
  readonly operation: "tagResources" | "untagResources" | "listTagResources" | "listInventory";
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
  remove(resource: { readonly type: ResourceType; readonly region: string; readonly id: string }): void;
}

interface Stored {
  readonly resource: MemoryResource;
  tags: Map<string, string>;
  /** A scan lists what carries a tag or ever did. */
  everTagged: boolean;
}

/**
 * A cloud in memory that keeps the limits of the contracts it is given: sizes, syntax, tags per resource, all or none,
 * pages, tokens that belong to their query. It is the reference of the provider contract and the double of choice in
 * tests of use cases.
 */
export function memoryProvider(options: MemoryProviderOptions): MemoryProvider {
  const { account, contracts, faults = {} } = options;
  const world = new Map<string, Stored>();
  const counts = new Map<string, number>();
  let requests = 0;

  const keyOf = (type: ResourceType, region: string, id: string) => resourceKey({ type, account, region, id });
  const isVisible = ({ resource }: Stored) =>
    resource.visibleAt === undefined || options.clock === undefined || options.clock.now() >= resource.visibleAt;

  function error(code: string, kind: ErrorKind, message: string, resourceId?: string): ProviderError {
    const named = resourceId === undefined ? {} : { resourceId };
    const httpStatus = kind === "not-found" ? 404 : 400;
    return new ProviderError({ code, kind, message, httpStatus, requestId: `memory-${requests}`, ...named });
  }

  function create(resource: MemoryResource): void {
    const tags = new Map(resource.tags ?? NO_TAGS);
    world.set(keyOf(resource.type, resource.region, resource.id), { resource, tags, everTagged: tags.size > 0 });
  }
  for (const resource of options.resources ?? []) create(resource);

  function contractOf(type: ResourceType, region: string): TypeContract {
    const contract = findContract(contracts, type);
    if (contract === undefined) throw error("UnsupportedType", "request", `No API here tags ${type}`);
    if (!contract.global && region !== "global" && !options.regions.includes(region)) {
      throw error("UnknownRegion", "request", `Region ${region} is not configured for account ${account}`);
    }
    return contract;
  }

  /** Types that share a call are stored under their own types and found by id alone. */
  function find(type: ResourceType, region: string, id: string): Stored | undefined {
    const stored = type.includes("*")
      ? [...world.values()].find((one) => one.resource.id === id && one.resource.region === region)
      : world.get(keyOf(type, region, id));
    return stored !== undefined && isVisible(stored) ? stored : undefined;
  }

  /** Runs one call: counts it, lets the faults at it, tells the observer. */
  async function call<Result>(call: MemoryCall, signal: AbortSignal | undefined, act: () => Result): Promise<Result> {
    const startedAt = options.clock?.now() ?? 0;
    requests += 1;
    counts.set(call.action, (counts.get(call.action) ?? 0) + 1);
    let failure: ProviderError | undefined;
    try {
      if (signal?.aborted === true) throw error("Aborted", "transient", "The call was cut short before it was sent");
      await faults.before?.(call);
      const result = act();
      await faults.after?.(call);
      return result;
    } catch (caught) {
      if (caught instanceof ProviderError) failure = caught;
      throw caught;
    } finally {
      const durationMs = (options.clock?.now() ?? 0) - startedAt;
      const { action, region } = call;
      options.observe?.({ action, account, region, durationMs, ...(failure && { error: failure }) });
    }
  }

  /** Why this resource refuses these keys, or undefined where it takes them. */
  function refusalOf(contract: TypeContract, stored: Stored | undefined, id: string, keys: Iterable<string>) {
    if (stored === undefined) return error("NotFound", "not-found", "A resource of the request doesn't exist", id);
    const { notTaggable } = stored.resource;
    if (notTaggable !== undefined) return error("NotTaggable", "not-taggable", notTaggable, id);
    const after = new Set([...stored.tags.keys(), ...keys]).size;
    if (after > contract.tagsPerResource) {
      const message = `A resource of the request would carry more than ${contract.tagsPerResource} tags`;
      return error("TagQuotaExceeded", "resource-permanent", message, id);
    }
    return undefined;
  }

  /** Changes what may be changed: all of the resources or none, or each by itself, as the contract says. */
  function write(
    contract: TypeContract,
    batch: TagBatch | UntagBatch,
    addedKeys: Iterable<string>,
    change: (stored: Stored) => void,
  ): TagCallResult {
    const keys = [...addedKeys];
    const failed = new Map<string, ProviderError>();
    const accepted: Stored[] = [];
    for (const id of batch.resourceIds) {
      const stored = find(batch.type, batch.region, id);
      const refusal = refusalOf(contract, stored, id, keys);
      if (refusal !== undefined) failed.set(id, refusal);
      else if (stored !== undefined) accepted.push(stored);
    }
    const [first] = failed.values();
    if (first !== undefined && contract.tag.atomicity === "all-or-none") {
      throw options.errorsNameResource === true ? first : error(first.code, first.kind, first.message);
    }
    // Where a call takes one resource, the refusal is the answer to the call itself.
    if (first !== undefined && contract.tag.resourcesPerCall === 1) throw first;
    for (const stored of accepted) change(stored);
    const succeeded = batch.resourceIds.filter((id) => !failed.has(id));
    return { requestId: `memory-${requests}`, succeeded, failed };
  }

  function offsetOf(token: string | undefined, query: string): number {
    if (token === undefined) return 0;
    const separator = token.indexOf(" ");
    if (token.slice(separator + 1) !== query) {
      throw error("InvalidToken", "request", "The token belongs to another listing");
    }
    return Number(token.slice(0, separator));
  }

  function pageOf<Row>(rows: readonly Row[], size: number, token: string | undefined, query: string) {
    const offset = offsetOf(token, query);
    const end = offset + size;
    return { page: rows.slice(offset, end), next: end < rows.length ? { nextToken: `${end} ${query}` } : {} };
  }

  function listTags(query: TagQuery, contract: TypeContract, token: string | undefined): TagPage {
    const { list } = contract;
    const filters = query.tags ?? [];
    const carriesAll = ({ tags }: Stored) =>
      filters.every(({ key, value }) => (value === undefined ? tags.has(key) : tags.get(key) === value));
    if (
      list.idsPerCall === 1 &&
      query.ids?.[0] !== undefined &&
      find(query.type, query.region, query.ids[0]) === undefined
    ) {
      throw error("NotFound", "not-found", "The resource doesn't exist", query.ids[0]);
    }
    const candidates =
      query.ids === undefined || query.ids.length === 0
        ? [...world.values()].filter(
            (one) =>
              one.resource.region === query.region &&
              isVisible(one) &&
              (query.type.includes("*") || one.resource.type === query.type),
          )
        : query.ids.flatMap((id) => find(query.type, query.region, id) ?? []);
    const matching = candidates.filter((one) => carriesAll(one));
    const text = JSON.stringify([query.type, query.region, query.ids ?? [], filters]);
    if (list.rows === "resource") {
      const listed = matching.filter((one) => one.everTagged);
      const { page, next } = pageOf(listed, list.rowsPerPage, token, text);
      const rows = page.map(({ resource, tags }) => ({ id: resource.id, type: resource.type, tags: new Map(tags) }));
      return { rows, rowCount: rows.length, ...next };
    }
    // Without ids, a listing by tag shows the tags it was asked for and no others.
    const asked =
      filters.length > 0 && (query.ids ?? []).length === 0 ? new Set(filters.map(({ key }) => key)) : undefined;
    const pairs = matching.flatMap((one) =>
      [...one.tags].flatMap(([key, value]) => (asked?.has(key) === false ? [] : [{ one, key, value }])),
    );
    const { page, next } = pageOf(pairs, list.rowsPerPage, token, text);
    const rows = new Map<Stored, Map<string, string>>();
    for (const { one, key, value } of page) rows.set(one, (rows.get(one) ?? new Map<string, string>()).set(key, value));
    return {
      rows: [...rows].map(([{ resource }, tags]) => ({ id: resource.id, type: resource.type, tags })),
      rowCount: page.length,
      ...next,
    };
  }

  return {
    provider: providerOf(contracts[0]?.types[0] ?? "") ?? "alibaba",
    account,
    regions: options.regions,
    contracts,
    contractFor: (type) => findContract(contracts, type),
    calls: () => Object.fromEntries(counts),
    state: () =>
      [...world.values()].map(({ resource: { type, region, id }, tags }) => ({
        type,
        account,
        region,
        id,
        tags: new Map(tags),
      })),
    create,
    remove: ({ type, region, id }) => void world.delete(keyOf(type, region, id)),

    async tagResources(batch: TagBatch, { signal }: CallOptions = {}): Promise<TagCallResult> {
      const contract = contractOf(batch.type, batch.region);
      const { type, region, resourceIds, tags } = batch;
      const seen: MemoryCall = {
        action: contract.tag.action,
        operation: "tagResources",
        type,
        region,
        resourceIds,
        tags,
      };
      return call(seen, signal, () => {
        checkTagBatch(batch, contract);
        return write(contract, batch, tags.keys(), (stored) => {
          for (const [key, value] of tags) stored.tags.set(key, value);
          stored.everTagged = true;
        });
      });
    },

    async untagResources(batch: UntagBatch, { signal }: CallOptions = {}): Promise<TagCallResult> {
      const contract = contractOf(batch.type, batch.region);
      const { type, region, resourceIds, keys } = batch;
      const { action } = contract.untag;
      const seen: MemoryCall = { action, operation: "untagResources", type, region, resourceIds, tags: NO_TAGS };
      return call(seen, signal, () => {
        checkUntagBatch(batch, contract);
        return write(contract, batch, [], (stored) => {
          for (const key of keys) stored.tags.delete(key);
        });
      });
    },

    async listTagResources(query: TagQuery, token: string | undefined, { signal }: CallOptions = {}): Promise<TagPage> {
      const contract = contractOf(query.type, query.region);
      const { type, region, ids: resourceIds = [] } = query;
      const { action } = contract.list;
      const seen: MemoryCall = { action, operation: "listTagResources", type, region, resourceIds, tags: NO_TAGS };
      return call(seen, signal, () => {
        checkTagQuery(query, contract);
        return listTags(query, contract, token);
      });
    },

    async listInventory(
      region: string,
      type: ResourceType,
      token: string | undefined,
      { signal }: CallOptions = {},
    ): Promise<InventoryPage> {
      const inventory = contractOf(type, region).inventory[type];
      if (inventory === undefined) throw error("NotListable", "request", `${type} has no inventory API`);
      const { action } = inventory;
      const seen: MemoryCall = { action, operation: "listInventory", type, region, resourceIds: [], tags: NO_TAGS };
      return call(seen, signal, () => {
        const listed = [...world.values()].filter(
          (one) => one.resource.type === type && one.resource.region === region && isVisible(one),
        );
        const { page, next } = pageOf(listed, inventory.pageSize, token, `${type} ${region}`);
        const resources = page.map(({ resource: { id, notTaggable }, tags }) => ({
          type,
          id,
          ...(inventory.inlineTags ? { tags: new Map(tags) } : {}),
          ...(notTaggable === undefined ? {} : { notTaggable }),
        }));
        return { resources, ...next };
      });
    },
  };
}
