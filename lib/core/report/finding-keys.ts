import { InputError } from "../errors.ts";
import type { ResourceRef } from "../resource.ts";

/**
 * The resources that were findings, by shard: each as a number of 53 bits, in ascending order. Of a million findings
 * two have the same number with a probability of one in ten thousand; then one counts as still open that is new.
 */
export type FindingKeys = ReadonlyMap<string, Float64Array>;

/** Collects the keys of one shard. */
export interface KeySet {
  /** Adds a finding and answers its key. */
  add(finding: ResourceRef): number;
  /** Ascending, without repetitions. */
  sorted(): Float64Array;
}

const FIRST_ROOM = 1024;

export function createKeySet(): KeySet {
  let keys = new Float64Array(FIRST_ROOM);
  let length = 0;
  return {
    add({ type, account, region, id }) {
      if (length === keys.length) {
        const larger = new Float64Array(2 * length);
        larger.set(keys);
        keys = larger;
      }
      const key = hash53(`${type}\0${account}\0${region}\0${id}`);
      keys[length] = key;
      length += 1;
      return key;
    },
    sorted() {
      return keys
        .subarray(0, length)
        .sort()
        .filter((key, index, all) => index === 0 || key !== all[index - 1]);
    },
  };
}

/** Whether a key is among these, which are ascending. */
export function knownIn(keys: Float64Array, key: number): boolean {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? Infinity) < key) low = middle + 1;
    else high = middle;
  }
  return keys[low] === key;
}

/** Two multiplicative hashes of 32 bits, mixed into one of 53. */
function hash53(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 2_654_435_761);
    low = Math.imul(low ^ unit, 1_597_334_677);
  }
  const mixedHigh = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  const mixedLow =
    Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(mixedHigh ^ (mixedHigh >>> 13), 3_266_489_909);
  return 4_294_967_296 * (mixedLow & 0x1f_ffff) + (mixedHigh >>> 0);
}

/** As bytes: a line of JSON that names the shards and how many keys each has, then the keys. */
export function keysToBytes(keys: FindingKeys): Uint8Array {
  const head = new TextEncoder().encode(`${JSON.stringify([...keys].map(([shard, { length }]) => [shard, length]))}\n`);
  const total = [...keys.values()].reduce((sum, { length }) => sum + length, 0);
  const bytes = new Uint8Array(head.length + 8 * total);
  bytes.set(head);
  const view = new DataView(bytes.buffer, head.length);
  let at = 0;
  for (const numbers of keys.values()) {
    for (const key of numbers) {
      view.setFloat64(at, key, true);
      at += 8;
    }
  }
  return bytes;
}

/** Throws InputError, with `where` in front, where the bytes are not those of `keysToBytes`. */
export function keysFromBytes(bytes: Uint8Array, where: string): FindingKeys {
  const lineEnd = bytes.indexOf(0x0a);
  const shards = lineEnd < 0 ? undefined : parsed(bytes.subarray(0, lineEnd));
  const wrong = (): InputError => new InputError(`${where}: does not hold the keys of findings; remove it`);
  if (!Array.isArray(shards)) throw wrong();
  const view = new DataView(bytes.buffer, bytes.byteOffset + lineEnd + 1, bytes.length - lineEnd - 1);
  const keys = new Map<string, Float64Array>();
  let at = 0;
  for (const entry of shards as readonly unknown[]) {
    if (!Array.isArray(entry)) throw wrong();
    const [shard, length] = entry as readonly unknown[];
    if (typeof shard !== "string" || !isCount(length) || at + 8 * length > view.byteLength) throw wrong();
    const numbers = new Float64Array(length);
    for (let index = 0; index < length; index++, at += 8) numbers[index] = view.getFloat64(at, true);
    keys.set(shard, numbers);
  }
  return keys;
}

function parsed(line: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(line));
  } catch {
    // The caller says what doesn't parse.
    return undefined;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
