import { describe, expect, it } from "vitest";
import { raiseAlerts, type Noticed } from "../../../lib/app/alert/raise-alerts.ts";
import type { AlertStates } from "../../../lib/app/ports/alerts.ts";
import type { Alert } from "../../../lib/core/alert/alert.ts";
import type { Digest } from "../../../lib/core/alert/digest.ts";
import type { AlertSettings } from "../../../lib/core/alert/settings.ts";
import { troubleAlerts, type Trouble } from "../../../lib/core/alert/trouble-alerts.ts";
import { digestId } from "../../../lib/sinks/chat/digest-id.ts";
import { memoryAlertStates } from "../../../lib/sinks/dynamo/memory-alert-states.ts";
import { ALERT, alertSettings, AT, HOUR } from "../../core/alert/alerts.ts";

/** Three channels, one of which is for payments, and a queue that can be broken. */
function world(settings: AlertSettings = SETTINGS, states: AlertStates = memoryAlertStates()) {
  const queue: Digest[] = [];
  let broken = new Set<string>();
  const deps = {
    settings,
    states,
    hash: digestId,
    async dispatch(digest: Digest) {
      if (broken.has(digest.channel)) throw new Error(`no queue for ${digest.channel}`);
      queue.push(digest);
    },
  };
  return {
    queue,
    deps,
    break: (...channels: string[]) => void (broken = new Set(channels)),
    notice: (hours: number, alerts: readonly Alert[], more: Partial<Noticed> = {}) =>
      raiseAlerts({ event: `run at ${hours}`, at: AT + hours * HOUR, alerts, isOver: () => true, ...more }, deps),
    changes: () => queue.map(({ channel, entries }) => `${channel}: ${entries.map(({ change }) => change).join(" ")}`),
  };
}

const url = "http://127.0.0.1:9/x";
const SETTINGS = alertSettings({
  channels: [
    { name: "all", type: "slack", url },
    { name: "grave", type: "slack", url, leastSeverity: "high" },
    { name: "pay", type: "slack", url },
  ],
  fallback: ["all", "grave"],
  routes: [{ owners: ["pay*"], channels: ["pay"] }],
});

const named = (key: string, more: Partial<Alert> = {}): Alert => ({ ...ALERT, key, ...more });
const TROUBLE: Trouble = {
  kind: "rejected",
  type: "alibaba:apigateway:apiGroup",
  account: "111122223333",
  region: "cn-hangzhou",
  id: "g1",
  code: "QuotaExceeded",
  message: "It has 20 tags.",
};
const troubled = (count: number, from = 0): Alert[] =>
  troubleAlerts(
    Array.from({ length: count }, (_, number) => ({ ...TROUBLE, id: `g${from + number}` })),
    ALERT.at,
  );

