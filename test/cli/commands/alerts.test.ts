import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { EmulatedResource } from "../../../local/emulator/emulated-resource.ts";
import { startEmulator, type Emulator } from "../../../local/emulator/start.ts";
import { answering, openReceiver, type Received } from "../../sinks/alert-receiver.ts";
import { runMain, temporaryFolder } from "../run-main.ts";

const GROUP = { type: "alibaba:apigateway:apiGroup", account: "111122223333", region: "cn-hangzhou" };
const RESOURCES: readonly EmulatedResource[] = [
  { ...GROUP, id: "g1", tags: { env: "prod", owner: "payments" } },
  { ...GROUP, id: "g2", tags: { owner: "payments" } },
  { ...GROUP, id: "<!channel>", tags: { owner: "@all" } },
];
const POLICY = `
version: 1
requiredTags: { env: { values: [prod, dev] } }
policies: [{ name: gateways, match: {}, require: [env], severity: high }]
exemptions: [{ match: { ids: [x] }, tags: [env], reason: "<!here> *shared*", expires: "2020-01-01" }]
`;
const SECRET = "s3cret-s3cret-s3cret";
const OK: Readonly<Record<string, string>> = { "/slack": "ok", "/dingtalk": '{"errcode":0}', "/feishu": '{"code":0}' };

let emulator: Emulator;
let chats: Awaited<ReturnType<typeof openReceiver>>;
let folder: string;
let out: string;
let config: string;

beforeAll(async () => {
  emulator = await startEmulator({ resources: RESOURCES });
  chats = await openReceiver();
});
afterAll(async () => {
  await chats.close();
  await emulator.close();
});

beforeEach(async () => {
  emulator.reset();
  chats.received.length = 0;
  chats.answerWith((response, request) => answering(200, OK[request.path] ?? "")(response, request));
  folder = await temporaryFolder();
  out = join(folder, "out");
  config = join(folder, "config.yaml");
  writeFileSync(join(folder, "policy.yaml"), POLICY);
  writeConfig({ fallback: ["slack", "dingtalk", "feishu", "webhook"] });
});

function writeConfig(more: object): void {
  const url = (path: string): string => `${chats.url}/${path}`;
  const channels = [
    { name: "slack", type: "slack", url: url("slack") },
    { name: "dingtalk", type: "dingtalk", url: url("dingtalk"), secret: SECRET },
    { name: "feishu", type: "feishu", url: url("feishu"), secret: SECRET },
    { name: "webhook", type: "webhook", url: url("webhook"), secret: SECRET },
  ];
  writeFileSync(config, stringify({ ...(emulator.config() as object), alerts: { channels, ...more } }));
}

const audit = (...more: string[]) =>
  runMain(["audit", "--policy", join(folder, "policy.yaml"), "--config", config, "--out", out, ...more]);

interface Preview {
  readonly digests: readonly { readonly channel: string; readonly owner?: string; readonly body: string }[];
}
async function preview(...more: string[]): Promise<Preview> {
  const ran = await runMain(["alerts", "preview", "--run", out, "--config", config, "--format", "json", ...more]);
  expect(ran.stderr).toBe("");
  return JSON.parse(ran.stdout) as Preview;
}

