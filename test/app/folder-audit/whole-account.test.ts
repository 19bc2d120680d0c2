import { afterEach, describe, expect, it } from "vitest";
import { runAudit } from "../../../lib/app/folder-audit/run-audit.ts";
import { createRegistry } from "../../../lib/app/cloud/route.ts";
import { parseConfig } from "../../../lib/core/config/schema.ts";
import { tagsFromObject } from "../../../lib/core/resource.ts";
import { loadProvider } from "../../../lib/providers/lazy.ts";
import { memoryObjects } from "../../../lib/sinks/objects/memory.ts";
import { objectRunStore } from "../../../lib/sinks/objects/run-store.ts";
import type { EmulatedResource } from "../../../local/emulator/emulated-resource.ts";
import { startEmulator, type Emulator, type EmulatorOptions } from "../../../local/emulator/start.ts";
import { AT, keyOf, policies, quietLog, written } from "../audit-world.ts";

const ACCOUNT = "1111222233334444";
const REGIONS = ["cn-hangzhou", "cn-beijing"];
/** Some that share ids, some whose names differ between the two services, one that has no region. */
const TYPES = [
  "alibaba:ecs:instance",
  "alibaba:ecs:disk",
  "alibaba:ecs:eni",
  "alibaba:oss:bucket",
  "alibaba:log:project",
  "alibaba:slb:instance",
  "alibaba:vpc:eip",
  "alibaba:vpc:vpc",
  "alibaba:kvstore:instance",
  "alibaba:cdn:domain",
  "alibaba:apigateway:apiGroup",
];

const TAGS = [{ env: "prod" }, { env: "wrong" }, { owner: "o" }, {}, { env: "dev", owner: "o" }];

/** Some of each type in each region; `bad` of ten lack or break something. */
function estate(count: number, bad = 3): EmulatedResource[] {
  return Array.from({ length: count }, (_, n): EmulatedResource => {
    const type = TYPES[n % TYPES.length] ?? "";
    const round = Math.floor(n / TYPES.length);
    const region = type === "alibaba:cdn:domain" ? "global" : (REGIONS[round % 2] ?? "");
    const tags = round % 10 < bad ? TAGS[1 + (round % 3)] : TAGS[(round % 2) * 4];
    const spelled = Object.entries(tags ?? {}).filter((pair): pair is [string, string] => pair[1] !== undefined);
    return { type, account: ACCOUNT, region, id: `r-${round}`, tags: Object.fromEntries(spelled) };
  });
}

let emulator: Emulator | undefined;
afterEach(async () => {
  await emulator?.close();
});

const clock = { now: () => Date.now(), sleep: (ms: number) => new Promise<void>((wake) => setTimeout(wake, ms)) };

async function start(resources: readonly EmulatedResource[], options: Partial<EmulatorOptions> = {}) {
  emulator = await startEmulator({ resources, ...options });
  return emulator;
}

async function audit(cloud: Emulator) {
  const parsed = parseConfig("config.json", JSON.stringify(cloud.config()));
  const accounts = parsed.accounts
    .filter(({ account }) => account === ACCOUNT)
    .map((account) => ({ ...account, types: ["alibaba:*"], callsPerSecond: { read: 5000 } }));
  const deps = { credential: async (reference: string) => reference, clock };
  const objects = memoryObjects();
  const { result, report } = await runAudit({
    config: { ...parsed, accounts },
    registry: createRegistry(await Promise.all(accounts.map((account) => loadProvider(account, deps)))),
    policies,
    objects,
    runs: objectRunStore(objects),
    clock,
    random: Math.random,
    log: quietLog,
    out: "DIR",
    at: AT,
  });
  const evaluations = await written(objects, "evaluations");
  const found = new Map(evaluations.map((one) => [keyOf(one), one.compliance]));
  return { result, report, evaluations, found, calls: cloud.calls() };
}

function judged(resources: readonly EmulatedResource[]): ReadonlyMap<string, string> {
  return new Map(
    resources.map(({ tags = {}, type, account, region, id }) => {
      const evaluation = policies.evaluate({ type, account, region, id, tags: tagsFromObject(tags) }, AT);
      return [keyOf(evaluation), evaluation.compliance];
    }),
  );
}

describe("an audit of all that an account can tag, over HTTP", () => {
  it.each([false, true])("judges each resource once, whatever ARNs answers have (as sent: %s)", async (arnsAsSent) => {
    const resources = estate(2_200);
    const { found, evaluations, report, result, calls } = await audit(await start(resources, { arnsAsSent }));
    expect(report.gaps).toEqual([]);
    expect(report.readErrors).toEqual({});
    expect(evaluations).toHaveLength(2_200);
    expect(found).toEqual(judged(resources));
    expect(result.calls).toEqual(calls);
    expect(calls).toMatchObject({
      "alibaba:resourcecenter:SearchResources": 5,
      "alibaba:resourcecenter:GetResourceCounts": 1,
    });
  });

  it("finds nothing of what was mended since its rows were made, and takes what was spoiled since for what it was", async () => {
    const resources = estate(330);
    const cloud = await start(resources);
    const wasFine = judged(resources);
    const isFine = ({ type, account, region, id }: EmulatedResource) =>
      wasFine.get(JSON.stringify([type, account, region, id])) === "compliant";
    const fine = { env: "prod", owner: "o" };
    // All of it changes, and no inventory shows that within two minutes.
    const today = resources.map((one) => ({ ...one, tags: isFine(one) ? {} : fine }));
    for (const one of today) cloud.world.create(one);
    const { found } = await audit(cloud);
    const isOwn = ({ type }: EmulatedResource) => type === "alibaba:apigateway:apiGroup";
    expect(found).toEqual(judged(today.map((one) => (isFine(one) && !isOwn(one) ? { ...one, tags: fine } : one))));
  });

  it("says that a role which sees less than there is shows less than the cloud counts", async () => {
    const resources = estate(550);
    const { report, found } = await audit(
      await start(resources, { resourceCenter: { sees: { [ACCOUNT]: ["alibaba:ecs:*", "alibaba:apigateway:*"] } } }),
    );
    expect(report.gaps).toEqual([
      expect.objectContaining({
        shard: `alibaba.${ACCOUNT}.all.all`,
        reason: expect.stringMatching(/the cloud counts 550 resources and its listing showed 200/) as string,
      }),
    ]);
    expect(found.size).toBe(200);
  });

  it("is a gap where Resource Center is off, and the other types are audited all the same", async () => {
    const resources = estate(110);
    const { report, found } = await audit(await start(resources, { resourceCenter: { offIn: [ACCOUNT] } }));
    expect(report.gaps).toEqual([expect.objectContaining({ type: "alibaba:*:*" })]);
    expect(found).toEqual(judged(resources.filter(({ type }) => type === "alibaba:apigateway:apiGroup")));
  });
});
