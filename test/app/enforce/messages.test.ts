import { describe, expect, test } from "vitest";
import { delayOf, givenUp, actionsFor, mergeCreated } from "../../../lib/app/enforce/messages.ts";
import type { Redelivery } from "../../../lib/app/write/error-outcome.ts";
import { resourceKey } from "../../../lib/core/resource.ts";
import * as fc from "../../properties.ts";
import { created, group, messagesOf, tags } from "../enforce-world.ts";

const later: Redelivery = { outcome: "redelivered", how: "wait", code: "Throttling", message: "slow down" };
const [g1, g2] = [created(group("g1")), created(group("g2"))];
const both = [{ messageId: "m", resources: [g1, g2], sendCount: 0 }];
const settle = (reasons: readonly (readonly [typeof g1, Redelivery])[]) =>
  actionsFor(both, new Map(reasons.map(([one, reason]) => [resourceKey(one), reason])), () => 0);

test("a message whose resources are all final is acknowledged", () => {
  expect(settle([])).toEqual([{ messageId: "m", action: "acknowledge" }]);
});

test("one resource that waits sends its message again", () => {
  expect(settle([[g2, later]])).toEqual([{ messageId: "m", action: "send-again", delaySeconds: 3 }]);
});

test("one resource that nobody understands has its message redelivered, whatever the others do", () => {
  const reasons = [
    [g1, later],
    [g2, { ...later, how: "retry", code: "Odd", message: "nobody knows" }],
  ] as const;
  expect(settle(reasons)).toEqual([{ messageId: "m", action: "redeliver", reason: "Odd: nobody knows" }]);
});

describe("what had to come back and can't any more", () => {
  const retry: Redelivery = { ...later, how: "retry" };
  const last = { sendCount: 0, isLast: true } as const;
  const dead = (messages: Parameters<typeof givenUp>[0], reasons: readonly (readonly [typeof g1, Redelivery])[]) => {
    const open = new Map(reasons.map(([one, reason]) => [resourceKey(one), reason]));
    return [
      ...givenUp(
        messages,
        actionsFor(messages, open, () => 0),
        open,
      ),
    ];
  };

  test("is all that is open in a message that was delivered for the last time, and nothing that is final", () => {
    const messages = [{ messageId: "m", resources: [g1, g2], ...last }];
    expect(dead(messages, [[g1, retry]])).toEqual([resourceKey(g1)]);
    expect(
      dead(messages, [
        [g1, retry],
        [g2, later],
      ]),
    ).toEqual([resourceKey(g1), resourceKey(g2)]);
  });

  test("is nothing that another message still brings back", () => {
    const messages = [
      { messageId: "m1", resources: [g1], ...last },
      { messageId: "m2", resources: [g1], sendCount: 0 },
    ];
    expect(dead(messages, [[g1, retry]])).toEqual([]);
  });

  test("is nothing that waits: its copy is delivered anew", () => {
    expect(dead([{ messageId: "m", resources: [g1], ...last }], [[g1, later]])).toEqual([]);
  });
});

test("a delay is a whole number of seconds from 1 to 900, and not before the retry hint", () => {
  const reasons = fc.array(
    fc.record({
      notBeforeMs: fc.option(fc.integer({ min: 0, max: 5_000_000 }), { nil: undefined }),
      notAfterMs: fc.option(fc.integer({ min: 1, max: 900_000 }), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 4 },
  );
  fc.assert(
    fc.property(reasons, fc.nat(40), fc.double({ min: 0, max: 0.999, noNaN: true }), (limits, sendCount, random) => {
      const known = limits.map(({ notBeforeMs, notAfterMs }): Redelivery => {
        return {
          ...later,
          ...(notBeforeMs !== undefined && { notBeforeMs }),
          ...(notAfterMs !== undefined && { notAfterMs }),
        };
      });
      const delay = delayOf(known, sendCount, () => random);
      expect(Number.isInteger(delay)).toBe(true);
      expect(delay).toBeGreaterThanOrEqual(1);
      expect(delay).toBeLessThanOrEqual(900);
      const hint = Math.max(...limits.map(({ notBeforeMs = 0 }) => notBeforeMs));
      expect(delay * 1_000).toBeGreaterThanOrEqual(Math.min(hint, 900_000));
    }),
  );
});

test("a settling resource comes back when its settle time ends, not later", () => {
  expect(delayOf([{ ...later, notAfterMs: 2_500 }], 10, () => 0.9)).toBe(3);
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
