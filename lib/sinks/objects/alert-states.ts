import { jsonOf } from "../../core/json.ts";
import type { AlertStates } from "../../app/ports/alerts.ts";
import type { ObjectStore } from "../../app/ports/objects.ts";
import { type AlertRecord, byKey, isPending } from "../../core/alert/lifecycle.ts";
import { InputError } from "../../core/errors.ts";
import { createTurns } from "../../core/turns.ts";
import { isAlertRecord } from "./alert-record.ts";

/** Beside the history of runs, which outlives each of them too. */
const ALERT_STATES = "alert-states.json";

/**
 * Alerts as one JSON object. For one process at a time: its changes wait for each other, those of other processes
 * don't. Deployed functions use DynamoDB instead. `place` names the folder in messages.
 */
export function objectAlertStates(objects: ObjectStore, place: string): AlertStates {
  const inTurn = createTurns();
  const load = async () =>
    new Map((await readAlertRecords(objects, place)).map((record) => [record.alert.key, record]));
  return {
    read: (key) => inTurn(async () => (await load()).get(key)),
    pending: () => inTurn(async () => [...(await load()).values()].filter(isPending).sort(byKey)),
    write: (record) =>
      inTurn(async () => {
        const records = await load();
        if ((records.get(record.alert.key)?.version ?? 0) !== record.version - 1) return false;
        records.set(record.alert.key, record);
        const text = `${JSON.stringify([...records.values()].sort(byKey), undefined, 2)}\n`;
        await objects.put(ALERT_STATES, new TextEncoder().encode(text));
        return true;
      }),
  };
}

/** Everything that is known of alerts. Throws InputError where the object holds something else. */
export async function readAlertRecords(objects: ObjectStore, place: string): Promise<readonly AlertRecord[]> {
  const body = await objects.get(ALERT_STATES);
  const records = body === undefined ? [] : jsonOf(body);
  if (Array.isArray(records) && records.every(isAlertRecord)) return records;
  throw new InputError(
    `${place}/${ALERT_STATES}: does not hold the state of alerts; restore it, or remove it: then people hear once more of what is open`,
  );
}
