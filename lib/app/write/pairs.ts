import { callNameOf } from "../../core/contract.ts";
import { ProviderError } from "../../core/errors.ts";
import { batchType } from "../../core/plan/call-groups.ts";
import { resourceKey, scopeKey, type ResourceRef, type Tags } from "../../core/resource.ts";
import type { TagBatch } from "../../core/tag-batch.ts";
import type { KnownReading, Reading } from "../cloud/read-tags.ts";
import type { Route } from "../cloud/route.ts";

/** What became of one tag of one resource. */
export type WriteResult =
  /**
   * A call did it (`requestId`), or a read after a lost answer showed it done. `at` in milliseconds since the epoch.
   * `pending`: the call was accepted, and a read has yet to show it, presumably in `doneInMs`.
   */
  | {
      readonly kind: "written";
      readonly value: string;
      readonly at: number;
      readonly requestId?: string;
      readonly pending?: true;
      readonly doneInMs?: number;
    }
  /** A later read showed these tags, with which it isn't to be written any more. */
  | { readonly kind: "dropped"; readonly tags: Tags }
  /** The provider refuses it for good. */
  | { readonly kind: "refused"; readonly error: ProviderError }
  /** A limit of the provider stands against it. */
  | { readonly kind: "no-room"; readonly code: string; readonly reason: string }
  /** Not known to be written, and to be tried again later. */
  | { readonly kind: "unfinished"; readonly error: Error };

/** What is done with the pairs of a resource; `untag` takes a key off where it still has the pair's value. */
export type WriteAction = "tag" | "untag";

/** One resource that is being written, and its pairs by tag key. */
export interface ResourcePairs {
  readonly ref: ResourceRef;
  readonly route: Route;
  readonly action: WriteAction;
  /** The last complete read. */
  reading: KnownReading;
  /** When an answer was lost; a write may not rest on a read that began before that. */
  lostAt: number;
  readonly pairs: Map<string, Pair>;
  readonly wantedWith: PlannedWrite["wantedWith"];
  /** What the provider refused this resource for, in any batch of this invocation. */
  offence: ProviderError | undefined;
}

export interface Pair {
  readonly value: string;
  /** The value that is to be replaced or taken off, where there is one: what the last read before the call showed. */
  before: string | undefined;
  /** A call with it was sent, and its answer was lost. */
  maybeWritten: boolean;
  /** A call with it is under way: its answer says what became of it, and not a read by another batch meanwhile. */
  underWay: boolean;
  result: WriteResult | undefined;
}

/** A resource with what is to be written to it. */
export interface PlannedWrite {
  readonly ref: ResourceRef;
  /** Its `resourceKey`, where that is known already. */
  readonly key?: string;
  readonly route: Route;
  readonly reading: KnownReading;
  /** The tags that count for the limits of the resource; absent = those that were read. */
  readonly present?: Tags;
  readonly tags: Tags;
  /** Default `tag`. */
  readonly action?: WriteAction;
  /** What is to be written if the resource carries these tags by now; absent = whatever key isn't there. */
  readonly wantedWith?: (tags: Tags) => Tags;
}

type BatchScope = Pick<TagBatch, "type" | "account" | "region" | "project">;

/** Says, for each (resource, tag) pair of a plan, what became of it: ended once, and never open again. */
export interface Pairs {
  readonly entries: ReadonlyMap<string, ResourcePairs>;
  /** The entry of a resource of a batch, by what the batch calls it. */
  find(batch: BatchScope, id: string): ResourcePairs | undefined;
  end(batch: TagBatch, ids: Iterable<string>, resultOf: (id: string, value: string) => WriteResult): void;
  /** The resources of a batch of which a tag of the batch has ended already. */
  endedIn(batch: TagBatch): string[];
}