/** A body without the time and signature that Feishu has in it. */
const timeless = ({ path, body }: Received): [string, string] => [
  path.slice(1),
  body.replace(/^\{"timestamp":"\d+","sign":"[^"]+",/u, "{"),
];
const bodies = ({ digests }: Preview): [string, string][] => digests.map(({ channel, body }) => [channel, body]);

describe("audit", () => {
  test("tells nobody unless it is asked to", async () => {
    expect((await audit()).code).toBe(1);
    expect(chats.received).toEqual([]);
  });

  test("--alert sends to every channel byte for byte what the preview shows, before and after", async () => {
    expect((await audit("--alert")).stderr).toContain("alerts: 4 sent, 0 failed");
    const shown = bodies(await preview());
    expect(shown.map(([channel]) => channel)).toEqual(["slack", "dingtalk", "feishu", "webhook"]);
    // Channels are told at once, so what comes first is chance.
    expect(new Map(chats.received.map(timeless))).toEqual(new Map(shown));
    expect(chats.received).toHaveLength(4);
  });

  test("--alert tells once what two audits find, and that it is fixed", async () => {
    writeConfig({ fallback: ["webhook"] });
    const counts = () =>
      chats.received.map(({ body }) => (JSON.parse(body) as { data: { counts: object } }).data.counts);
    await audit("--alert");
    await audit("--alert");
    expect(counts()).toMatchObject([{ opened: 2, resolved: 0 }]);
    for (const { id } of RESOURCES) {
      emulator.world.remove({ ...GROUP, id });
      emulator.world.create({ ...GROUP, id, tags: { env: "prod" } });
    }
    await audit("--alert");
    expect(counts()).toMatchObject([{ opened: 2 }, { opened: 0, resolved: 1 }]);
    expect((await preview()).digests).toHaveLength(1);
  });

  test("--alert says which channel failed, without its URL, and tells it the next time", async () => {
    chats.answerWith((response, request) =>
      answering(request.path === "/slack" ? 404 : 200, OK[request.path] ?? "")(response, request),
    );
    const ran = await audit("--alert");
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain("tagwarden: alert channel slack answered 404\n");
    expect(ran.stderr).not.toContain(chats.url);
    const paths = chats.received.map(({ path }) => path).sort();
    expect(paths).toEqual(["/dingtalk", "/feishu", "/slack", "/webhook"]);
  });

  test.each<[string, { url?: string; secret?: string } | undefined, string]>([
    ["no alerts", undefined, "has no `alerts`"],
    ["a secret that isn't set", { secret: "env:NOT_SET" }, "NOT_SET"],
    ["a URL that is looked up and is none", { url: "chat" }, "channel a has a URL that can't be read"],
    ["a URL that is looked up and is plain", { url: "http://chat.example/x" }, "channel a has a URL that is not https"],
  ])("--alert with %s ends before anything is listed", async (_, wrong, message) => {
    writeFileSync(join(folder, "url"), wrong?.url ?? chats.url);
    const channel = { name: "a", type: "webhook", url: "file:url", secret: wrong?.secret ?? "file:url" };
    const alerts = wrong === undefined ? {} : { alerts: { channels: [channel], fallback: ["a"] } };
    writeFileSync(config, stringify({ ...(emulator.config() as object), ...alerts }));
    const ran = await audit("--alert");
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain(message);
    expect(ran.stderr).not.toContain("chat.example");
    expect(emulator.calls()).toEqual({});
  });
});

describe("alerts preview", () => {
  test("sends nothing and changes nothing", async () => {
    await audit();
    const first = await preview();
    expect(await preview()).toEqual(first);
    expect(chats.received).toEqual([]);
    expect(() => readFileSync(join(out, "alert-states.json"))).toThrow("ENOENT");
  });

  test("names whom it would reach without their secrets", async () => {
    await audit();
    const { stdout } = await runMain(["alerts", "preview", "--run", out, "--config", config, "--format", "table"]);
    expect(stdout).toContain(`== slack (slack, ${chats.url}): 2 new ==`);
    expect(stdout).toContain("HIGH: Compliance with gateways is 33.3 %, below 95.0 %");
    expect(stdout).not.toMatch(/s3cret|\/slack/u);
  });

  test("gives an owner with a route a message of their own", async () => {
    writeConfig({ fallback: ["slack"], routes: [{ owners: ["pay*"], channels: ["webhook"] }], drop: 1 });
    await audit("--alert");
    emulator.world.create({ ...GROUP, id: "g9", tags: { owner: "payments" } });
    await audit();
    const { digests } = await preview();
    expect(digests.map(({ channel, owner }) => [channel, owner])).toEqual([["webhook", "payments"]]);
    expect(digests[0]?.body).toContain("alibaba:apigateway:apiGroup g9 is noncompliant");
  });

  test("shows every kind of channel where there is no configuration", async () => {
    await audit();
    const { code, stdout } = await runMain(["alerts", "preview", "--run", out, "--format", "table"]);
    expect(code).toBe(0);
    for (const type of ["slack", "dingtalk", "feishu", "webhook", "sns"]) expect(stdout).toContain(`(${type}, `);
  });

  test.each([
    ["a folder without a report", ["--run", "nowhere"], "holds no report.json"],
    ["a format that there isn't", ["--run", "nowhere", "--format", "pdf"], "choose one of"],
  ])("refuses %s", async (_, more, message) => {
    const ran = await runMain(["alerts", "preview", ...more]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(message);
  });

  test.each<[string, (part: string) => void, string]>([
    ["cut off", (part) => writeFileSync(part, readFileSync(part).subarray(0, 20)), "is not a whole gzip file"],
    ["gone", (part) => rmSync(part), "is gone"],
  ])("calls nothing fixed, and says why, where a part of the findings was %s since", async (_, damage, says) => {
    writeConfig({ fallback: ["webhook"], drop: 1 });
    await audit("--alert");
    emulator.world.create({ ...GROUP, id: "g9", tags: {} });
    await audit("--alert");
    await audit();
    for (const name of readdirSync(join(out, "findings"))) damage(join(out, "findings", name));
    const ran = await runMain(["alerts", "preview", "--run", out, "--config", config, "--format", "json"]);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toMatch(/^tagwarden: findings\/[^\n]+; nobody is told what is new there[^\n]+\n$/u);
    expect(ran.stderr).toContain(says);
    expect((JSON.parse(ran.stdout) as Preview).digests).toEqual([]);
  });

  test("says which file is damaged", async () => {
    await audit("--alert");
    writeFileSync(join(out, "alert-states.json"), "{");
    const ran = await runMain(["alerts", "preview", "--run", out, "--config", config]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("alert-states.json: does not hold the state of alerts");
  });
});
