import { describe, expect, test } from "vitest";
import { enforceTags } from "../../../lib/app/enforce/enforce-tags.ts";
import { troubleAlerts, type Trouble } from "../../../lib/core/alert/trouble-alerts.ts";
import type { MemoryCall } from "../../../lib/providers/memory.ts";
import {
  ALIBABA,
  created,
  createWorld,
  group,
  messagesOf,
  providerError,
  user,
  type WorldOptions,
} from "../enforce-world.ts";

/** What somebody is told of when all of these resources are enforced on. */
async function troublesOf(
  options: WorldOptions & { readonly resources: NonNullable<WorldOptions["resources"]>; readonly waitsUntil?: number },
) {
  const told: Trouble[] = [];
  const world = createWorld({
    ...options,
    deps: { ...options.deps, alert: async (troubles) => void told.push(...troubles) },
  });
  const messages = messagesOf(options.resources.map((one) => created(one))).map((message) => ({
    ...message,
    ...(options.waitsUntil !== undefined && { waitsUntil: options.waitsUntil }),
  }));
  const { actions } = await enforceTags(messages, world.deps, world.deadline);
  return { told, actions };
}

const START = Date.UTC(2026, 10, 22, 12);
const crowd = (more: Readonly<Record<string, string>> = {}) => ({
  ...Object.fromEntries(Array.from({ length: 20 - Object.keys(more).length }, (_, index) => [`k${index}`, "1"])),
  ...more,
});
const refusing = (kind: "access" | "request") => ({
  before(call: MemoryCall) {
    if (call.operation === "tagResources" && call.type.startsWith("alibaba:")) throw providerError(kind);
  },
});

describe("what enforcement alerts of", () => {
  test("is nothing where all is well", async () => {
    expect((await troublesOf({ resources: [group("g1"), user("u1")] })).told).toEqual([]);
  });

  test("is a resource that was rejected, with its code and owner", async () => {
    const resources = [group("g1", crowd({ Team: "payments" })), group("g2")];
    const { told } = await troublesOf({ resources, deps: { ownerTags: ["squad", "team"] } });
    expect(told).toMatchObject([{ kind: "rejected", id: "g1", account: ALIBABA, owner: "payments" }]);
  });

  test("is denied access, at once, although all of it comes back", async () => {
    const { told, actions } = await troublesOf({
      resources: [group("g1"), group("g2")],
      faults: refusing("access"),
    });
    expect(told.map(({ kind }) => kind)).toEqual(["access", "access"]);
    expect(actions.map(({ action }) => action)).toEqual(["send-again", "send-again"]);
  });

  test("is whatever else comes back only when it can't any more", async () => {
    const refused = { resources: [group("g1")], faults: refusing("request") };
    expect((await troublesOf(refused)).told).toEqual([]);
    const last = await troublesOf({ ...refused, waitsUntil: START + 1_000 });
    expect(last.told).toMatchObject([{ kind: "failed", id: "g1", code: "Test.request" }]);
    expect(last.actions).toMatchObject([{ action: "give-up" }]);
  });

  test("is what has waited for more than an hour, by what it waits for, and what waits for the write cap is not", async () => {
    const since = (ms: number) => async (options: WorldOptions) => {
      const told: Trouble[] = [];
      const waiting: string[] = [];
      const world = createWorld({
        ...options,
        deps: {
          alert: async (troubles) => void told.push(...troubles),
          onWaiting: (resources) => void waiting.push(...resources.map(({ id }) => id)),
        },
      });
      const messages = messagesOf([created(group("g1"))]).map((one) => ({ ...one, firstSentAt: START - ms }));
      await enforceTags(messages, world.deps, world.deadline);
      return { told: told.map(({ kind, code }) => `${kind} ${code}`), waiting };
    };
    const busy = { resources: [group("g1")], faults: refusing("request") };
    expect(await since(3_600_000 - 60_000)(busy)).toEqual({ told: [], waiting: [] });
    expect(await since(3_600_001)(busy)).toEqual({ told: ["waiting Test.request"], waiting: ["g1"] });
    const denied = { ...busy, faults: refusing("access") };
    expect(await since(3_600_001)(denied)).toEqual({ told: ["access Test.access"], waiting: ["g1"] });
    const capped = { resources: [group("g1")], account: { writesPerHour: 0 } };
    expect(await since(90_000_000)(capped)).toEqual({ told: ["write-cap WriteCap"], waiting: [] });
  });

  test("names a resource whose id is no text in a way that any queue and chat takes", async () => {
    const { told } = await troublesOf({ resources: [group("g\ud800")] });
    expect(told).toMatchObject([{ kind: "rejected", code: "IllFormedResourceId", id: "g\ufffd" }]);
  });

  test("is a write cap that is reached", async () => {
    const { told } = await troublesOf({ resources: [group("g1"), group("g2")], account: { writesPerHour: 1 } });
    expect(told).toMatchObject([{ kind: "write-cap", code: "WriteCap", account: ALIBABA }]);
  });

  test("is told before any message is settled: if it can't be, all come back", async () => {
    const alert = () => Promise.reject(new Error("no queue"));
    const world = createWorld({ resources: [group("g1", crowd())], deps: { alert } });
    await expect(enforceTags(messagesOf([created(group("g1"))]), world.deps, world.deadline)).rejects.toThrow(
      "no queue",
    );
  });
});

