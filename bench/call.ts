import { fork } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { alibabaProvider } from "../lib/providers/alibaba/provider.ts";
import { median, significant, type Row } from "./measure.ts";

const GOAL_MS = 0.35;
const CALLS = 1_000;
const ROUNDS = 5;
const AT_ONCE = 8;

const ids = Array.from({ length: 20 }, (_, index) => `group-${index}`);
const tags = new Map(["env", "owner", "cost-center", "team", "app"].map((key) => [key, `value of ${key}`]));

type Call = () => Promise<unknown>;

/** CPU of this process per call, in milliseconds. */
async function cpuPerCall(call: Call, atOnce: number): Promise<number> {
  const before = process.cpuUsage();
  for (let made = 0; made < CALLS; made += atOnce) await Promise.all(Array.from({ length: atOnce }, () => call()));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / CALLS;
}

function ownClient(port: number): Call {
  const provider = alibabaProvider(
    {
      provider: "alibaba",
      account: "a1",
      regions: ["cn-hangzhou"],
      mode: "enforce",
      writesPerHour: 1,
      endpoints: { "*": `http://127.0.0.1:${port}` },
      credentials: { accessKeyId: "id", accessKeySecret: "secret" },
    },
    { credential: async (literal) => literal, clock: { now: () => Date.now(), sleep: async () => {} } },
  );
  const batch = { type: "alibaba:apigateway:apiGroup", account: "a1", region: "cn-hangzhou", resourceIds: ids, tags };
  return () => provider.tagResources(batch);
}

function productSdk(port: number): Call {
  const require = createRequire(import.meta.url);
  const { default: Client, TagResourcesRequest } =
    require("@alicloud/cloudapi20160714") as typeof import("@alicloud/cloudapi20160714");
  const { $OpenApiUtil } = require("@alicloud/openapi-core") as typeof import("@alicloud/openapi-core");
  const client = new Client(
    new $OpenApiUtil.Config({
      accessKeyId: "id",
      accessKeySecret: "secret",
      endpoint: `127.0.0.1:${port}`,
      protocol: "http",
    }),
  );
  const tag = Array.from(tags, ([key, value]) => ({ key, value }));
  return () => client.tagResources(new TagResourcesRequest({ resourceType: "apiGroup", resourceId: ids, tag }));
}

/** CPU of one TagResources call of 20 resources and 5 tags on loopback: our client beside the official SDK. */
export async function run(): Promise<readonly Row[]> {
  const server = fork(join(import.meta.dirname, "tag-server.ts"));
  try {
    const port = await new Promise<number>((resolve) => server.once("message", (message) => resolve(Number(message))));
    const own = ownClient(port);
    const sdk = productSdk(port);
    const rows: Row[] = [];
    for (const [how, atOnce] of [["sequential", 1] as const, [`${AT_ONCE} at once`, AT_ONCE] as const]) {
      const [ownRounds, sdkRounds]: [number[], number[]] = [[], []];
      await cpuPerCall(own, atOnce);
      await cpuPerCall(sdk, atOnce);
      // In turns, so that a busy machine slows both.
      for (let round = 0; round < ROUNDS; round += 1) {
        ownRounds.push(await cpuPerCall(own, atOnce));
        sdkRounds.push(await cpuPerCall(sdk, atOnce));
      }
      const [value, peer] = [median(ownRounds), median(sdkRounds)];
      rows.push({
        name: `tag call, ${how}`,
        value: significant(value),
        unit: "ms CPU",
        peer: { name: "@alicloud/cloudapi20160714", value: significant(peer) },
        ratio: significant(value / peer),
        ...(atOnce === 1 ? { goal: `value <= ${GOAL_MS}`, met: value <= GOAL_MS } : {}),
      });
    }
    return rows;
  } finally {
    server.disconnect();
  }
}