describe("raising alerts", () => {
  it("sends one digest for each channel, whatever the number of alerts", async () => {
    const { notice, changes } = world();
    await notice(
      0,
      ["a", "b", "c"].map((key) => named(key)),
    );
    expect(changes()).toEqual(["all: opened opened opened", "grave: opened opened opened"]);
  });

  it("tells of the end of an alert whoever heard of it when it was more severe", async () => {
    const { notice, changes } = world();
    await notice(0, [named("a", { severity: "high" })]);
    await notice(200, [named("a", { severity: "medium" })]);
    await notice(201, [named("a", { severity: "low" })]);
    await notice(600, [named("a", { severity: "low" })]);
    await notice(601, [named("a", { severity: "medium" })]);
    await notice(602, []);
    const between = ["all: repeated", "all: repeated", "all: escalated"];
    expect(changes()).toEqual(["all: opened", "grave: opened", ...between, "all: resolved", "grave: resolved"]);
    await notice(700, [named("a", { severity: "medium" })]);
    await notice(701, []);
    expect(changes().slice(7)).toEqual(["all: opened", "all: resolved"]);
  });

  it("tells channels at once, in the same order of results, so that one that hangs delays no other", async () => {
    const { deps } = world();
    const hanging = Promise.withResolvers<void>();
    const reached = new Set<string>();
    const raised = raiseAlerts(
      { event: "run", at: AT, alerts: [named("a")], isOver: () => false },
      {
        ...deps,
        async dispatch({ channel }) {
          reached.add(channel);
          if (channel === "all") await hanging.promise;
          else hanging.resolve();
        },
      },
    );
    expect((await raised).digests.map(({ channel }) => channel)).toEqual(["all", "grave"]);
    expect([...reached]).toEqual(["all", "grave"]);
  });

  it("sends one digest for a thousand rejected resources, which names some and counts on", async () => {
    const { notice, queue } = world();
    await notice(0, troubled(1_000));
    expect(queue).toHaveLength(1);
    expect(queue[0]?.entries).toMatchObject([
      { resources: 100, alert: { title: expect.stringContaining("QuotaExceeded") } },
    ]);
    expect(queue[0]?.entries[0]?.alert.resources).toHaveLength(10);
  });

  it("gives an owner with a route a digest of their own, and nobody else's", async () => {
    const { notice, queue } = world();
    await notice(0, [named("a", { owner: "payments" }), named("b", { owner: "net" }), named("c")]);
    expect(queue.map(({ channel, owner, entries }) => [channel, owner, entries.map(({ alert }) => alert.key)])).toEqual(
      [
        ["pay", "payments", ["a"]],
        ["all", undefined, ["b", "c"]],
        ["grave", undefined, ["b", "c"]],
      ],
    );
  });

  it("sends an owner one digest, in whatever case tags and routes spell the name", async () => {
    const { notice, queue } = world({ ...SETTINGS, routes: [{ owners: ["Payments@*"], channels: ["pay"] }] });
    await notice(0, [named("a", { owner: "payments@EXAMPLE.com" }), named("b", { owner: "Payments@example.com" })]);
    expect(queue.map(({ channel, owner, entries }) => [channel, owner, entries.map(({ alert }) => alert.key)])).toEqual(
      [["pay", "payments@EXAMPLE.com", ["a", "b"]]],
    );
  });

  it("leaves out what is not severe enough for a channel", async () => {
    const { notice, changes } = world();
    await notice(0, [named("a", { severity: "low" })]);
    expect(changes()).toEqual(["all: opened"]);
  });

  it("is silent while nothing changes, and tells when all is over", async () => {
    const { notice, changes } = world();
    for (const hours of [0, 1, 2]) await notice(hours, [ALERT]);
    await notice(3, []);
    expect(changes()).toEqual(["all: opened", "grave: opened", "all: resolved", "grave: resolved"]);
  });

  it("resolves only what is over", async () => {
    const { notice, changes } = world();
    await notice(0, [ALERT]);
    await notice(1, [], { isOver: () => false });
    expect(changes()).toHaveLength(2);
  });

  it("raises a flapping alert once", async () => {
    const { notice, changes } = world(alertSettings());
    for (const hours of [0, 2, 4, 6]) {
      await notice(hours, [ALERT]);
      await notice(hours + 1, []);
    }
    expect(changes()).toEqual(["chat: opened", "chat: resolved"]);
  });

  it("sends nothing more when the same event comes again", async () => {
    const { notice, queue } = world();
    await notice(0, [ALERT]);
    await notice(0, [ALERT]);
    expect(queue).toHaveLength(2);
  });

  it("sends what it could not put on the queue when the same event comes again, and nothing twice", async () => {
    const { notice, changes, break: breakQueue } = world();
    breakQueue("all", "grave");
    const { failures } = await notice(0, [ALERT]);
    expect(failures).toHaveLength(2);
    breakQueue();
    await notice(0, [ALERT]);
    await notice(0, [ALERT]);
    expect(changes()).toEqual(["all: opened", "grave: opened"]);
  });

  it("sends what nobody sent with the next event, where that one never comes again", async () => {
    const { notice, changes, break: breakQueue } = world(alertSettings());
    breakQueue("chat");
    await notice(0, [ALERT]);
    breakQueue();
    await notice(5, [ALERT, named("other")]);
    expect(changes()).toEqual(["chat: opened", "chat: opened"]);
  });

  it("doesn't let one broken channel hold back another", async () => {
    const { notice, changes, break: breakQueue } = world();
    breakQueue("all");
    await notice(0, [ALERT]);
    expect(changes()).toEqual(["grave: opened"]);
  });

  it("tells a channel that works nothing twice while another is broken, whatever happens to other alerts", async () => {
    const { notice, changes, break: breakQueue } = world();
    breakQueue("all");
    await notice(0, [ALERT, named("b")]);
    await notice(5, [ALERT]);
    breakQueue();
    await notice(10, [ALERT]);
    expect(changes().sort()).toEqual(["all: opened", "all: resolved", "grave: opened opened", "grave: resolved"]);
  });

  it("tells every channel that an alert has become more severe, also where one was broken when it was opened", async () => {
    const { notice, changes, break: breakQueue } = world({ ...SETTINGS, fallback: ["all", "pay"] });
    breakQueue("all");
    await notice(0, [named("a", { severity: "medium" })]);
    await notice(1, [named("a", { severity: "medium" })]);
    breakQueue();
    await notice(2, [named("a", { severity: "high" })]);
    expect(changes()).toEqual(["pay: opened", "all: escalated", "pay: escalated"]);
  });

  it("gives a digest that is sent again the id that it had", async () => {
    const { notice, deps } = world(alertSettings());
    const tried: string[] = [];
    const dispatch = async ({ id }: Digest) => {
      tried.push(id);
      if (tried.length < 3) throw new Error("no queue");
    };
    Object.assign(deps, { dispatch });
    for (const hours of [0, 1, 2]) await notice(hours, [ALERT]);
    expect(tried).toHaveLength(3);
    expect(new Set(tried).size).toBe(1);
  });

  it("gives a digest that tells of more an id of its own, so that none is taken for the other", async () => {
    const { notice, queue } = world(alertSettings());
    await notice(0, [ALERT], { event: "run r1" });
    await notice(0, [ALERT, named("b")], { event: "run r1" });
    expect(queue.map(({ entries }) => entries.map(({ alert }) => alert.key))).toEqual([[ALERT.key], ["b"]]);
    expect(queue[1]?.id).not.toBe(queue[0]?.id);
  });

  it("gathers the resources of enforcement while the alert is open", async () => {
    const { notice, deps } = world();
    await notice(0, troubled(3));
    await notice(1, troubled(3, 2), { isOver: () => false });
    const [record] = await deps.states.pending();
    expect(record?.alert.resources.map(({ id }) => id)).toEqual(["g2", "g3", "g4", "g0", "g1"]);
  });

  it("opens once where many notice the same thing at the same time", async () => {
    const states = memoryAlertStates();
    const worlds = Array.from({ length: 6 }, () => world(alertSettings(), states));
    await Promise.all(worlds.map(({ notice }, number) => notice(0, [ALERT], { event: `invocation ${number}` })));
    expect(worlds.flatMap(({ changes }) => changes())).toEqual(["chat: opened"]);
  });

  it("changes nothing by what was noticed before", async () => {
    const { notice, changes } = world(alertSettings());
    await notice(5, [ALERT]);
    await notice(3, []);
    expect(changes()).toEqual(["chat: opened"]);
  });
});
