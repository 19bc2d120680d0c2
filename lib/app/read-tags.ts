import { ProviderError } from "../core/errors.ts";
import { lazily } from "../core/lazily.ts";
import { batchType } from "../core/plan/call-groups.ts";
import { compareText } from "../core/plan/order.ts";
import { resourceKey, scopeKey, type ResourceRef, type Tags } from "../core/resource.ts";
import { OutOfTimeError, ownFaults, type Caller, type CallTarget } from "./call.ts";
import { concurrently } from "./concurrently.ts";
import { pages } from "./pages.ts";
import type { Clock, TagQuery } from "./ports.ts";
import type { Route } from "./route.ts";

/** What a read of one resource's tags came to. Only a complete, successful one is `known`; no rows means no tags. */
export type Reading = KnownReading | UnknownReading;

export interface KnownReading {
  readonly kind: "known";
  readonly tags: Tags;
  /** When the read began, in milliseconds since the epoch: what it shows is at least as fresh as that. */
  readonly readAt: number;
}

export interface UnknownReading {
  readonly kind: "unknown";
  readonly error: ProviderError | OutOfTimeError;
}

export interface RoutedResource {
  readonly ref: ResourceRef;
  /** Its `resourceKey`, where that is known already. */
  readonly key?: string;
  readonly route: Route;
}

/** Reads of one scope that are under way at a time; the rate limiter says how fast they start. */
const READS_AT_ONCE = 8;

/** Needed where a read was refused for one of its resources. */
export const isolatedReads = lazily(() => import("./isolate-read.ts"));

interface ReadGroup {
  readonly target: CallTarget;
  readonly route: Route;
  readonly type: string;
  readonly members: RoutedResource[];
}

/**
 * Reads the tags of these resources by the largest id batches that the API takes, all pages merged. Answers one reading
 * for each resource, under its `resourceKey`; a failure is a reading too, never an exception, whatever throws.
 */
export async function readTags(
  resources: readonly RoutedResource[],
  { caller, clock }: { readonly caller: Caller; readonly clock: Pick<Clock, "now"> },
): Promise<Map<string, Reading>> {
  const readings = new Map<string, Reading>();

  /** `tags` by id. An id that they leave out has none. */
  async function readIds({ target, route, type }: ReadGroup, ids: readonly string[]) {
    const readAt = clock.now();
    const tags = new Map<string, Map<string, string>>();
    const query: TagQuery = { region: target.region, type, ids };
    const listing = pages((token) => caller.call(target, () => route.provider.listTagResources(query, token)));
    for await (const { rows } of listing) {
      for (const row of rows) {
        const merged = tags.get(row.id) ?? new Map<string, string>();
        for (const [key, value] of row.tags) merged.set(key, value);
        tags.set(row.id, merged);
      }
    }
    return { readAt, tags };
  }

  async function readChunk(group: ReadGroup, members: readonly RoutedResource[]): Promise<void> {
    const keys = new Map(members.map(({ ref, key }) => [ref.id, key ?? resourceKey(ref)]));
    const note = (ids: Iterable<string>, readingOf: (id: string) => Reading) => {
      for (const id of ids) {
        const key = keys.get(id);
        if (key !== undefined) readings.set(key, readingOf(id));
      }
    };
    const unknown = (error: UnknownReading["error"]) => (): Reading => ({ kind: "unknown", error });
    const attempt = async (ids: readonly string[]): Promise<UnknownReading["error"] | undefined> => {
      try {
        const { readAt, tags } = await readIds(group, ids);
        note(ids, (id) => ({ kind: "known", tags: tags.get(id) ?? new Map<string, string>(), readAt }));
        return undefined;
      } catch (thrown) {
        const isTold = thrown instanceof ProviderError || thrown instanceof OutOfTimeError;
        const error = isTold ? thrown : (await ownFaults()).failureOf(thrown, group.target, undefined);
        note(ids, unknown(error));
        return error;
      }
    };

    const ids = [...keys.keys()];
    const error = await attempt(ids);
    if (ids.length === 1 || error === undefined) return;
    const { isolateRead } = await isolatedReads();
    for (const [id, failure] of await isolateRead(ids, error, attempt)) note([id], unknown(failure));
  }

  const groups = groupReads(resources);
  await Promise.all(
    groups.map(async (group) => concurrently(chunksOf(group), READS_AT_ONCE, (chunk) => readChunk(group, chunk))),
  );
  return readings;
}

function groupReads(resources: readonly RoutedResource[]): ReadGroup[] {
  const groups = new Map<string, ReadGroup>();
  for (const resource of resources) {
    const { ref, route } = resource;
    const type = batchType(route.contract, ref.type);
    const key = scopeKey(type, ref.account, ref.region);
    const group = groups.get(key);
    if (group !== undefined) {
      group.members.push(resource);
      continue;
    }
    const target: CallTarget = { account: route.account, region: ref.region, api: route.contract.list, kind: "read" };
    groups.set(key, { target, route, type, members: [resource] });
  }
  return [...groups.values()];
}

function chunksOf({ route, members }: ReadGroup): RoutedResource[][] {
  const sorted = members.toSorted((a, b) => compareText(a.ref.id, b.ref.id));
  const size = route.contract.list.idsPerCall;
  return Array.from({ length: Math.ceil(sorted.length / size) }, (_, index) =>
    sorted.slice(index * size, (index + 1) * size),
  );
}
