import { describe, expect, test } from "vitest";
import { InputError } from "../../../lib/core/errors.ts";
import { isAlertRecord } from "../../../lib/sinks/objects/alert-record.ts";
import { objectDeliveries } from "../../../lib/sinks/objects/deliveries.ts";
import { memoryObjects } from "../../../lib/sinks/objects/memory.ts";
import { ALERT, AT } from "../../core/alert/alerts.ts";

const NOTICE = { change: "opened", event: "e", at: AT, sent: false } as const;
const RECORD = {
  alert: ALERT,
  state: "open",
  openedAt: AT,
  raisedAt: AT,
  toldAt: AT,
  toldSeverity: "low",
  silent: false,
  seenAt: AT,
  version: 1,
};
const FULL = {
  ...RECORD,
  alert: {
    ...ALERT,
    owner: "bob",
    baseline: 3,
    resources: [{ type: "aws:ec2:instance", account: "1", region: "eu-west-1", id: "i-1" }],
  },
  resolvedAt: AT,
  gravest: "high",
  notice: { ...NOTICE, told: ["chat"], why: "the chat is gone" },
};

/** These with each of the values in turn. */
const each = (name: string, values: readonly string[], record: (value: string) => object) =>
  values.map((value) => [`${name} ${value}`, record(value)] as const);

describe("the record of an alert", () => {
  test.each<readonly [string, object]>([
    ["all that it may say", FULL],
    ["what it has to say", RECORD],
    ...each("the source", ["report", "enforcement", "alarm"], (source) => ({ ...RECORD, alert: { ...ALERT, source } })),
    ...each("the severity", ["low", "medium", "high"], (toldSeverity) => ({ ...RECORD, toldSeverity })),
    ...each("the state", ["open", "resolved"], (state) => ({ ...RECORD, state })),
    ...each("the change", ["opened", "escalated", "repeated", "resolved"], (change) => ({
      ...RECORD,
      notice: { ...NOTICE, change },
    })),
  ])("is one with %s", (_, record) => {
    expect(isAlertRecord(record)).toBe(true);
  });

  const without = (from: object, field: string) =>
    Object.fromEntries(Object.entries(from).filter(([name]) => name !== field));
  const [resource] = FULL.alert.resources;
  test.each<readonly [string, object]>([
    ...Object.keys(RECORD).map((field) => [`no ${field}`, without(RECORD, field)] as const),
    ...["key", "source", "kind", "severity", "title", "text", "scope", "at", "resources"].map(
      (field) => [`an alert without ${field}`, { ...RECORD, alert: without(ALERT, field) }] as const,
    ),
    ...Object.keys(NOTICE).map(
      (field) => [`a notice without ${field}`, { ...RECORD, notice: without(NOTICE, field) }] as const,
    ),
    ...Object.keys(resource ?? {}).map(
      (field) =>
        [
          `a resource without ${field}`,
          { ...RECORD, alert: { ...ALERT, resources: [without(resource ?? {}, field)] } },
        ] as const,
    ),
    ["another state", { ...RECORD, state: "" }],
    ["another source", { ...RECORD, alert: { ...ALERT, source: "" } }],
    ["another severity", { ...RECORD, toldSeverity: "" }],
    ["another change", { ...RECORD, notice: { ...NOTICE, change: "" } }],
    ["a time that is none", { ...RECORD, resolvedAt: "now" }],
    ["people who are none", { ...RECORD, notice: { ...NOTICE, told: [1] } }],
  ])("is none with %s", (_, record) => {
    expect(isAlertRecord(record)).toBe(false);
  });
});

describe("the file of deliveries", () => {
  const DAY = 24 * 3_600_000;

  test("forgets a delivery after thirty days, when another one comes", async () => {
    const delivered = objectDeliveries(memoryObjects(), "out");
    await delivered.add("old", AT);
    await delivered.add("younger", AT + 1);
    await delivered.add("new", AT + 30 * DAY);
    expect(await Promise.all(["old", "younger", "new"].map((id) => delivered.has(id)))).toEqual([false, true, true]);
  });

  test.each(["{", "[]", "null", '{"d1":"yesterday"}', '{"d1":1,"d2":null}'])(
    "is refused where it holds %s, and left as it is",
    async (text) => {
      const objects = memoryObjects();
      await objects.put("alert-deliveries.json", new TextEncoder().encode(text));
      const delivered = objectDeliveries(objects, "out");
      await expect(delivered.has("d1")).rejects.toThrow(InputError);
      await expect(delivered.add("d1", AT)).rejects.toThrow("out/alert-deliveries.json: does not say");
      expect(new TextDecoder().decode(await objects.get("alert-deliveries.json"))).toBe(text);
    },
  );
});
