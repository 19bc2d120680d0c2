import { describe, expect, it } from "vitest";
import { createPace } from "../../../lib/app/alert/pace.ts";
import { sendAlerts, type SendAlertsDeps } from "../../../lib/app/alert/send-alerts.ts";
import { AlertDeliveryError, type AlertMessage, type AlertSender } from "../../../lib/app/ports/alerts.ts";
import type { Digest } from "../../../lib/core/alert/digest.ts";
import { digestId } from "../../../lib/sinks/chat/digest-id.ts";
import { memoryAlertStates, memoryDeliveries } from "../../../lib/sinks/dynamo/memory-alert-states.ts";
import { ALERT, alertSettings, AT, DIGEST } from "../../core/alert/alerts.ts";
import { quietLog, sleepingClock } from "../audit-world.ts";

const busy = (retryAfterMs?: number) => new AlertDeliveryError("busy", { retryable: true, retryAfterMs });
const refused = () => new AlertDeliveryError("refused", { retryable: false });

/** Channels that answer as they are told, in their order; then they take everything. */
function world(answers: Readonly<Record<string, readonly (() => AlertDeliveryError)[]>> = {}, perMinute?: number) {
  const sent: string[] = [];
  const queue: Digest[] = [];
  const attempts: Record<string, number> = {};
  const clock = sleepingClock();
  const sender = (channel: string): AlertSender | undefined => ({
    type: "slack",
    target: "a test",
    bodyOf: () => "",
    ...(perMinute !== undefined && { perMinute }),
    async send({ id }) {
      const attempt = attempts[channel] ?? 0;
      attempts[channel] = attempt + 1;
      const error = answers[channel]?.[attempt];
      if (error !== undefined) throw error();
      sent.push(`${channel} ${id}`);
    },
  });
  const deps: SendAlertsDeps = {
    clock,
    random: () => 0.5,
    deadline: { remainingMs: () => 60_000 - (clock.now() - AT) },
    sender: (channel) => (channel === "gone" ? undefined : sender(channel)),
    deliveries: memoryDeliveries(),
    pace: createPace(clock),
    raise: {
      settings: alertSettings(),
      states: memoryAlertStates(),
      hash: digestId,
      dispatch: async (digest) => void queue.push(digest),
    },
    log: quietLog,
    count: () => undefined,
  };
  return { sent, queue, attempts, clock, deps };
}

const job = (messageId: string, channel: string) => ({
  messageId,
  sendCount: 0,
  message: { kind: "digest", digest: { ...DIGEST, id: messageId, channel } } satisfies AlertMessage,
});
const three = <T>(value: T): T[] => [value, value, value];
const actions = async (jobs: Parameters<typeof sendAlerts>[0], deps: SendAlertsDeps) =>
  Object.fromEntries((await sendAlerts(jobs, deps)).map(({ messageId, action }) => [messageId, action]));

describe("sending alerts", () => {
  it("sends each digest to its channel and acknowledges it", async () => {
    const { deps, sent } = world();
    expect(await actions([job("1", "a"), job("2", "b")], deps)).toEqual({ "1": "acknowledge", "2": "acknowledge" });
    expect(sent).toEqual(["a 1", "b 2"]);
  });

  it("tries again after random waits that grow, and after the wait that is asked for", async () => {
    const { deps, sent, clock } = world({ a: [busy, () => busy(3_000)] });
    await actions([job("1", "a")], deps);
    expect(sent).toEqual(["a 1"]);
    expect(clock.now() - AT).toBe(500 + 3_000 + 1_000);
  });

  it("sends the message again where it is asked to wait longer than it can", async () => {
    const { deps, attempts } = world({ a: [() => busy(60_000)] });
    expect(await actions([job("1", "a")], deps)).toEqual({ "1": "send-again" });
    expect(attempts).toEqual({ a: 1 });
  });

  it("sends the message again after four attempts, and at once where it was refused", async () => {
    const { deps, attempts } = world({ a: [busy, busy, busy, busy, busy], b: [refused] });
    expect(await actions([job("1", "a"), job("2", "b")], deps)).toEqual({ "1": "send-again", "2": "send-again" });
    expect(attempts).toEqual({ a: 4, b: 1 });
  });

  it("starts no attempt that time may cut off", async () => {
    const { deps, attempts } = world({ a: three(busy) });
    await actions([job("1", "a")], { ...deps, deadline: { remainingMs: () => 10_000 } });
    expect(attempts).toEqual({ a: 1 });
  });

  it("doesn't hold back one channel for another that is broken, and leaves that one alone", async () => {
    const { deps, sent, attempts } = world({ a: [refused, refused] });
    const jobs = [job("1", "a"), job("2", "b"), job("3", "a"), job("4", "b")];
    expect(await actions(jobs, deps)).toEqual({
      "1": "send-again",
      "2": "acknowledge",
      "3": "send-again",
      "4": "acknowledge",
    });
    expect(sent).toEqual(["b 2", "b 4"]);
    expect(attempts["a"]).toBe(1);
  });

  it("sends a digest that comes twice once", async () => {
    const { deps, sent } = world();
    await actions([job("1", "a")], deps);
    expect(await actions([job("1", "a")], deps)).toEqual({ "1": "acknowledge" });
    expect(sent).toEqual(["a 1"]);
  });

  it("keeps to the rate of a channel and sends the rest again later", async () => {
    const { deps, clock } = world({}, 2);
    const jobs = [job("1", "a"), job("2", "a"), job("3", "a")];
    expect(await actions(jobs, deps)).toEqual({ "1": "acknowledge", "2": "acknowledge", "3": "send-again" });
    await clock.sleep(60_000);
    expect(await actions([job("3", "a")], { ...deps, deadline: { remainingMs: () => 60_000 } })).toEqual({
      "3": "acknowledge",
    });
  });

  it("tries a channel that the configuration has no more until the time is up, as it may come back", async () => {
    const { deps } = world();
    expect(await actions([job("1", "gone")], deps)).toEqual({ "1": "send-again" });
    expect(await actions([{ ...job("1", "gone"), waitsUntil: AT + 1_000 }], deps)).toEqual({ "1": "give-up" });
  });

  it("turns what was raised into digests for the queue, and resolves by key", async () => {
    const { deps, queue } = world();
    const raised = (messageId: string, at: number, more: object) => ({
      messageId,
      sendCount: 0,
      message: { kind: "raised", event: messageId, at, alerts: [], ...more } satisfies AlertMessage,
    });
    expect(await actions([raised("1", AT, { alerts: [ALERT] })], deps)).toEqual({ "1": "acknowledge" });
    await actions([raised("2", AT + 1, { resolved: [ALERT.key] })], deps);
    expect(queue.map(({ counts }) => counts)).toMatchObject([{ opened: 1 }, { resolved: 1 }]);
  });

  it("sends again what was raised where the queue takes no digest", async () => {
    const { deps } = world();
    const raise = { ...deps.raise, dispatch: () => Promise.reject(new Error("no queue")) };
    const message: AlertMessage = { kind: "raised", event: "e", at: AT, alerts: [ALERT] };
    expect(await actions([{ messageId: "1", sendCount: 0, message }], { ...deps, raise })).toEqual({
      "1": "send-again",
    });
  });
});
