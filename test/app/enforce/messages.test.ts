import { describe, expect, test } from "vitest";
import { givenUp, actionsFor, mergeCreated } from "../../../lib/app/enforce/messages.ts";
import { growingDelay } from "../../../lib/app/ports/messages.ts";
import type { Redelivery } from "../../../lib/app/write/error-outcome.ts";
import { resourceKey } from "../../../lib/core/resource.ts";
import * as fc from "../../properties.ts";
import { created, group, messagesOf, tags } from "../enforce-world.ts";

const later: Redelivery = { outcome: "redelivered", how: "wait", code: "Throttling", message: "slow down" };
const [g1, g2] = [created(group("g1")), created(group("g2"))];
const both = [{ messageId: "m", resources: [g1, g2], sendCount: 0 }];
const NOW = Date.parse("2026-11-22T12:00:00Z");
const deps = { clock: { now: () => NOW }, random: () => 0 };
const settle = (reasons: readonly (readonly [typeof g1, Redelivery])[]) =>
  actionsFor(both, new Map(reasons.map(([one, reason]) => [resourceKey(one), reason])), deps);

test("a message whose resources are all final is acknowledged", () => {
  expect(settle([])).toEqual([{ messageId: "m", action: "acknowledge" }]);
});

test("one resource that waits sends its message again", () => {
  expect(settle([[g2, later]])).toEqual([
    { messageId: "m", action: "send-again", delaySeconds: 3, reason: "Throttling: slow down" },
  ]);
});

test("of several reasons the one is kept that nobody understands", () => {
  const reasons = [
    [g1, later],
    [g2, { ...later, how: "retry", code: "Odd", message: "nobody knows" }],
  ] as const;
  expect(settle(reasons)).toMatchObject([{ action: "send-again", reason: "Odd: nobody knows" }]);
});

test("a wait for the write cap is expected, unless something else is open as well", () => {
  const capped = { ...later, code: "WriteCap" };
  expect(settle([[g1, capped]])).toMatchObject([{ action: "send-again", isExpected: true }]);
  const [both] = settle([
    [g1, capped],
    [g2, later],
  ]);
  expect(both).not.toHaveProperty("isExpected");
});

describe("what had to come back and can't any more", () => {
  const last = { sendCount: 0, waitsUntil: NOW + 2_999 };
  const dead = (messages: Parameters<typeof givenUp>[0], reasons: readonly (readonly [typeof g1, Redelivery])[]) => {
    const open = new Map(reasons.map(([one, reason]) => [resourceKey(one), reason]));
    return [...givenUp(messages, actionsFor(messages, open, deps), open)];
  };

  test("is all that is open in a message whose time is up before it would come again, and nothing that is final", () => {
    const messages = [{ messageId: "m", resources: [g1, g2], ...last }];
    expect(dead(messages, [[g1, later]])).toEqual([resourceKey(g1)]);
    expect(
      dead(messages, [
        [g1, later],
        [g2, { ...later, how: "retry" }],
      ]),
    ).toEqual([resourceKey(g1), resourceKey(g2)]);
  });

  test("is nothing while there is time to come again", () => {
    const messages = [{ messageId: "m", resources: [g1], sendCount: 0, waitsUntil: NOW + 3_000 }];
    expect(dead(messages, [[g1, later]])).toEqual([]);
  });

  test("is nothing that another message still brings back", () => {
    const messages = [
      { messageId: "m1", resources: [g1], ...last },
      { messageId: "m2", resources: [g1], sendCount: 0 },
    ];
    expect(dead(messages, [[g1, later]])).toEqual([]);
  });

  test("is nothing that waits for the write cap, however long", () => {
    expect(dead([{ messageId: "m", resources: [g1], ...last }], [[g1, { ...later, code: "RepairCap" }]])).toEqual([]);
  });
});

test("a delay is a whole number of seconds from 1 to 900, and not before the retry hint", () => {
  const limits = fc.record({ notBeforeMs: fc.nat(5_000_000), notAfterMs: fc.integer({ min: 1, max: 900_000 }) });
  fc.assert(
    fc.property(limits, fc.nat(40), fc.double({ min: 0, max: 0.999, noNaN: true }), (given, sendCount, random) => {
      const delay = growingDelay(sendCount, () => random, given);
      expect(Number.isInteger(delay)).toBe(true);
      expect(delay).toBeGreaterThanOrEqual(1);
      expect(delay).toBeLessThanOrEqual(900);
      expect(delay * 1_000).toBeGreaterThanOrEqual(Math.min(given.notBeforeMs, 900_000));
    }),
  );
});

test("a settling resource comes back when its settle time ends, not later", () => {
  expect(growingDelay(10, () => 0.9, { notAfterMs: 2_500 })).toBe(3);
});

test("a project that is half a character gives way to the one that another event names, in any order", () => {
  const [odd, fine] = [
    { ...g1, project: "p\ud800", event: { createdAt: "2026-11-22T10:00:00Z" } },
    { ...g1, project: "p1", event: { createdAt: "2026-11-22T10:00:05Z" } },
  ];
  for (const order of [
    [odd, fine],
    [fine, odd],
  ]) {
    expect(mergeCreated(messagesOf(order)).get(resourceKey(g1))).toMatchObject({ project: "p1" });
  }
});

test("of several events for one resource the earliest tells, and a later one fills in, in any order", () => {
  const early = created(group("g1"), { createdAt: "2026-11-22T10:00:00Z", requestTags: tags({ env: "prod" }) });
  const late = created(group("g1"), {
    createdAt: "2026-11-22T10:00:05Z",
    createdBy: "terraform",
    sourceIp: "192.0.2.1",
    requestTags: tags({ env: "dev", team: "a" }),
  });
  for (const order of [
    [early, late],
    [late, early],
  ]) {
    const [merged] = mergeCreated(messagesOf(order)).values();
    expect(merged?.event).toEqual({
      createdAt: "2026-11-22T10:00:00Z",
      createdBy: "alice",
      sourceIp: "192.0.2.1",
      requestTags: tags({ env: "prod", team: "a" }),
    });
  }
});
