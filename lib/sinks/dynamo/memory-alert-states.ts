import type { AlertStates, Deliveries } from "../../app/ports/alerts.ts";
import { type AlertRecord, isPending, byKey } from "../../core/alert/lifecycle.ts";

/** Alerts that are known as long as the process lives, to begin with these. */
export function memoryAlertStates(known: Iterable<AlertRecord> = []): AlertStates {
  const records = new Map([...known].map((record) => [record.alert.key, record]));
  return {
    async read(key) {
      return records.get(key);
    },
    async pending() {
      return [...records.values()].filter(isPending).sort(byKey);
    },
    async write(record) {
      const { key } = record.alert;
      if ((records.get(key)?.version ?? 0) !== record.version - 1) return false;
      records.set(key, record);
      return true;
    },
  };
}

export function memoryDeliveries(): Deliveries {
  const delivered = new Set<string>();
  return {
    async has(id) {
      return delivered.has(id);
    },
    async add(id) {
      delivered.add(id);
    },
  };
}
