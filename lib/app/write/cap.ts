import { messageOf } from "../../core/errors.ts";
import type { CappedAccount, WriteCap, WriteReason } from "../ports/write-cap.ts";

const HOUR_MS = 3_600_000;

/** How many of an account's writes in an hour repairs may use: half. The rest stays for what is created meanwhile. */
export function repairsPerHour({ writesPerHour }: Pick<CappedAccount, "writesPerHour">): number {
  return Math.ceil(writesPerHour / 2);
}

/** The write cap of one process: for the command line, where one process is all there is, and for tests. */
export function memoryWriteCap(): WriteCap {
  const hours = new Map<string, { used: number; repairs: number }>();
  const hourOf = ({ provider, account }: CappedAccount, at: number) => {
    const key = JSON.stringify([provider, account, Math.floor(at / HOUR_MS)]);
    const known = hours.get(key) ?? { used: 0, repairs: 0 };
    hours.set(key, known);
    return known;
  };
  return {
    async reserve(account, count, at, reason = "event") {
      const hour = hourOf(account, at);
      const left = account.writesPerHour - hour.used;
      const room = reason === "repair" ? Math.min(left, repairsPerHour(account) - hour.repairs) : left;
      const granted = Math.max(0, Math.min(count, room));
      hour.used += granted;
      if (reason === "repair") hour.repairs += granted;
      return granted;
    },
    async release(account, count, at, reason = "event") {
      const hour = hourOf(account, at);
      hour.used = Math.max(0, hour.used - count);
      if (reason === "repair") hour.repairs = Math.max(0, hour.repairs - count);
    },
  };
}

/** Milliseconds from `at` until the next hour, in which the cap starts anew. */
export function untilNextHour(at: number): number {
  return HOUR_MS - (at % HOUR_MS);
}

/** The code of what waits for the next hour. */
export const WRITE_CAP = "WriteCap";

/** The same for what an audit found, which gets only a part of the cap. */
export const REPAIR_CAP = "RepairCap";

/** The code of what waits until the cap can be asked. */
export const CAP_UNKNOWN = "WriteCapUnknown";

/** A resource that is to be written, and what for. */
export interface CappedWrite {
  /** Its `resourceKey`. */
  readonly key: string;
  readonly account: CappedAccount;
  readonly reason: WriteReason;
}

/** Why a resource is not written in this hour. */
export interface BeyondCap {
  readonly code: typeof WRITE_CAP | typeof REPAIR_CAP | typeof CAP_UNKNOWN;
  readonly message: string;
}

/**
 * Takes a write for each of these resources from the cap of its account, in the hour that `at` lies in; events come
 * before repairs, and the first resources first. Answers those that are beyond it, by their keys: all of them from where
 * the cap can't be asked, since what nobody counts must not be written.
 */
export async function reserveWithinCap(
  writes: readonly CappedWrite[],
  at: number,
  writeCap: Pick<WriteCap, "reserve">,
): Promise<Map<string, BeyondCap>> {
  const beyond = new Map<string, BeyondCap>();
  let unknown: BeyondCap | undefined;
  for (const { account, keys, reason } of byAccount(writes)) {
    try {
      const count = unknown === undefined ? await writeCap.reserve(account, keys.length, at, reason) : 0;
      for (const key of keys.slice(count)) beyond.set(key, unknown ?? beyondCap(account, reason));
    } catch (error) {
      // One store counts for all accounts: to wait for it once for each of them would use up the invocation.
      unknown = { code: CAP_UNKNOWN, message: `the write cap can't be asked: ${messageOf(error)}` };
      for (const key of keys) beyond.set(key, unknown);
    }
  }
  return beyond;
}

function beyondCap(account: CappedAccount, reason: WriteReason): BeyondCap {
  const { account: id, writesPerHour } = account;
  if (reason === "event") {
    return { code: WRITE_CAP, message: `account ${id} has used up its ${writesPerHour} writes of this hour` };
  }
  const share = `${repairsPerHour(account)} of ${writesPerHour}`;
  return {
    code: REPAIR_CAP,
    message: `account ${id} has no writes left for repairs in this hour, which get ${share}`,
  };
}

/** Writes that are counted together. */
interface Lane {
  readonly account: CappedAccount;
  readonly reason: WriteReason;
  readonly keys: string[];
}

/** Events first: repairs get what these leave of a cap. */
export function byAccount(writes: readonly CappedWrite[]): Lane[] {
  const lanes = new Map<string, Lane>();
  let lane: Lane | undefined;
  for (const { key, account, reason } of writes) {
    if (lane?.account !== account || lane.reason !== reason) {
      const name = JSON.stringify([account.provider, account.account, reason]);
      lane = lanes.get(name) ?? { account, reason, keys: [] };
      lanes.set(name, lane);
    }
    lane.keys.push(key);
  }
  return [...lanes.values()].sort((a, b) => Number(a.reason === "repair") - Number(b.reason === "repair"));
}
