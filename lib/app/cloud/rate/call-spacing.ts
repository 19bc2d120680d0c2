/** Slower calls are counted over this time, quicker ones over a second. */
const LONG_WINDOW_MS = 10_000;
/** From so many calls of a process in a second on, a whole number of them loses less than a tenth of the rate. */
const QUICK = 10;
/** Calls that leave evenly arrive a little less evenly; so much of a window is left for that. */
const JITTER = 0.01;

/**
 * How far apart a process keeps its calls, in milliseconds, where `processes` share a rate without seeing each other.
 *
 * An equal part each is not enough: of 2.5 calls a second two processes make 1.25 each, which can be 13 in ten seconds,
 * and 26 together. So each keeps to a whole number of calls in a window, and the sum is no more than the rate wherever
 * the window begins: in any second from ten calls a second and process on, below in any ten seconds. A process with less than one call in ten seconds keeps to that alone.
 */
export function callSpacingMs(callsPerSecond: number, processes: number): number {
  const own = callsPerSecond / processes;
  if (processes === 1) return 1_000 / own;
  const windowMs = own >= QUICK ? 1_000 : LONG_WINDOW_MS;
  const calls = Math.floor((own * windowMs) / 1_000);
  return calls === 0 ? 1_000 / own : (windowMs * (1 + JITTER)) / calls;
}
