import { expect, test } from "vitest";
import { createCaller, OutOfTimeError, type CallTarget } from "../../../lib/app/cloud/call.ts";
import { createRateLimiter } from "../../../lib/app/cloud/rate/limiter.ts";
import type { ProviderError } from "../../../lib/core/errors.ts";
import { createWorld, providerError } from "../enforce-world.ts";
import { virtualClock } from "../virtual-clock.ts";

const { accounts } = createWorld().deps;
const account = accounts[0] ?? expect.fail("an account");
const api = { action: "alibaba:test:TagResources", callsPerSecond: 100 };
const write: CallTarget = { account, region: "cn", api, kind: "write" };

function callerWith({ seconds = 60, random = 0.5 } = {}) {
  const clock = virtualClock(0);
  const deadline = { remainingMs: () => seconds * 1_000 - clock.now() };
  const caller = createCaller({ clock, random: () => random, limiter: createRateLimiter(clock), deadline });
  return { clock, caller };
}

/** Fails with these errors, one after the other, then succeeds. Knows when it was called. */
function failing(clock: { now(): number }, errors: readonly ProviderError[]) {
  const calledAt: number[] = [];
  const send = async () => {
    const error = errors[calledAt.length];
    calledAt.push(clock.now());
    if (error !== undefined) throw error;
    return "done";
  };
  return { calledAt, send };
}

test("retryable errors are repeated, with a backoff that doubles", async () => {
  const { clock, caller } = callerWith({ random: 1 });
  const { calledAt, send } = failing(
    clock,
    [1, 2, 3].map(() => providerError("transient")),
  );
  expect(await caller.call(write, send)).toBe("done");
  expect(calledAt.map(Math.round)).toEqual([0, 200, 600, 1_400]);
});

test("the jitter is full: with luck, a repetition waits for its turn only", async () => {
  const { clock, caller } = callerWith({ random: 0 });
  const { calledAt, send } = failing(clock, [providerError("conflict")]);
  await caller.call({ ...write, account: { ...account, callsPerSecond: { write: 10 } } }, send);
  expect(calledAt).toEqual([0, 100]);
});

test("permanent errors are not repeated", async () => {
  for (const kind of ["not-found", "resource-permanent", "not-taggable", "access", "request", "unknown"] as const) {
    const { clock, caller } = callerWith();
    const { calledAt, send } = failing(clock, [providerError(kind)]);
    await expect(caller.call(write, send)).rejects.toMatchObject({ kind });
    expect(calledAt).toHaveLength(1);
  }
});

test("a write whose response was lost is not repeated, a read is", async () => {
  const lost = [providerError("transient", { ambiguous: true })];
  const writer = callerWith();
  await expect(writer.caller.call(write, failing(writer.clock, lost).send)).rejects.toMatchObject({ ambiguous: true });
  const reader = callerWith();
  expect(await reader.caller.call({ ...write, kind: "read" }, failing(reader.clock, lost).send)).toBe("done");
});

test("attempts end: after 5 of other errors, after 10 of throttling", async () => {
  for (const [kind, attempts] of [
    ["transient", 5],
    ["throttled", 10],
  ] as const) {
    const { clock, caller } = callerWith({ seconds: 600 });
    const { calledAt, send } = failing(
      clock,
      Array.from({ length: 20 }, () => providerError(kind)),
    );
    await expect(caller.call(write, send)).rejects.toMatchObject({ kind });
    expect(calledAt).toHaveLength(attempts);
  }
});

test("the provider's retry hint is waited for", async () => {
  const { clock, caller } = callerWith({ random: 0 });
  const { calledAt, send } = failing(clock, [providerError("throttled", { retryAfterMs: 5_000 })]);
  await caller.call(write, send);
  expect(calledAt).toEqual([0, 5_000]);
});

