import type { SentCall } from "./sent-call.ts";
import type { Simulation } from "./simulation.ts";

/** Timers and floating point may be off by this much. */
const TOLERANCE_MS = 2;
const HINDSIGHT_MS = 60_000;

/**
 * No second, wherever it begins, holds more calls of one process to one API than its part of our share, which all that
 * may run at once divide evenly. Where the clock jumped, the limiter can't know better.
 */
export function checkRate({ request, container }: SentCall, { scenario, scheduler, violate }: Simulation): void {
  const { action, account, region, kind, contract } = request;
  const now = scheduler.now();
  const config = scenario.accounts.find((one) => one.account === account);
  const api = kind === "write" ? contract.tag : contract.list;
  const share = (config?.callsPerSecond?.[kind] ?? api.callsPerSecond / 2) / scenario.containers;
  const bucket = `${action}/${account}/${region}`;
  let times = container.sentAt.get(bucket);
  if (times === undefined) {
    times = [];
    container.sentAt.set(bucket, times);
  }
  times.push(now);
  const calls = Math.ceil(share);
  const first = times[times.length - 1 - calls];
  if (first === undefined || now - first >= (1_000 * calls) / share - TOLERANCE_MS) return;
  if (container.jumps.some(({ at }) => now - at < HINDSIGHT_MS)) return;
  violate("rate", `${calls + 1} calls of ${bucket} in ${Math.round(now - first)} ms, with a part of ${share} a second`);
}
