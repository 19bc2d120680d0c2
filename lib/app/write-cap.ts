import type { CappedAccount, WriteCap } from "./ports.ts";

const HOUR_MS = 3_600_000;

/** The write cap of one process: for the command line, where one process is all there is, and for tests. */
export function memoryWriteCap(): WriteCap {
  const used = new Map<string, number>();
  const keyOf = ({ provider, account }: CappedAccount, at: number) =>
    JSON.stringify([provider, account, Math.floor(at / HOUR_MS)]);
  return {
    async reserve(account, count, at) {
      const key = keyOf(account, at);
      const before = used.get(key) ?? 0;
      const granted = Math.max(0, Math.min(count, account.writesPerHour - before));
      used.set(key, before + granted);
      return granted;
    },
    async release(account, count, at) {
      const key = keyOf(account, at);
      used.set(key, Math.max(0, (used.get(key) ?? 0) - count));
    },
  };
}

/** Milliseconds until the cap of the hour that `at` lies in starts anew. */
export function untilNextHour(at: number): number {
  return HOUR_MS - (at % HOUR_MS);
}
