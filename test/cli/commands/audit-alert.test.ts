import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startEmulator, type Emulator } from "../../../local/emulator/start.ts";
import { answering, hanging, openReceiver } from "../../sinks/alert-receiver.ts";
import { auditFiles, GATEWAY } from "./audit-files.ts";

let emulator: Emulator;
let chats: Awaited<ReturnType<typeof openReceiver>>;
beforeAll(async () => {
  emulator = await startEmulator({
    resources: [
      { ...GATEWAY, id: "g1", tags: { env: "prod" } },
      { ...GATEWAY, id: "g2", tags: {} },
    ],
  });
  chats = await openReceiver();
});
afterAll(async () => {
  await chats.close();
  await emulator.close();
});
beforeEach(() => {
  emulator.reset();
  chats.received.length = 0;
  chats.answerWith(answering(200, ""));
});

/** Audits that tell three webhooks of compliance and of new findings. */
const alerted = (routes: readonly object[] = []) => {
  const names = ["one", "two", "three"];
  const channels = names.map((name) => ({
    name,
    type: "webhook",
    url: `${chats.url}/${name}`,
    secret: "s3cret-s3cret",
  }));
  return auditFiles(emulator, { channels, fallback: names, routes, drop: 1 });
};
/** One channel answers in its own way, the others as they should. */
const breakChannel = (name: string, answer: typeof hanging): void =>
  chats.answerWith((response, request) =>
    (request.path === `/${name}` ? answer : answering(200, ""))(response, request),
  );

interface Told {
  readonly data: { readonly entries: readonly { readonly change: string; readonly alert: { readonly key: string } }[] };
}
/** What each channel was told, in the order in which it came, without where and when. */
const told = (): Record<string, readonly string[]> => {
  const byChannel = Map.groupBy(chats.received, ({ path }) => path.slice(1));
  return Object.fromEntries(
    [...byChannel].map(([channel, received]) => [
      channel,
      received.flatMap(({ body }) =>
        (JSON.parse(body) as Told).data.entries.map(({ change, alert }) => `${change} ${alert.key.split(":")[0]}`),
      ),
    ]),
  );
};

describe("while one channel is broken", () => {
  it("the others are told nothing twice, whatever changes meanwhile, and it gets all when it works again", async () => {
    const { audit } = await alerted();
    await audit("--alert");
    emulator.world.create({ ...GATEWAY, id: "g3", tags: {} });
    emulator.world.create({ ...GATEWAY, id: "g4", tags: {} });
    chats.received.length = 0;
    breakChannel("two", answering(404, ""));
    const ran = await audit("--alert");
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain("tagwarden: alert channel two answered 404\nalerts: 2 sent, 1 failed\n");
    emulator.world.remove({ ...GATEWAY, id: "g3" });
    await audit("--alert");
    await audit("--alert");
    const news = ["opened finding", "opened finding", "resolved finding"];
    expect(told()["one"]).toEqual(news);
    expect(told()["three"]).toEqual(news);
    chats.received.length = 0;
    chats.answerWith(answering(200, ""));
    expect((await audit("--alert")).code).toBe(1);
    expect(told()).toEqual({ two: expect.arrayContaining(["opened finding", "resolved finding"]) });
  });
});

describe("a channel with a message for each of many owners", () => {
  it("is left alone once it has refused one of them, and gets all when it works again", async () => {
    const { audit } = await alerted([{ owners: ["team-*"], channels: ["two"] }]);
    await audit("--alert");
    const owners = ["team-a", "team-b", "team-c"];
    for (const owner of owners) emulator.world.create({ ...GATEWAY, id: `of-${owner}`, tags: { owner } });
    chats.received.length = 0;
    breakChannel("two", answering(404, ""));
    const ran = await audit("--alert");
    expect(ran.stderr).toBe("tagwarden: alert channel two answered 404\nalerts: 0 sent, 3 failed\n");
    expect(chats.received).toHaveLength(1);
    chats.received.length = 0;
    chats.answerWith(answering(200, ""));
    expect((await audit("--alert")).stderr).toBe("alerts: 3 sent, 0 failed\n");
    expect(told()).toEqual({ two: owners.map(() => "opened finding") });
  });
});

