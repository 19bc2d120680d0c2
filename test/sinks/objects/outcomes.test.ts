import { describe, expect, it } from "vitest";
import type { OutcomeRecord } from "../../../lib/app/ports/outcomes.ts";
import { memoryObjects } from "../../../lib/sinks/objects/memory.ts";
import { objectOutcomes } from "../../../lib/sinks/objects/outcomes.ts";

const AT = Date.UTC(2026, 10, 22, 23, 59, 59);
const record = (id: string, at: number): OutcomeRecord => ({
  id,
  at,
  resources: [{ type: "huawei:iam:user", account: "d1", region: "global", id: "u1", outcome: "tagged", tags: [] }],
});

async function readAll(sink: ReturnType<typeof objectOutcomes>): Promise<OutcomeRecord[]> {
  const records: OutcomeRecord[] = [];
  for await (const one of sink.read()) records.push(one);
  return records;
}

describe("outcome records", () => {
  it("come back as they were recorded, in the order of time", async () => {
    const sink = objectOutcomes(memoryObjects());
    const [first, second, third] = [record("z", AT), record("a", AT + 1), record("m", AT + 5000)];
    for (const one of [third, first, second]) await sink.record(one);
    expect(await readAll(sink)).toEqual([first, second, third]);
  });

  it("count once where an invocation records twice", async () => {
    const sink = objectOutcomes(memoryObjects());
    await sink.record(record("a", AT));
    await sink.record(record("a", AT));
    expect(await readAll(sink)).toHaveLength(1);
  });

  it("lie under their day and time, beside what is none of them", async () => {
    const objects = memoryObjects();
    const sink = objectOutcomes(objects);
    await sink.record(record("a", AT));
    const name = "outcomes/date=2026-11-22/2026-11-22T23-59-59.000Z-a.json.gz";
    expect(await objects.list("")).toEqual([name]);
    await objects.put("runs/r1.json", new TextEncoder().encode("{}"));
    expect(await readAll(sink)).toHaveLength(1);
  });

  it("that are removed while they are read are passed over", async () => {
    const objects = memoryObjects();
    await objectOutcomes(objects).record(record("a", AT));
    const gone = objectOutcomes({ ...objects, get: async () => undefined });
    expect(await readAll(gone)).toEqual([]);
  });

  it("may have any id", async () => {
    const sink = objectOutcomes(memoryObjects());
    await sink.record(record("../a b/c", AT));
    expect((await readAll(sink)).map(({ id }) => id)).toEqual(["../a b/c"]);
  });
});
