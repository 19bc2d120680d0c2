import * as fc from "../../properties.ts";
import { describe, expect, it } from "vitest";
import { markSent, raise, resolve, type AlertRecord, type Change } from "../../../lib/core/alert/lifecycle.ts";
import { ALERT, AT, HOUR } from "./alerts.ts";

const PATIENCE = { repeatHours: { high: 24, medium: 72, low: 168 }, flapHours: 48 };

const at = (hours: number) => ({ event: `run at ${hours}`, at: AT + hours * HOUR });
const sent = (record: AlertRecord): AlertRecord =>
  record.notice === undefined ? record : markSent(record, record.notice);

/** What people are told when an alert is raised (true) or found to be over (false) at these hours. */
function told(...history: readonly (readonly [hours: number, raised: boolean])[]): (readonly [number, Change])[] {
  let record: AlertRecord | undefined;
  const messages: (readonly [number, Change])[] = [];
  for (const [hours, raised] of history) {
    record = raised ? raise(record, ALERT, at(hours), PATIENCE) : record && resolve(record, at(hours));
    if (record?.notice?.sent !== false) continue;
    messages.push([hours, record.notice.change]);
    record = sent(record);
  }
  return messages;
}

describe("an alert over time", () => {
  it("is told when it is opened", () => {
    expect(told([0, true])).toEqual([[0, "opened"]]);
  });

  it("is not repeated before its hours are over, and then once", () => {
    expect(told([0, true], [8, true], [23.9, true], [24, true], [25, true])).toEqual([
      [0, "opened"],
      [24, "repeated"],
    ]);
  });

  it("is told at once why it stays open although nobody has judged it, once for each reason", () => {
    let record = sent(raise(undefined, ALERT, at(0), PATIENCE));
    const changes = ["nobody", "nobody", "nobody", "another"].map((unjudged, hour) => {
      record = raise(record, { ...ALERT, unjudged }, at(hour + 1), PATIENCE);
      const { notice } = record;
      record = sent(record);
      return notice?.sent === false ? notice.change : undefined;
    });
    expect(changes).toEqual(["repeated", undefined, undefined, "repeated"]);
  });

  it("is told to be resolved when it is over", () => {
    expect(told([0, true], [10, false], [20, false])).toEqual([
      [0, "opened"],
      [10, "resolved"],
    ]);
  });

  it("raises one alert and one resolution where it flaps within the window", () => {
    expect(told([0, true], [1, false], [2, true], [3, false], [4, true], [5, false])).toEqual([
      [0, "opened"],
      [1, "resolved"],
    ]);
  });

  it("is repeated by its hours where it came back silently and stays", () => {
    expect(told([0, true], [1, false], [2, true], [26, true], [30, false])).toEqual([
      [0, "opened"],
      [1, "resolved"],
      [26, "repeated"],
      [30, "resolved"],
    ]);
  });

  it("is a new one where it was over before anybody was told, and comes back within the window", () => {
    const opened = raise(undefined, ALERT, at(0), PATIENCE);
    const over = sent(resolve(opened, at(1)));
    const back = raise(over, ALERT, at(2), PATIENCE);
    expect(back.notice).toMatchObject({ change: "opened", sent: false });
    expect(sent(resolve(sent(back), at(3))).isUnheard).toBeUndefined();
    expect(raise(sent(resolve(sent(back), at(3))), ALERT, at(4), PATIENCE)).toMatchObject({ silent: true });
  });

  it("is a new one where it comes back after the window", () => {
    expect(told([0, true], [1, false], [49.1, true])).toEqual([
      [0, "opened"],
      [1, "resolved"],
      [49.1, "opened"],
    ]);
  });

  it("is told at once when it becomes more severe", () => {
    const low = sent(raise(undefined, { ...ALERT, severity: "low" }, at(0), PATIENCE));
    expect(raise(low, ALERT, at(1), PATIENCE).notice).toMatchObject({ change: "escalated", sent: false });
  });

  it("keeps a notice that was not sent, whatever is noticed meanwhile", () => {
    const due = raise(undefined, ALERT, at(0), PATIENCE);
    expect(raise(due, ALERT, at(100), PATIENCE).notice).toEqual(due.notice);
  });

  it("is more severe for those who were told, and for those who were not", () => {
    const low = raise(undefined, { ...ALERT, severity: "low" }, at(0), PATIENCE);
    const partly = low.notice === undefined ? low : markSent(low, low.notice, ["chat"]);
    expect(partly.notice).toMatchObject({ change: "opened", sent: false, told: ["chat"] });
    const escalated = raise(partly, ALERT, at(1), PATIENCE).notice;
    expect(escalated).toMatchObject({ change: "escalated", sent: false });
    expect(escalated).not.toHaveProperty("told");
    expect(raise(partly, { ...ALERT, severity: "low" }, at(1), PATIENCE).notice).toEqual(partly.notice);
  });

  it("is due until the last channel has it", () => {
    const due = raise(undefined, ALERT, at(0), PATIENCE);
    const steps = [["a"], ["b"], ["a"], undefined];
    const notices = steps.reduce(
      (known, told) => [...known, known.at(-1) && due.notice && markSent(known.at(-1) ?? due, due.notice, told)],
      [due] as (AlertRecord | undefined)[],
    );
    expect(notices.map((record) => record?.notice)).toMatchObject([
      { sent: false },
      { sent: false, told: ["a"] },
      { sent: false, told: ["a", "b"] },
      { sent: false, told: ["a", "b"] },
      { sent: true },
    ]);
  });

  it("drops a resolution that nobody has heard of when it comes back", () => {
    const open = sent(raise(undefined, ALERT, at(0), PATIENCE));
    const back = raise(resolve(open, at(1)), ALERT, at(2), PATIENCE);
    expect(back.notice).toBeUndefined();
    expect(resolve(back, at(3)).notice).toMatchObject({ change: "resolved" });
  });

  it("is not changed by what was seen earlier", () => {
    const later = sent(raise(undefined, ALERT, at(5), PATIENCE));
    expect(resolve(later, at(4))).toBe(later);
    expect(raise(later, { ...ALERT, severity: "low" }, at(4), PATIENCE)).toBe(later);
  });

  it("marks only the notice that was sent", () => {
    const due = raise(undefined, ALERT, at(0), PATIENCE);
    expect(markSent(due, { ...at(1), change: "opened", sent: false })).toBe(due);
  });

  it("never tells twice within the hours that it is open, whatever happens", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.boolean()), { maxLength: 60 }), (steps) => {
        let hours = 0;
        const history = steps.map(([wait, raised]) => [(hours += wait), raised] as const);
        const opens = told(...history).filter(([, change]) => change !== "resolved");
        for (const [index, [time]] of opens.entries()) {
          const [before] = opens[index - 1] ?? [-Infinity];
          expect(time - before).toBeGreaterThanOrEqual(24);
        }
      }),
    );
  });

  it("tells of a resolution only after it has told of what is resolved, and once", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.boolean()), { maxLength: 60 }), (steps) => {
        let hours = 0;
        const changes = told(...steps.map(([wait, raised]) => [(hours += wait), raised] as const)).map(
          ([, one]) => one,
        );
        for (const [index, change] of changes.entries()) {
          if (change === "resolved") expect(["opened", "repeated"]).toContain(changes[index - 1]);
        }
      }),
    );
  });

  it("counts its version up by one with each change", () => {
    const opened = raise(undefined, ALERT, at(0), PATIENCE);
    const marked = sent(opened);
    expect([opened.version, marked.version, resolve(marked, at(1)).version]).toEqual([1, 2, 3]);
  });
});
