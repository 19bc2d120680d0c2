import type { CappedAccount, WriteCap } from "../ports/write-cap.ts";

const HOUR_MS = 3_600_000;

/** How many of an account's writes of an hour repairs may use: half. The rest stays for what is created meanwhile. */
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

/** Milliseconds until the cap of the hour that `at` lies in starts anew. */
export function untilNextHour(at: number): number {
  return HOUR_MS - (at % HOUR_MS);
}

/** The code of what waits for the next hour. */
export const WRITE_CAP = "WriteCap";

/** The same of what an audit found, which gets a part of the cap only. */
export const REPAIR_CAP = "RepairCap";
