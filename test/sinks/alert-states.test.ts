import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AlertStates, Deliveries } from "../../lib/app/ports/alerts.ts";
import { markSent, raise, resolve, type AlertRecord } from "../../lib/core/alert/lifecycle.ts";
import { InputError } from "../../lib/core/errors.ts";
import { dynamoAlertStates, dynamoDeliveries } from "../../lib/sinks/dynamo/alert-states.ts";
import { memoryAlertStates, memoryDeliveries } from "../../lib/sinks/dynamo/memory-alert-states.ts";
import { objectAlertStates, readAlertRecords } from "../../lib/sinks/objects/alert-states.ts";
import { objectDeliveries } from "../../lib/sinks/objects/deliveries.ts";
import { fileObjects } from "../../lib/sinks/objects/files.ts";
import { memoryObjects } from "../../lib/sinks/objects/memory.ts";
import { ALERT, alertSettings, AT, HOUR } from "../core/alert/alerts.ts";
import { openAws, TABLE } from "./aws-clients.ts";

let aws: Awaited<ReturnType<typeof openAws>>;
beforeAll(async () => {
  aws = await openAws();
});
afterAll(() => aws.close());

const at = (hours: number) => ({ event: `run at ${hours}`, at: AT + hours * HOUR });
const opened = (key: string): AlertRecord => raise(undefined, { ...ALERT, key }, at(0), alertSettings());
const sent = (record: AlertRecord): AlertRecord =>
  record.notice === undefined ? record : markSent(record, record.notice);

const kinds: readonly (readonly [string, () => AlertStates])[] = [
  ["memory", memoryAlertStates],
  ["a file", () => objectAlertStates(fileObjects(mkdtempSync(join(tmpdir(), "tagwarden-test-"))), "out")],
  ["DynamoDB", () => dynamoAlertStates({ client: aws.dynamodb, table: TABLE })],
];

describe.each(kinds)("alerts in %s", (kind, open) => {
  let states: AlertStates;
  let tests = 0;
  /** The table is one for all tests. */
  let key: string;
  beforeEach(() => {
    states = open();
    key = `${kind} ${(tests += 1)}`;
  });
  const mine = async (): Promise<readonly AlertRecord[]> =>
    (await states.pending()).filter((record) => record.alert.key.startsWith(key));

  it("are read as they were written", async () => {
    expect(await states.read(key)).toBeUndefined();
    expect(await states.write(opened(key))).toBe(true);
    expect(await states.read(key)).toEqual(opened(key));
  });

  it("are opened by exactly one of many at once", async () => {
    const writes = await Promise.all(Array.from({ length: 8 }, () => states.write(opened(key))));
    expect(writes.filter(Boolean)).toHaveLength(1);
  });

  it("are changed by exactly one of many who saw the same", async () => {
    const first = opened(key);
    await states.write(first);
    const writes = await Promise.all([sent(first), resolve(first, at(1)), sent(first)].map((one) => states.write(one)));
    expect(writes.filter(Boolean)).toHaveLength(1);
  });

  it("refuse a change of what is not there", async () => {
    expect(await states.write(sent(opened(key)))).toBe(false);
    expect(await states.read(key)).toBeUndefined();
  });

  it("are pending while they are open, or while somebody is still to be told of their end", async () => {
    const first = opened(key);
    const steps = [first, sent(first)];
    const over = resolve(sent(first), at(1));
    for (const step of [...steps, over]) {
      await states.write(step);
      expect(await mine()).toEqual([step]);
    }
    await states.write(sent(over));
    expect(await mine()).toEqual([]);
  });

  it("are many, and in the order of their keys", async () => {
    for (const name of ["c", "a", "b"]) await states.write(opened(`${key} ${name}`));
    expect((await mine()).map((record) => record.alert.key)).toEqual([`${key} a`, `${key} b`, `${key} c`]);
  });

  it("may have keys as long as the names that are in them", async () => {
    const long = `${key} ${"资".repeat(10_000)}`;
    await states.write(opened(long));
    await states.write(opened(`${long}!`));
    expect((await states.read(long))?.alert.key).toBe(long);
    expect(await mine()).toHaveLength(2);
  });
});

const deliveries: readonly (readonly [string, () => Deliveries])[] = [
  ["memory", memoryDeliveries],
  ["DynamoDB", () => dynamoDeliveries({ client: aws.dynamodb, table: TABLE })],
  ["a file", () => objectDeliveries(memoryObjects(), "out")],
];

describe.each(deliveries)("deliveries in %s", (_, open) => {
  it("are remembered one by one", async () => {
    const delivered = open();
    await delivered.add("one", AT);
    await delivered.add("one", AT + 1);
    expect([await delivered.has("one"), await delivered.has("two")]).toEqual([true, false]);
  });

  it("are all remembered where several arrive at once", async () => {
    const delivered = open();
    const ids = ["a", "b", "c", "d"];
    await Promise.all(ids.map((id) => delivered.add(id, AT)));
    expect(await Promise.all(ids.map((id) => delivered.has(id)))).toEqual([true, true, true, true]);
  });
});

describe("the file of alerts", () => {
  it.each(["{", "[1]", '[{"alert":{}}]', "{}"])("is refused where it holds %s", async (text) => {
    const objects = memoryObjects();
    await objects.put("alert-states.json", new TextEncoder().encode(text));
    await expect(readAlertRecords(objects, "out")).rejects.toThrow(InputError);
  });
});
