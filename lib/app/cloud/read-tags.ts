import { chunksOf } from "../../core/chunks.ts";
import { compareText } from "../../core/compare-text.ts";
import { readerOf, type ListContract } from "../../core/contract.ts";
import { clientFault, ProviderError } from "../../core/errors.ts";
import { NO_TAGS, resourceKey, scopeKey, type ResourceRef, type Tags } from "../../core/resource.ts";
import { unreadable, untaggable } from "../../core/unreadable.ts";
import type { Clock } from "../ports/invocation.ts";
import type { TagQuery } from "../ports/provider.ts";
import { OutOfTimeError, type Caller, type CallTarget } from "./call.ts";
import { concurrently } from "./concurrently.ts";
import { isolateRead, type ReadError } from "./isolate-read.ts";
import { pages } from "./pages.ts";
import type { Route } from "./route.ts";

/**
 * What a read of one resource's tags came to. Only a complete, successful one is `known`, of a type that its listing
 * shows; then no rows means no tags.
 */
export type Reading = KnownReading | UnknownReading;

export interface KnownReading {
  readonly kind: "known";
  readonly tags: Tags;
  /** When the read began, in milliseconds since the epoch: what it shows is at least as fresh as that. */
  readonly readAt: number;
}

export interface UnknownReading {
  readonly kind: "unknown";
  readonly error: ReadError;
}

export interface RoutedResource {
  readonly ref: ResourceRef;
  /** Its `resourceKey`, where that is known already. */
  readonly key?: string;
  readonly route: Route;
}

/** Reads of one scope that are under way at a time; the rate limiter says how fast they start. */
const READS_AT_ONCE = 8;

export interface ReadDeps<Resource> {
  readonly caller: Caller;
  readonly clock: Pick<Clock, "now">;
  /** Which resources of one scope share a call. Default: as many as the API takes, in the order of their ids. */
  readonly batchesOf?: (resources: readonly Resource[], list: ListContract) => readonly (readonly Resource[])[];
  /** Told how many rows each page had. */
  readonly onRows?: (rows: number) => void;
}

interface ReadGroup<Resource> {
  readonly target: CallTarget;
  readonly route: Route;
  readonly list: ListContract;
  readonly type: string;
  readonly members: Resource[];
}

/**
 * Reads the tags of these resources in batches of ids, all pages merged. Answers one reading for each resource, under
 * its `key`; a failure is a reading too, never an exception, whatever throws. What no API shows, and what only the provider
 * itself may change, is not asked for.
 */
export async function readTags<Resource extends RoutedResource>(
  resources: readonly Resource[],
  { caller, clock, batchesOf = byIds, onRows }: ReadDeps<Resource>,
): Promise<Map<string, Reading>> {
  const readings = new Map<string, Reading>();

  /** `tags` by id. An id that they leave out has none. */
  async function readIds({ target, route, type }: ReadGroup<Resource>, ids: readonly string[]) {
    const readAt = clock.now();
    const tags = new Map<string, Map<string, string>>();
    const query: TagQuery = { region: target.region, project: target.project, type, ids };
    const listing = pages((token) => caller.call(target, () => route.provider.listTagResources(query, token)));
    for await (const { rows, rowCount } of listing) {
      onRows?.(rowCount);
      for (const row of rows) {
        const merged = tags.get(row.id) ?? new Map<string, string>();
        for (const [key, value] of row.tags) merged.set(key, value);
        tags.set(row.id, merged);
      }
    }
    return { readAt, tags };
  }

  async function readBatch(group: ReadGroup<Resource>, members: readonly Resource[]): Promise<void> {
    const keys = new Map(members.map(({ ref, key }) => [ref.id, key ?? resourceKey(ref)]));
    const note = (ids: Iterable<string>, readingOf: (id: string) => Reading) => {
      for (const id of ids) {
        const key = keys.get(id);
        if (key !== undefined) readings.set(key, readingOf(id));
      }
    };
    const unknown = (error: ReadError) => (): Reading => ({ kind: "unknown", error });
    const attempt = async (ids: readonly string[]): Promise<ReadError | undefined> => {
      try {
        const { readAt, tags } = await readIds(group, ids);
        note(ids, (id) => ({ kind: "known", tags: tags.get(id) ?? NO_TAGS, readAt }));
        return undefined;
      } catch (thrown) {
        const isTold = thrown instanceof ProviderError || thrown instanceof OutOfTimeError;
        const error = isTold ? thrown : clientFault(group.target.api.action, thrown, false);
        note(ids, unknown(error));
        return error;
      }
    };

    const ids = [...keys.keys()];
    const error = await attempt(ids);
    if (ids.length === 1 || error === undefined) return;
    for (const [id, failure] of await isolateRead(ids, error, attempt)) note([id], unknown(failure));
  }

  const shown = resources.filter(({ ref, key, route }) => {
    const error = unreadable(ref, route.contract) ?? untaggable(ref.id, route.contract);
    if (error !== undefined) readings.set(key ?? resourceKey(ref), { kind: "unknown", error });
    return error === undefined;
  });
  const groups = groupReads(shown);
  await Promise.all(
    groups.map((group) => {
      const batches = batchesOf(group.members, group.list);
      return concurrently(batches, READS_AT_ONCE, (batch) => readBatch(group, batch));
    }),
  );
  return readings;
}

function groupReads<Resource extends RoutedResource>(resources: readonly Resource[]): ReadGroup<Resource>[] {
  const groups = new Map<string, ReadGroup<Resource>>();
  for (const resource of resources) {
    const { ref, route } = resource;
    const { region, project } = ref;
    const { list, type } = readerOf(ref, route.contract);
    const key = scopeKey(type, ref.account, region, project);
    const group = groups.get(key);
    if (group !== undefined) {
      group.members.push(resource);
      continue;
    }
    const target: CallTarget = { account: route.account, region, project, api: list, kind: "read" };
    groups.set(key, { target, route, list, type, members: [resource] });
  }
  return [...groups.values()];
}

function byIds<Resource extends RoutedResource>(
  resources: readonly Resource[],
  { idsPerCall }: ListContract,
): readonly (readonly Resource[])[] {
  const sorted = resources.toSorted((a, b) => compareText(a.ref.id, b.ref.id));
  return chunksOf(sorted, idsPerCall);
}
