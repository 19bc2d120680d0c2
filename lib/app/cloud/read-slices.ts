import type { TypeContract } from "../../core/contract.ts";
import type { Clock, Deadline } from "../ports/invocation.ts";
import { RESERVE_MS, type Caller } from "./call.ts";
import { inOrder, readBatches, type Reading, type RoutedResource } from "./read-tags.ts";

/** A write may rest on a read of ten seconds: half of that is for reading, the other half for writing. */
const SLICE_MS = 5_000;
/**
 * With more than this many by then, reading is quick, and a second read before a write is cheap; but the fewer slices there
 * are, the fewer tag calls there have to be.
 */
const MANY = 1_000;
const LONG_SLICE_MS = 30_000;

/**
 * Reads of an API under way: more as long as they are short, fewer where they wait for their turns. Turns that are taken
 * can't be given back, and a read before a write would have to wait behind all of them.
 */
const FIRST_READS = 2;
const MOST_READS = 8;
const SHORT_READ_MS = 1_000;

export interface SliceDeps {
  readonly caller: Caller;
  readonly clock: Clock;
  readonly deadline: Deadline;
}

/** Tags that are read while those that were read before are written. */
export interface SlicedRead {
  /**
   * The next readings by `key` or `resourceKey`, each once, as they come: all at once where reading is quick; undefined
   * after the last. Whoever takes the next slice is done with the one before.
   */
  readonly next: () => Promise<ReadonlyMap<string, Reading> | undefined>;
  /** To be called in the end, early or not: no read starts after that, and none is under way when it resolves. */
  readonly end: () => Promise<void>;
  /** To be told which part of the slice at hand is done, from 0 to 1, while it is being written. */
  readonly progress: (part: number) => void;
}

interface Slice {
  readonly readings: Map<string, Reading>;
  /** When its first reading came. */
  readonly since: number;
}

/**
 * Reads in the order of the resources, and hands on what it has read when its first reading is five seconds old (later
 * where reading is quick), or everything is read: so what is read gets written, however slow reading is. It reads no
 * further ahead than what can be written before the deadline, by the pace of the writing so far; where a call takes one
 * resource, so that a second read before the write would cost as much as the first, no further than what can be written
 * while it is fresh. What it didn't come to is unknown for lack of time.
 */
export function readInSlices(resources: readonly RoutedResource[], { caller, clock, deadline }: SliceDeps): SlicedRead {
  let waiting: Slice | undefined;
  let writing: { readonly size: number; readonly since: number; part: number } | undefined;
  /** What writing one resource takes, in milliseconds; unknown until something was written. */
  let pace: number | undefined;
  let inFlight = 0;
  let unread = resources.length;
  let isFinished = false;
  let isWanted = false;
  let isLeft = false;
  let changed = Promise.withResolvers<void>();

  function tellChange(): void {
    changed.resolve();
    changed = Promise.withResolvers();
  }
  const timeLeft = () => deadline.remainingMs() - RESERVE_MS;
  const isOver = () => isLeft || timeLeft() < 0;

  /** How long it takes to write what is read, and what is being read. */
  function backlogMs(): number {
    const left = writing === undefined ? 0 : writing.size * (1 - writing.part);
    return (left + (waiting?.readings.size ?? 0) + inFlight) * (pace ?? 0);
  }

  /** How many reads of an API may be under way, and are. */
  const windows = new Map<string, { most: number; underWay: number }>();

  function windowOf({ list: { action } }: TypeContract) {
    const known = windows.get(action) ?? { most: FIRST_READS, underWay: 0 };
    windows.set(action, known);
    return known;
  }

  function mayRead(count: number, contract: TypeContract): boolean {
    const { most, underWay } = windowOf(contract);
    if (underWay >= most) return false;
    const left = timeLeft();
    const backlog = backlogMs();
    const ahead = contract.tag.resourcesPerCall === 1 ? SLICE_MS : Math.max(SLICE_MS, left / 4);
    return backlog === 0 || (backlog <= ahead && backlog + count * (pace ?? 0) <= left);
  }

  async function admit(count: number, contract: TypeContract): Promise<(() => void) | undefined> {
    while (!isOver() && !mayRead(count, contract)) {
      // Once: whoever waits here is woken by it.
      const isNews = !isWanted && windowOf(contract).underWay === 0;
      isWanted ||= isNews;
      if (isNews) tellChange();
      await changed.promise;
    }
    if (isOver()) return undefined;
    const window = windowOf(contract);
    const since = clock.now();
    inFlight += count;
    window.underWay += 1;
    return () => {
      inFlight -= count;
      window.underWay -= 1;
      const took = clock.now() - since;
      if (took <= SHORT_READ_MS) window.most = Math.min(MOST_READS, window.most * 2);
      else if (took > 2 * SHORT_READ_MS) window.most = Math.max(1, window.most - 1);
      tellChange();
    };
  }

  function takeIn(batch: ReadonlyMap<string, Reading>): void {
    const isFirst = waiting === undefined;
    waiting ??= { readings: new Map(), since: clock.now() };
    for (const [key, reading] of batch) waiting.readings.set(key, reading);
    unread -= batch.size;
    isFinished ||= unread === 0;
    if (isFirst) tellChange();
  }

  /** How old the first reading of a slice of this size gets before it is handed on. */
  function patience(size: number): number {
    const left = timeLeft();
    if (size > MANY) return Math.max(Math.min(SLICE_MS, left / 2), Math.min(LONG_SLICE_MS, left / 4));
    return Math.min(SLICE_MS, left / 2);
  }

  async function untilReady(): Promise<void> {
    for (;;) {
      if (isFinished || (isWanted && waiting !== undefined)) return;
      if (waiting === undefined) {
        await changed.promise;
        continue;
      }
      const ms = waiting.since + patience(waiting.readings.size) - clock.now();
      if (ms <= 0) return;
      const timer = new AbortController();
      await Promise.race([changed.promise, clock.sleep(ms, timer.signal)]);
      timer.abort();
    }
  }

  function start(): Promise<void> {
    return readBatches(resources, { caller, clock, batchesOf: inOrder, admit }, takeIn).finally(() => {
      isFinished = true;
      tellChange();
    });
  }
  let reading: Promise<void> | undefined;

  // Two functions, and no async generator: what that leaves behind outlives its invocation, and costs an eighth of it.
  return {
    async next() {
      reading ??= start();
      writing = undefined;
      tellChange();
      await untilReady();
      if (waiting === undefined) return undefined;
      const { readings } = waiting;
      waiting = undefined;
      isWanted = false;
      writing = { size: readings.size, since: clock.now(), part: 0 };
      tellChange();
      return readings;
    },
    async end() {
      isLeft = true;
      tellChange();
      await reading;
    },
    progress(part) {
      if (writing === undefined) return;
      writing.part = part;
      pace = (clock.now() - writing.since) / (writing.size * part);
      tellChange();
    },
  };
}
