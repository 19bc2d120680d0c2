import { chunksOf } from "../../core/chunks.ts";
import { compareText } from "../../core/compare-text.ts";
import { calledBy, callNameOf, readerOf, type ListContract, type TypeContract } from "../../core/contract.ts";
import { clientFault, ProviderError } from "../../core/errors.ts";
import { lazily } from "../../core/lazily.ts";
import { resourceKey, scopeKey, type ResourceRef, type Tags } from "../../core/resource.ts";
import { unreadable, untaggable } from "../../core/unreadable.ts";
import type { Clock } from "../ports/invocation.ts";
import type { TagQuery } from "../ports/provider.ts";
import { OutOfTimeError, type Caller, type CallTarget } from "./call.ts";
import { concurrently } from "./concurrently.ts";
import type { ReadError } from "./isolate-read.ts";
import { readByIds } from "./read-by-ids.ts";
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
  /**
   * Asked before each batch of so many resources is read. It answers with what is to be called when the batch is read, or
   * with undefined where there is no time for it. Absent = they follow each other.
   */
  readonly admit?: (resources: number, contract: TypeContract) => Promise<(() => void) | undefined>;
}

/** Needed for types that nobody knows to take tags, and for those whose names the cloud has to say. */
export const knownTypes = lazily(() => import("./known-types.ts"));

/** Needed where a read was refused as a whole. */
export const readIsolation = lazily(() => import("./isolate-read.ts"));

/** Why some ids of a read are unknown. */
interface FailedRead {
  readonly error: ReadError;
  readonly ids: readonly string[];
}

interface ReadGroup<Resource> {
  readonly target: CallTarget;
  readonly route: Route;
  readonly list: ListContract;
  readonly type: string;
  readonly members: Resource[];
}

/** Reads the tags of these resources. Answers one reading for each, under its `key`. */
export async function readTags<Resource extends RoutedResource>(
  resources: readonly Resource[],
  deps: ReadDeps<Resource>,
): Promise<Map<string, Reading>> {
  const readings = new Map<string, Reading>();
  await readBatches(resources, deps, (batch) => {
    for (const [key, reading] of batch) readings.set(key, reading);
  });
  return readings;
}

/**
 * Reads the tags of these resources in batches of ids, all pages merged, and tells of each batch when it is read: one
 * reading for each resource, under its `key`. A failure is a reading too, never an exception, whatever throws. What no API
 * shows, and what only the provider itself may change, is not asked for.
 */
export async function readBatches<Resource extends RoutedResource>(
  resources: readonly Resource[],
  { caller, clock, batchesOf = byIds, onRows, admit }: ReadDeps<Resource>,
  onReadings: (readings: ReadonlyMap<string, Reading>) => void,
): Promise<void> {
  const keyOf = ({ ref, key }: Resource) => key ?? resourceKey(ref);

  async function readBatch(
    group: ReadGroup<Resource>,
    members: readonly Resource[],
    readings: Map<string, Reading>,
  ): Promise<void> {
    const { target, route, list, type } = group;
    const contract = { ...route.contract, list };
    const membersOf = Map.groupBy(members, ({ ref }) => callNameOf(ref, route.contract));
    const note = (id: string, reading: Reading) => {
      for (const member of membersOf.get(id) ?? []) readings.set(keyOf(member), reading);
    };
    const fetchPage = async (ids: readonly string[], token: string | undefined) => {
      const query: TagQuery = { region: target.region, project: target.project, type, ids };
      const [resource] = list.idsPerCall === 1 ? ids : [];
      const page = await caller.call({ ...target, resource }, () => route.provider.listTagResources(query, token));
      onRows?.(page.rowCount);
      return page;
    };
    const attempt = async (ids: readonly string[]): Promise<FailedRead | undefined> => {
      try {
        const readAt = clock.now();
        const { tags, untold, error } = await readByIds(ids, contract, (token) => fetchPage(ids, token));
        for (const [id, own] of tags) note(id, { kind: "known", tags: own, readAt });
        if (error === undefined) return undefined;
        for (const id of untold) note(id, unknown(error));
        return { error, ids: untold };
      } catch (thrown) {
        const isTold = thrown instanceof ProviderError || thrown instanceof OutOfTimeError;
        const error = isTold ? thrown : clientFault(target.api.action, thrown, false);
        for (const id of ids) note(id, unknown(error));
        return { error, ids };
      }
    };

    const failed = await attempt([...membersOf.keys()]);
    if (failed === undefined || failed.ids.length === 1) return;
    const { isolateRead } = await readIsolation();
    const searched = await isolateRead(failed.ids, failed.error, async (ids) => (await attempt(ids))?.error);
    for (const [id, failure] of searched) note(id, unknown(failure));
  }

  async function readInTurn(group: ReadGroup<Resource>, members: readonly Resource[]): Promise<void> {
    const ended =
      admit === undefined
        ? () => undefined
        : await admit(members.length, { ...group.route.contract, list: group.list });
    const readings = new Map<string, Reading>();
    if (ended === undefined) for (const one of members) readings.set(keyOf(one), unknown(new OutOfTimeError()));
    else await readBatch(group, members, readings);
    ended?.();
    onReadings(readings);
  }

  const shown: Resource[] = [];
  const silent = new Map<string, Reading>();
  for (const resource of resources) {
    const { ref, route } = resource;
    const error = unreadable(ref, route.contract) ?? untaggable(ref.id, route.contract);
    if (error === undefined) shown.push(resource);
    else silent.set(keyOf(resource), unknown(error));
  }
  if (silent.size > 0) onReadings(silent);
  await learnNames(shown, { caller, clock });
  const groups = groupReads(shown);
  await Promise.all(
    groups.map((group) => {
      const batches = batchesOf(group.members, group.list);
      return concurrently(batches, READS_AT_ONCE, (batch) => readInTurn(group, batch));
    }),
  );
}

/** What the cloud calls a type is asked for before the first call that names it, where only the cloud can say. */
async function learnNames(
  resources: readonly RoutedResource[],
  deps: Pick<ReadDeps<never>, "caller" | "clock">,
): Promise<void> {
  for (const { ref, route } of resources) {
    const { provider, contract } = route;
    if (provider.needsTypes === undefined) continue;
    const { type } = calledBy(callNameOf(ref, contract), ref, contract);
    if (provider.needsTypes(type)) await (await knownTypes()).learnTypes([type], ref.region, route, deps);
  }
}

function unknown(error: ReadError): UnknownReading {
  return { kind: "unknown", error };
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

/** As many resources to a call as the API takes, in their order. */
export function inOrder<Resource>(
  resources: readonly Resource[],
  { idsPerCall }: ListContract,
): readonly (readonly Resource[])[] {
  return chunksOf(resources, idsPerCall);
}

function byIds<Resource extends RoutedResource>(
  resources: readonly Resource[],
  list: ListContract,
): readonly (readonly Resource[])[] {
  const sorted = resources.toSorted((a, b) => compareText(a.ref.id, b.ref.id));
  return inOrder(sorted, list);
}