test("a hint of an hour gives up at once, and says when to come back", async () => {
  const { clock, caller } = callerWith();
  const { calledAt, send } = failing(clock, [providerError("throttled", { retryAfterMs: 3_600_000 })]);
  const error = await caller.call(write, send).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(OutOfTimeError);
  expect(error).toMatchObject({ lastError: { retryAfterMs: 3_600_000 } });
  expect([clock.now(), calledAt.length]).toEqual([0, 1]);
});

test("no call starts within the last two seconds", async () => {
  const { clock, caller } = callerWith({ seconds: 2 });
  const { calledAt, send } = failing(clock, []);
  expect(await caller.call(write, send)).toBe("done");
  clock.advance(1);
  await expect(caller.call(write, send)).rejects.toThrow(OutOfTimeError);
  expect(calledAt).toHaveLength(1);
});

test("denied access closes its scope without another call, and no other scope", async () => {
  const { clock, caller } = callerWith();
  const denied = failing(clock, [providerError("access")]);
  await expect(caller.call(write, denied.send)).rejects.toMatchObject({ kind: "access" });
  await expect(caller.call(write, denied.send)).rejects.toMatchObject({ kind: "access" });
  expect(denied.calledAt).toHaveLength(1);
  expect(await caller.call({ ...write, region: "eu" }, failing(clock, []).send)).toBe("done");
});

test("calls that a cloud counts per account share one rate, whatever their region", async () => {
  const { clock, caller } = callerWith();
  const { calledAt, send } = failing(clock, []);
  const apart = { ...write, account: { ...account, callsPerSecond: { write: 10 } } };
  const together = { ...apart, api: { ...api, action: "alibaba:test:Together", per: "account" as const } };
  for (const region of ["cn", "us"]) await caller.call({ ...together, region }, send);
  expect(calledAt).toEqual([0, 100]);
  for (const region of ["cn", "us"]) await caller.call({ ...apart, region }, send);
  expect(calledAt).toEqual([0, 100, 100, 100]);
});

test("what one region denies is not denied in others, though their calls are counted together", async () => {
  const { clock, caller } = callerWith();
  const together = { ...write, api: { ...api, per: "account" as const } };
  await expect(caller.call(together, failing(clock, [providerError("access")]).send)).rejects.toThrow("access");
  await expect(caller.call(together, failing(clock, []).send)).rejects.toThrow("access");
  expect(await caller.call({ ...together, region: "us" }, failing(clock, []).send)).toBe("done");
});

test("calls keep to half of the quota unless the account says otherwise", async () => {
  const byDefault = { ...account };
  delete byDefault.callsPerSecond;
  for (const [target, expected] of [
    [{ ...write, account: byDefault }, 20],
    [{ ...write, account: { ...account, callsPerSecond: { write: 4 } } }, 250],
  ] as const) {
    const { clock, caller } = callerWith();
    const { calledAt, send } = failing(clock, []);
    for (let call = 0; call < 3; call += 1) await caller.call(target, send);
    expect(calledAt).toEqual([0, expected, expected * 2]);
  }
});

test("what isn't a provider's error is passed on, not repeated", async () => {
  const { caller } = callerWith();
  let calls = 0;
  const send = async () => {
    calls += 1;
    throw new TypeError("a bug");
  };
  await expect(caller.call(write, send)).rejects.toThrow("a bug");
  expect(calls).toBe(1);
});

test("a call that took time between its turn and leaving waits for its distance to the one before", async () => {
  const { clock, caller } = callerWith();
  const slow = { ...write, account: { ...account, callsPerSecond: { write: 1 } } };
  expect(await caller.leave(slow)).toBe(false);
  clock.advance(300);
  expect(await caller.leave(slow)).toBe(true);
  expect(clock.now()).toBe(1_000);
});

test("a call whose time is up doesn't leave", async () => {
  const { clock, caller } = callerWith({ seconds: 10 });
  clock.advance(8_001);
  await expect(caller.leave(write)).rejects.toThrow(OutOfTimeError);
});
