import type { ObjectStore } from "../../app/ports/objects.ts";
import type { OutcomeRecord, OutcomeSink } from "../../app/ports/outcomes.ts";
import { compress, decompress } from "./gzip.ts";

/**
 * Outcome records as gzip JSON objects `outcomes/date=<UTC date>/<time>-<id>.json.gz`, so that reading them in the
 * order of their names is reading them in the order of time.
 */
export function objectOutcomes(objects: ObjectStore): OutcomeSink {
  return {
    async record(record) {
      const time = new Date(record.at).toISOString();
      const name = `outcomes/date=${time.slice(0, 10)}/${time.replaceAll(":", "-")}-${encodeURIComponent(record.id)}.json.gz`;
      await objects.put(name, await compress(JSON.stringify(record)));
    },
    async *read() {
      for (const name of await objects.list("outcomes/")) {
        const body = await objects.get(name);
        if (body !== undefined) yield JSON.parse(await decompress(body)) as OutcomeRecord;
      }
    },
  };
}
