import { asObject, jsonOf } from "../../core/json.ts";
import type { Deliveries } from "../../app/ports/alerts.ts";
import type { ObjectStore } from "../../app/ports/objects.ts";
import { InputError } from "../../core/errors.ts";
import { createTurns } from "../../core/turns.ts";

/** Beside the states of alerts: which digests have arrived, and when, in milliseconds since the epoch. */
const DELIVERIES = "alert-deliveries.json";
const KEPT_MS = 30 * 24 * 3600 * 1000;

/**
 * Delivered digests as one JSON object, for a month. For one process at a time. `place` names the folder in messages.
 * Throws InputError where the object holds something else.
 */
export function objectDeliveries(objects: ObjectStore, place: string): Deliveries {
  const inTurn = createTurns();
  const load = async (): Promise<Map<string, number>> => {
    const body = await objects.get(DELIVERIES);
    const times = body === undefined ? {} : timesFrom(body);
    if (times !== undefined) return new Map(Object.entries(times));
    throw new InputError(
      `${place}/${DELIVERIES}: does not say which messages have arrived; restore it, or remove it: then a message ` +
        "that was just sent may be sent twice",
    );
  };
  return {
    has: (id) => inTurn(async () => (await load()).has(id)),
    add: (id, at) =>
      inTurn(async () => {
        const times = [...(await load()).set(id, at)].filter(([, time]) => at - time < KEPT_MS);
        await objects.put(DELIVERIES, new TextEncoder().encode(`${JSON.stringify(Object.fromEntries(times))}\n`));
      }),
  };
}

function timesFrom(body: Uint8Array): Readonly<Record<string, number>> | undefined {
  const value = jsonOf(body);
  return isTimes(value) ? value : undefined;
}

function isTimes(value: unknown): value is Readonly<Record<string, number>> {
  return Object.values(asObject(value) ?? { none: true }).every((time) => typeof time === "number");
}