export function openPairs(writes: readonly PlannedWrite[]): Pairs {
  const entries = new Map<string, ResourcePairs>();
  /** By what a batch is for, then by what it calls the resource. */
  const byBatch = new Map<string, Map<string, ResourcePairs>>();

  for (const { ref, key: refKey, route, reading, tags, action = "tag", wantedWith } of writes) {
    const pairs = new Map<string, Pair>();
    for (const [key, value] of tags) {
      pairs.set(key, { value, before: reading.tags.get(key), maybeWritten: false, underWay: false, result: undefined });
    }
    const entry: ResourcePairs = {
      ref,
      route,
      action,
      reading,
      pairs,
      wantedWith,
      offence: undefined,
      lostAt: -Infinity,
    };
    entries.set(refKey ?? resourceKey(ref), entry);
    const scope = scopeKey(batchType(route.contract, ref.type), ref.account, ref.region, ref.project);
    const name = callNameOf(ref, route.contract);
    const members = byBatch.get(scope);
    if (members === undefined) byBatch.set(scope, new Map([[name, entry]]));
    else members.set(name, entry);
  }
  /** Batches come one after the other, and each of them asks for its resources one by one. */
  let last:
    | { readonly batch: BatchScope; readonly members: ReadonlyMap<string, ResourcePairs> | undefined }
    | undefined;
  const membersOf = (batch: BatchScope) => {
    if (last?.batch !== batch) {
      const { type, account, region, project } = batch;
      last = { batch, members: byBatch.get(scopeKey(type, account, region, project)) };
    }
    return last.members;
  };

  return {
    entries,
    find: (batch, id) => membersOf(batch)?.get(id),
    end(batch, ids, resultOf) {
      const members = membersOf(batch);
      for (const id of ids) {
        const pairs = members?.get(id)?.pairs;
        if (pairs === undefined) continue;
        for (const key of batch.tags.keys()) {
          const pair = pairs.get(key);
          if (pair !== undefined) pair.result ??= resultOf(id, pair.value);
        }
      }
    },
    endedIn(batch) {
      const members = membersOf(batch);
      const hasEnded = (id: string) => {
        const pairs = members?.get(id)?.pairs;
        return batch.tags.keys().some((key) => pairs?.get(key)?.result !== undefined);
      };
      return batch.resourceIds.filter(hasEnded);
    },
  };
}

/** What an error that ended all attempts says of the pairs that it is about. */
export function fromError(error: ProviderError): WriteResult {
  return error.isFinal ? { kind: "refused", error } : { kind: "unfinished", error };
}

/** Takes in a new read: it ends every open pair, in whichever batch, that is not to be written any more. */
export function refreshEntry(entry: ResourcePairs, reading: Reading): void {
  if (reading.kind === "known") {
    entry.reading = reading.readAt < entry.lostAt ? { ...reading, readAt: -Infinity } : reading;
  }
  const wanted = reading.kind === "known" ? entry.wantedWith?.(reading.tags) : undefined;
  for (const [key, pair] of entry.pairs) {
    if (pair.underWay) continue;
    pair.result ??= afterRead(key, pair, reading, { wanted, action: entry.action });
    if (pair.result === undefined && reading.kind === "known") pair.before = reading.tags.get(key);
  }
}

interface Goal {
  readonly wanted: Tags | undefined;
  readonly action: WriteAction;
}

/** What a new read says of a pair: undefined = it is still to be written. */
function afterRead(key: string, pair: Pair, reading: Reading, { wanted, action }: Goal): WriteResult | undefined {
  const { value, before, maybeWritten } = pair;
  if (reading.kind === "unknown") {
    const { error } = reading;
    return error instanceof ProviderError ? fromError(error) : { kind: "unfinished", error };
  }
  const { tags, readAt } = reading;
  const now = tags.get(key);
  const aim = action === "tag" ? value : undefined;
  if (now === aim && maybeWritten) return { kind: "written", value, at: readAt };
  const untouched = now === undefined || now === before;
  const stillWanted = wanted === undefined || wanted.get(key) === value;
  return untouched && stillWanted ? undefined : { kind: "dropped", tags };
}
