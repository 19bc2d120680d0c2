import type { AlertStates } from "../app/ports/alerts.ts";
import type { ObjectStore } from "../app/ports/objects.ts";
import type { AlertRecord } from "../core/alert/lifecycle.ts";
import { InputError } from "../core/errors.ts";
import { byKey, isPending } from "./memory-alert-states.ts";

/** Beside the history of runs, which outlives each of them too. */
const ALERT_STATES = "alert-states.json";

/**
 * Alerts as one JSON object. For one process at a time: its changes wait for each other, those of other processes
 * don't. Deployed functions use DynamoDB instead.
 */
export function objectAlertStates(objects: ObjectStore): AlertStates {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(change: () => Promise<T>): Promise<T> => {
    const turn = last.then(change, change);
    last = turn.catch(() => undefined);
    return turn;
  };
  const load = async () => new Map((await readAlertRecords(objects)).map((record) => [record.alert.key, record]));
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
export async function readAlertRecords(objects: ObjectStore): Promise<readonly AlertRecord[]> {
  const body = await objects.get(ALERT_STATES);
  const records = body === undefined ? [] : parsed(body);
  if (Array.isArray(records) && records.every(isRecord)) return records;
  throw new InputError(`${ALERT_STATES}: does not hold the state of alerts; remove it, and open alerts are told again`);
}

function isRecord(value: unknown): value is AlertRecord {
  if (typeof value !== "object" || value === null) return false;
  const { alert, version, state, seenAt } = value as Partial<Record<keyof AlertRecord, unknown>>;
  const hasKey = typeof alert === "object" && alert !== null && "key" in alert && typeof alert.key === "string";
  return (
    hasKey && typeof version === "number" && typeof seenAt === "number" && (state === "open" || state === "resolved")
  );
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    // The caller says which object doesn't parse.
    return undefined;
  }
}
