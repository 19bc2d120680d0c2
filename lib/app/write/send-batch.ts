import { callNameOf } from "../../core/contract.ts";
import { ProviderError } from "../../core/errors.ts";
import { freeSlots } from "../../core/plan/fit-to-limits.ts";
import { resourceKey } from "../../core/resource.ts";
import type { TagBatch } from "../../core/tag-batch.ts";
import { OutOfTimeError, type Caller, type CallTarget } from "../cloud/call.ts";
import { readBatches } from "../cloud/read-tags.ts";
import type { Route } from "../cloud/route.ts";
import type { Clock } from "../ports/invocation.ts";
import type { TagCallResult } from "../ports/provider.ts";
import { fromError, type Pairs, type ResourcePairs, type WriteAction, refreshEntry } from "./pairs.ts";

/** A write rests on a read of at most this age; no cloud offers compare-and-set, so this is the window that remains. */
const OLDEST_READ_MS = 10_000;
const READS_BEFORE_GIVING_UP = 2;

/** What one tag call came to. The pairs that it ends have their result already. */
export type Sent =
  /** `retry` = the resources that failed and may yet succeed, and the error of one of them. */
  | { readonly kind: "answered"; readonly retry: readonly string[]; readonly error: ProviderError | undefined }
  /** Nothing was sent: a new read showed these resources otherwise than they were planned. */
  | { readonly kind: "changed"; readonly ids: readonly string[] }
  /** It may have taken effect. The next call with these resources reads them first. */
  | { readonly kind: "lost"; readonly error: ProviderError }
  /** It was refused as a whole: for one of its resources, for all of them, or nobody knows why. */
  | { readonly kind: "refused"; readonly error: ProviderError }
  /** There is no point in going on: no time, no access, or all attempts failed. Every pair of the batch has ended. */
  | { readonly kind: "ended"; readonly error: ProviderError | OutOfTimeError };

export interface SendDeps {
  readonly caller: Caller;
  readonly clock: Pick<Clock, "now">;
  /**
   * Whether the call is part of a search: what conflicts was repeated before that began, and isn't at each of its steps.
   */
  readonly isSearch?: boolean;
}

/** Sends one tag call, based on a fresh read. */
export async function sendBatch(batch: TagBatch, pairs: Pairs, deps: SendDeps): Promise<Sent> {
  const entries = batch.resourceIds.flatMap((id) => pairs.find(batch, id) ?? []);
  const [first] = entries;
  if (first === undefined) return { kind: "answered", retry: [], error: undefined };
  const { route, action } = first;
  const api = route.contract[action];
  const { region, project } = batch;
  const [resource] = api.resourcesPerCall === 1 ? batch.resourceIds : [];
  const target: CallTarget = { account: route.account, region, project, api, kind: "write", resource };
  try {
    const sent = await deps.caller.call(target, async (): Promise<Sent> => {
      const changed = await makeReady(batch, entries, pairs, { ...deps, target });
      if (changed.length > 0) return { kind: "changed", ids: changed };
      const own = entries.flatMap((entry) => [...batch.tags.keys()].flatMap((key) => entry.pairs.get(key) ?? []));
      const readings = entries.map(({ reading }) => reading);
      for (const pair of own) pair.underWay = true;
      try {
        return takeIn(batch, await write(batch, action, route), pairs, deps);
      } catch (error) {
        if (deps.isSearch === true && error instanceof ProviderError && isConflict(error))
          return { kind: "refused", error };
        throw error;
      } finally {
        for (const pair of own) pair.underWay = false;
        entries.forEach((entry, index) => distrust(entry, batch, readings[index]));
      }
    });
    // The call was answered, but the answer says that it was one too many.
    if (sent.kind === "answered" && sent.error?.kind === "throttled") deps.caller.throttled(target, sent.error);
    return sent;
  } catch (error) {
    if (error instanceof OutOfTimeError) return end(batch, error, pairs);
    if (!(error instanceof ProviderError)) throw error;
    if (error.ambiguous) for (const entry of entries) expectWritten(entry, batch, deps);
    // A fault in our own code may be due to one resource, which is searched for as after a refusal.
    if (error.ambiguous && error.kind !== "unknown") {
      return { kind: "lost", error };
    }
    if (isConflict(error)) return { kind: "refused", error };
    if (error.retryable || error.kind === "access") return end(batch, error, pairs);
    return { kind: "refused", error };
  }
}

/** One resource of the call is young or busy, as far as anybody knows: the others needn't wait for it. */
function isConflict({ kind, ambiguous }: ProviderError): boolean {
  return kind === "conflict" && !ambiguous;
}

/**
 * Reads again what is too old: only when the call has its turn, because the wait for it and the attempts before this one
 * have aged the read; and looks again after everything that takes time, so that nothing comes between the last look at
 * the clock and the call. Answers the resources that are not to be written like this any more.
 */
