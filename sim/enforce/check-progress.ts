import { CALL_TIMEOUT_MS, RECORD_MS, type Invocation } from "./invocation.ts";
import type { Simulation } from "./simulation.ts";

/** A write takes its turn and half a second; no call starts with less than the reserve left. */
const ROOM_MS = 12_000 + CALL_TIMEOUT_MS + RECORD_MS;

/**
 * An invocation that could write, wrote: it knew what to write when there was time left, nothing had failed, and the cap
 * had granted it, or was never asked.
 */
export function checkProgress(invocation: Invocation, { scenario, violate, byPlace }: Simulation): void {
  const { errors, troubles, readings, sent, granted, host, failed } = invocation;
  if (failed || errors.length > 0 || troubles > 0 || scenario.mode === "report" || sent.size > 0) return;
  if (host === undefined || host.jumps.length > 0 || host.hasBeenRefused) return;
  for (const [place, { leftMs, tags }] of readings) {
    const resource = byPlace.get(place);
    if (resource === undefined || resource.legacy || leftMs < ROOM_MS) continue;
    const config = scenario.accounts.find(({ account }) => account === resource.ref.account);
    if (config?.mode === "report" || granted.get(resource.ref.account)?.count === 0) continue;
    const present = { ...resource.created, tags: new Map([...resource.requestTags, ...tags]) };
    const { policies } = scenario.policies;
    const decisions = policies.decide(present, policies.evaluate(present, host.clock.now()));
    const room = (resource.ref.type.startsWith("aws:") ? 50 : 20) - present.tags.size;
    if (room < decisions.length || decisions.every(({ action }) => action !== "write")) continue;
    return violate(
      "progress",
      `${resource.ref.id} was known ${Math.round(leftMs)} ms before the end, and nothing was written`,
    );
  }
}