describe("alerts of enforcement", () => {
  const TROUBLE: Trouble = {
    ...group("g1"),
    account: ALIBABA,
    kind: "rejected",
    code: "Full",
    message: "It has 20 tags.",
  };
  const at = "2026-11-22T02:00:00.000Z";

  test("are one for each kind, code, type, account and owner", () => {
    const troubles = [
      TROUBLE,
      { ...TROUBLE, id: "g2" },
      { ...TROUBLE, code: "Other" },
      { ...TROUBLE, kind: "failed" as const },
      { ...TROUBLE, account: "2" },
      { ...TROUBLE, type: "alibaba:apigateway:app" },
      { ...TROUBLE, owner: "payments" },
    ];
    const alerts = troubleAlerts(troubles, at);
    expect(alerts).toHaveLength(6);
    expect(alerts[0]).toMatchObject({
      severity: "medium",
      title: `Tags were rejected in account ${ALIBABA} (alibaba:apigateway:apiGroup): Full`,
      resources: [{ id: "g1" }, { id: "g2" }],
    });
  });

  test("are one for the write cap of an account, whatever it kept waiting", () => {
    const capped = { ...TROUBLE, kind: "write-cap" as const, code: "WriteCap" };
    const alerts = troubleAlerts([capped, { ...capped, type: "alibaba:vpcipam:IPAM", owner: "net" }], at);
    expect(alerts).toMatchObject([{ title: `The write cap of alibaba account ${ALIBABA} is reached` }]);
  });

  test("are one for what waits in a region for the same reason, whatever it is", () => {
    const waiting = { ...TROUBLE, kind: "waiting" as const, code: "Busy" };
    const others = [
      { ...waiting, type: "alibaba:vpcipam:IPAM", owner: "net" },
      { ...waiting, code: "Odd" },
      { ...waiting, region: "cn-beijing" },
    ];
    expect(troubleAlerts([waiting, ...others], at).map(({ title }) => title)).toEqual([
      `Resources have waited for more than an hour in alibaba account ${ALIBABA}, cn-hangzhou: Busy`,
      `Resources have waited for more than an hour in alibaba account ${ALIBABA}, cn-hangzhou: Odd`,
      `Resources have waited for more than an hour in alibaba account ${ALIBABA}, cn-beijing: Busy`,
    ]);
  });

  test("say whether new resources wait for the write cap, or repairs alone", () => {
    const [event, repair] = (["write-cap", "repair-cap"] as const).map((kind) => ({ ...TROUBLE, kind }));
    const alerts = troubleAlerts(
      [event, repair].flatMap((one) => one ?? []),
      at,
    );
    expect(alerts.map(({ severity, title }) => ({ severity, title }))).toEqual([
      { severity: "high", title: `The write cap of alibaba account ${ALIBABA} is reached` },
      { severity: "low", title: `Repairs wait for the write cap of alibaba account ${ALIBABA}` },
    ]);
    expect(new Set(alerts.map(({ key }) => key)).size).toBe(2);
  });

  test("keep a hundred resources, and fewer where their names are long", () => {
    const many = (name: string) => Array.from({ length: 300 }, (_, n) => ({ ...TROUBLE, id: `${name}${n}` }));
    expect(troubleAlerts(many("g"), at)[0]?.resources).toHaveLength(100);
    expect(troubleAlerts(many("x".repeat(10_000)), at)[0]?.resources).toHaveLength(1);
  });
});