async function makeReady(
  batch: TagBatch,
  entries: readonly ResourcePairs[],
  pairs: Pairs,
  { target, ...deps }: SendDeps & { readonly target: CallTarget },
): Promise<readonly string[]> {
  let reads = 0;
  let mayLeave = false;
  for (;;) {
    const changed = [...new Set([...pairs.endedIn(batch), ...withoutRoom(batch, entries)])];
    if (changed.length > 0) return changed;
    if (entries.some((entry) => isStale(entry, deps))) {
      if (reads === READS_BEFORE_GIVING_UP) throw slowRead();
      reads += 1;
      mayLeave = false;
      await readAgain(entries, deps);
    } else if (mayLeave || !(await deps.caller.leave(target))) {
      return [];
    } else {
      mayLeave = true;
    }
  }
}

/** The resources that others have tagged since, so that not all tags of the batch fit any more by the plan's count. */
function withoutRoom({ tags }: TagBatch, entries: readonly ResourcePairs[]): string[] {
  return entries.flatMap(({ ref, route, action, reading }) => {
    const { tagsPerResource } = route.contract;
    if (action === "untag" || reading.tags.size + tags.size <= tagsPerResource) return [];
    const added = tags.keys().reduce((count, key) => (reading.tags.has(key) ? count : count + 1), 0);
    return added > Math.max(0, freeSlots(reading.tags, route.contract)) ? [callNameOf(ref, route.contract)] : [];
  });
}

function write(batch: TagBatch, action: WriteAction, { provider }: Route): Promise<TagCallResult> {
  if (action === "tag") return provider.tagResources(batch);
  const { tags, ...rest } = batch;
  return provider.untagResources({ ...rest, keys: [...tags.keys()] });
}

function end(batch: TagBatch, error: ProviderError | OutOfTimeError, pairs: Pairs): Sent {
  pairs.end(batch, batch.resourceIds, () =>
    error instanceof ProviderError ? fromError(error) : { kind: "unfinished", error },
  );
  return { kind: "ended", error };
}

/**
 * While the call was under way, another batch may have read the resource, and nobody has looked at that read for the
 * tags of this batch: what is still to be written of them must not rest on it.
 */
function distrust(entry: ResourcePairs, { tags }: TagBatch, before: ResourcePairs["reading"] | undefined): void {
  if (entry.reading === before) return;
  const isOpen = tags.keys().some((key) => entry.pairs.get(key)?.result === undefined);
  if (isOpen) entry.reading = { ...entry.reading, readAt: -Infinity };
}

function expectWritten(entry: ResourcePairs, { tags }: TagBatch, { clock }: Pick<SendDeps, "clock">): void {
  entry.reading = { ...entry.reading, readAt: -Infinity };
  entry.lostAt = clock.now();
  for (const key of tags.keys()) {
    const pair = entry.pairs.get(key);
    if (pair !== undefined) pair.maybeWritten = true;
  }
}

/** A read that lies in the future was made before the clock was set back: nobody knows how old it is. */
function isStale({ reading }: ResourcePairs, { clock }: SendDeps): boolean {
  const age = clock.now() - reading.readAt;
  return age > OLDEST_READ_MS || age < 0;
}

/** Reads all resources of a batch, so that none of the others grows too old meanwhile. */
async function readAgain(entries: readonly ResourcePairs[], deps: SendDeps): Promise<void> {
  const byKey = new Map(entries.map((entry) => [resourceKey(entry.ref), entry]));
  // Each as soon as it is known, where an API reads one by one: another batch may be about to write it.
  await readBatches(entries, deps, (readings) => {
    for (const [key, reading] of readings) {
      const entry = byKey.get(key);
      if (entry !== undefined) refreshEntry(entry, reading);
    }
  });
}

function slowRead(): ProviderError {
  return new ProviderError({
    code: "SlowRead",
    kind: "transient",
    message: `Reading tags takes longer than the ${OLDEST_READ_MS / 1_000} s that a write may rest on`,
    httpStatus: 0,
    requestId: "",
  });
}

/** Ends the pairs that were written, and those that were refused for good. */
function takeIn(
  batch: TagBatch,
  { requestId, succeeded, failed, pending, doneInMs }: TagCallResult,
  pairs: Pairs,
  { clock }: SendDeps,
): Sent {
  const at = clock.now();
  pairs.end(batch, succeeded, (id, value) => {
    const written = { kind: "written", value, at, requestId } as const;
    if (pending?.has(id) !== true) return written;
    return { ...written, pending: true, ...(doneInMs !== undefined && { doneInMs }) };
  });
  const retry: string[] = [];
  let lastError: ProviderError | undefined;
  for (const [id, error] of failed) {
    if (error.retryable) {
      retry.push(id);
      // Of several errors the one that says to slow down decides how long to wait.
      if (lastError?.kind !== "throttled") lastError = error;
      const entry = pairs.find(batch, id);
      if (entry !== undefined && error.ambiguous) expectWritten(entry, batch, { clock });
    } else {
      pairs.end(batch, [id], () => fromError(error));
    }
  }
  const named = new Set(succeeded);
  const silent = batch.resourceIds.filter((id) => !failed.has(id) && !named.has(id));
  pairs.end(batch, silent, () => ({
    kind: "unfinished",
    error: new Error(`the provider's answer says nothing of this resource`),
  }));
  return { kind: "answered", retry, error: lastError };
}
