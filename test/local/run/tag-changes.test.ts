import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, afterAll, describe, expect, it } from "vitest";
import { composeCreatedEvent } from "../../../local/compose-events/compose.ts";
import { runLocal, type LocalOptions } from "../../../local/run/run.ts";
import { runMain } from "../../cli/run-main.ts";
import { answering, openReceiver } from "../../sinks/alert-receiver.ts";

const POLICY = `
version: 1
requiredTags: { env: { values: [dev, prod], default: dev }, owner: { default: nobody } }
policies:
  - { name: kept, match: {}, require: [env], mode: enforce, recheck: true }
  - { name: free, match: {}, require: [owner], mode: enforce }
`;
const GROUP = { type: "alibaba:apigateway:apiGroup", account: "111122223333", region: "cn-hangzhou" };
const AWS = { account: "444455556666", region: "us-east-1" };
const QUEUE = { type: "aws:sqs:queue", ...AWS, id: "arn:aws:sqs:us-east-1:444455556666:orders" };
const USER = { type: "huawei:iam:user", account: "d0001", region: "global", id: "u-1" };
const ALL = [{ ...GROUP, id: "g-1" }, { ...GROUP, id: "g-fight" }, { ...GROUP, id: "g-ours" }, QUEUE, USER];

type Ref = (typeof ALL)[number];
type Served = Parameters<NonNullable<LocalOptions["serve"]>>[0];

/** The service, running on after its run. */
let served: Served;
let chats: Awaited<ReturnType<typeof openReceiver>>;
let end: () => void;
let ended: Promise<unknown>;
let config: string;

const folder = () => mkdtempSync(join(tmpdir(), "tagwarden-test-"));

/** The service as it is deployed, but that nobody waits for more messages to fill a batch. */
function withoutWindow(): string {
  const path = join(folder(), "serverless.yml");
  writeFileSync(
    path,
    readFileSync("serverless.yml", "utf8").replace("maximumBatchingWindow: 5", "maximumBatchingWindow: 0"),
  );
  return path;
}

beforeAll(async () => {
  chats = await openReceiver();
  chats.answerWith(answering(200, "ok"));
  const alerts = { channels: [{ name: "chat", type: "slack", url: `${chats.url}/slack` }], fallback: ["chat"] };
  const stay = new Promise<void>((resolve) => {
    end = resolve;
  });
  const running = new Promise<Served>((resolve, reject) => {
    ended = runLocal({
      inProcess: true,
      serviceFile: withoutWindow(),
      mode: "enforce",
      events: ALL.map((one) => composeCreatedEvent(one, { at: Date.now() })),
      policyFiles: [{ path: "policy.yaml", text: POLICY }],
      out: folder(),
      config: { alerts },
      async serve(start) {
        resolve(start);
        await stay;
      },
    });
    ended.catch(reject);
  });
  served = await running;
  config = join(folder(), "config.json");
  writeFileSync(config, JSON.stringify(served.emulator.config()));
}, 60_000);

afterAll(async () => {
  end();
  await ended;
  await chats.close();
});

const tagsOf = (ref: Ref) => served.emulator.world.get(ref)?.tags;

/** As somebody does it with our own commands; without `--table` it could be anybody. */
async function takeOff({ type, account, region, id }: Ref, key: string, ...more: string[]) {
  const place = ["--type", type, "--account", account, "--region", region, "--id", id];
  const journal = ["--journal", folder()];
  const line = ["tags", "unset", "--config", config, ...place, "--tag", key, "--apply", ...journal, ...more];
  const { code, stderr } = await runMain(line, { env: served.service.aws.variables });
  expect(stderr).not.toContain("tagwarden:");
  expect(code).toBe(0);
}

/** Until the events of a change have been dealt with, and those of what followed from it. */
async function quiet() {
  for (let round = 0; round < 2; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    await served.service.untilIdle();
  }
}

const writes = () =>
  Object.entries(served.emulator.calls())
    .filter(([action]) => /:TagResource/.test(action))
    .reduce((sum, [, count]) => sum + count, 0);

describe("a tag that was taken off", () => {
  it.each([
    ["Alibaba Cloud", { ...GROUP, id: "g-1" }],
    ["Huawei Cloud", USER],
    ["AWS, whose event doesn't say who did it", QUEUE],
  ])("comes back once on %s, and our own write starts nothing", async (_, ref) => {
    expect(tagsOf(ref)).toEqual({ env: "dev", owner: "nobody" });
    const before = writes();
    await takeOff(ref, "env");
    await quiet();
    expect(tagsOf(ref)).toEqual({ env: "dev", owner: "nobody" });
    expect(writes()).toBe(before + 1);
  });

  it("stays off where its policy doesn't say recheck", async () => {
    await takeOff({ ...GROUP, id: "g-1" }, "owner");
    await quiet();
    expect(tagsOf({ ...GROUP, id: "g-1" })).toEqual({ env: "dev" });
  });

  it("stays off where a command of ours has noted that it means it", async () => {
    await takeOff({ ...GROUP, id: "g-ours" }, "env", "--table", served.service.resources.ref("StateTable"));
    await quiet();
    expect(tagsOf({ ...GROUP, id: "g-ours" })).toEqual({ owner: "nobody" });
  });

  it("comes back three times a day, and then one alert tells of the fight", async () => {
    const ref = { ...GROUP, id: "g-fight" };
    const told = () => chats.received.filter(({ body }) => body.includes("again and again"));
    for (let round = 1; round <= 3; round += 1) {
      await takeOff(ref, "env");
      await quiet();
      expect(tagsOf(ref)).toEqual({ env: "dev", owner: "nobody" });
    }
    expect(told()).toEqual([]);
    const before = writes();
    await takeOff(ref, "env");
    await quiet();
    expect(tagsOf(ref)).toEqual({ owner: "nobody" });
    // Whoever sets it and takes it off again is told of no more.
    served.emulator.world.create({ ...ref, tags: { env: "prod", owner: "nobody" } });
    await takeOff(ref, "env");
    await quiet();
    expect(tagsOf(ref)).toEqual({ owner: "nobody" });
    expect(writes()).toBe(before);
    expect(told()).toHaveLength(1);
  });
});