describe("an audit that was killed while it told people", () => {
  /** A first audit in peace; a second one that finds more, and is killed when two of its channels hang. */
  async function killedWhileTelling() {
    const files = await alerted();
    await files.audit("--alert");
    const arrived = () =>
      Object.keys(JSON.parse(readFileSync(join(files.out, "alert-deliveries.json"), "utf8"))).length;
    const before = arrived();
    emulator.world.create({ ...GATEWAY, id: "g3", tags: {} });
    chats.received.length = 0;
    chats.answerWith((response, request) =>
      (request.path === "/one" ? answering(200, "") : hanging)(response, request),
    );
    await files.killed(() => chats.received.length === 3 && arrived() > before, "--alert");
    chats.answerWith(answering(200, ""));
    const heard = chats.received.splice(0);
    expect(heard.map(({ path }) => path).sort()).toEqual(["/one", "/three", "/two"]);
    chats.received.push(...heard.filter(({ path }) => path === "/one"));
    return files;
  }
  const once = ["opened finding"];

  it("tells the rest of them when it is resumed", async () => {
    const { audit } = await killedWhileTelling();
    expect(told()).toEqual({ one: once });
    const { code, stderr } = await audit("--resume", "--alert");
    expect({ code, stderr }).toEqual({ code: 1, stderr: "alerts: 2 sent, 0 failed\n" });
    expect(told()).toEqual({ one: once, two: once, three: once });
  });

  it("has the next audit tell the rest of them, also of what is no news any more", async () => {
    const { audit, names } = await killedWhileTelling();
    const [run] = names("runs");
    const { code, stderr } = await audit("--alert");
    expect(code).toBe(1);
    expect(stderr).toBe(
      `tagwarden: the audit ${run?.replace(".json", "")} was cut short before all were told of it\n` +
        "alerts: 2 sent, 0 failed\nalerts: 0 sent, 0 failed\n",
    );
    expect(told()).toEqual({ one: once, two: once, three: once });
    chats.received.length = 0;
    await audit("--alert");
    expect(told()).toEqual({});
  });

  it("is told of by nobody who wasn't asked to", async () => {
    const { audit } = await killedWhileTelling();
    await audit();
    expect(told()).toEqual({ one: once });
  });
});

describe("what is known of earlier alerts", () => {
  const record = {
    alert: { key: "k", source: "report", kind: "compliance", severity: "high", title: "", text: "", scope: "", at: "" },
    state: "open",
    openedAt: 1,
    raisedAt: 1,
    toldAt: 1,
    toldSeverity: "high",
    silent: false,
    seenAt: 1,
    version: 1,
  };

  it.each([
    ["alert-states.json", "", "does not hold the state of alerts; restore it, or remove it"],
    ["alert-states.json", '[{"alert":{"key":"a"', "does not hold the state of alerts"],
    ["alert-states.json", "{}", "does not hold the state of alerts"],
    // All of a record but the resources of its alert.
    ["alert-states.json", JSON.stringify([record]), "does not hold the state of alerts"],
    ["alert-deliveries.json", '{"tw_1":', "does not say which messages have arrived; restore it, or remove it"],
    ["alert-deliveries.json", '["tw_1"]', "does not say which messages have arrived"],
  ])("is checked before anything is listed: %s with %s", async (name, text, message) => {
    const { out, audit } = await alerted();
    mkdirSync(out);
    writeFileSync(join(out, name), text);
    const { code, stdout, stderr } = await audit("--alert");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^tagwarden: [^\n]+\n$/u);
    expect(stderr).toContain(`${join(out, name)}: ${message}`);
    expect(emulator.calls()).toEqual({});
    expect(readdirSync(out)).toEqual([name]);
    // Nobody is to be told, so nobody minds.
    expect((await audit()).code).toBe(1);
  });

  it("is read again as it was written", async () => {
    const { out, audit } = await alerted();
    await audit("--alert");
    const states = readFileSync(join(out, "alert-states.json"), "utf8");
    expect(JSON.parse(states)).toMatchObject([{ alert: { key: "compliance:gateways" }, notice: { sent: true } }]);
    expect((await audit("--alert")).stderr).toBe("alerts: 0 sent, 0 failed\n");
  });
});
