import { WRITE_CAP } from "../../lib/app/write/cap.ts";
import { CALL_TIMEOUT_MS, RECORD_MS, type EnforceContainer, type Invocation, type SeenReading } from "./invocation.ts";
import type { SimResource } from "./scenario.ts";
import type { Simulation } from "./simulation.ts";

/** A write takes its turn and half a second; no call starts with less than the reserve left. */
const ROOM_MS = 12_000 + CALL_TIMEOUT_MS + RECORD_MS;

/**
 * An invocation that could write, wrote: it knew what to write when there was time left, nothing had failed, and the cap
 * had granted it, or was never asked.
 */
export function checkProgress(invocation: Invocation, simulation: Simulation): void {
  const { readings, untold, host } = invocation;
  if (host === undefined || hadTrouble(invocation, host, simulation)) return;
  for (const [place, reading] of readings) {
    const resource = simulation.byPlace.get(place);
    if (resource === undefined || reading.leftMs < ROOM_MS) continue;
    // What is read again before it is written may be unknown by then.
    if (untold.has(place)) continue;
    if (!mayWrite(resource, invocation, simulation) || !lacksSomething(resource, reading, host, simulation)) continue;
    const ms = Math.round(reading.leftMs);
    return simulation.violate(
      "progress",
      `${resource.ref.id} was known ${ms} ms before the end, and nothing was written`,
    );
  }
}

/** Something was refused or remembered, or written after all. */
function hadTrouble(
  { errors, troubles, sent, failed }: Invocation,
  { jumps, hasBeenRefused }: EnforceContainer,
  { scenario }: Simulation,
): boolean {
  const isQuiet = errors.length === 0 && troubles === 0 && jumps.length === 0 && !hasBeenRefused;
  return failed || !isQuiet || sent.size > 0 || scenario.mode === "report";
}

function mayWrite(
  { ref, legacy, place }: SimResource,
  { granted, outcomes }: Invocation,
  { scenario }: Simulation,
): boolean {
  const config = scenario.accounts.find(({ account }) => account === ref.account);
  // What the cap granted may have gone to another one, which then had no room for its tags.
  const isCapped = granted.get(ref.account)?.count === 0 || outcomes.get(place)?.code === WRITE_CAP;
  return !legacy && config?.mode !== "report" && !isCapped;
}

/** Policies ask for a tag that isn't there, and all that they ask for fits. */
function lacksSomething(
  { created, requestTags, ref }: SimResource,
  { tags }: SeenReading,
  { clock }: EnforceContainer,
  { scenario }: Simulation,
): boolean {
  const { policies } = scenario.policies;
  const present = { ...created, tags: new Map([...requestTags, ...tags]) };
  const decisions = policies.decide(present, policies.evaluate(present, clock.now()), clock.now());
  const room = (ref.type.startsWith("aws:") ? 50 : 20) - present.tags.size;
  return room >= decisions.length && decisions.some(({ action }) => action === "write");
}
