import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { auditShard, type AuditShardDeps } from "../../../lib/app/audit/audit-shard.ts";
import { flatLayout } from "../../../lib/app/audit/layout.ts";
import { planShards } from "../../../lib/app/audit/plan-shards.ts";
import { inTurn } from "../../../lib/app/audit/shard-regions.ts";
import { startAudit } from "../../../lib/app/audit/start-audit.ts";
import { createRateLimiter } from "../../../lib/app/cloud/rate/limiter.ts";
import { systemClock } from "../../../lib/app/ports/system-clock.ts";
import { publishReport } from "../../../lib/app/report/publish-report.ts";
import type { AwsAccountConfig } from "../../../lib/core/config/config.ts";
import { parseConfig } from "../../../lib/core/config/schema.ts";
import { parseShardMessage } from "../../../lib/lambda/sqs/audit-messages.ts";
import { createProvider } from "../../../lib/providers/index.ts";
import { createRegistry } from "../../../lib/app/cloud/route.ts";
import { memorySeen } from "../../../lib/sinks/dynamo/memory-seen.ts";
import { memoryObjects } from "../../../lib/sinks/objects/memory.ts";
import { objectRunStore } from "../../../lib/sinks/objects/run-store.ts";
import { memoryAuditQueue } from "../../../lib/sinks/sqs/memory-queues.ts";
import type { EmulatedResource } from "../../../local/emulator/emulated-resource.ts";
import { startEmulator, type Emulator } from "../../../local/emulator/start.ts";
import * as fc from "../../properties.ts";
import { AT, policies, quietLog, written } from "../audit-world.ts";

const ACCOUNT = "444455556666";
const HOME = "us-east-1";
const OTHER = "eu-west-1";
/** How many there are of each, the last of which never carried a tag. */
const COUNTS = { [HOME]: 250, [OTHER]: 130, global: 30 };
const HOUR = 3_600_000;

function some(region: string, count: number): EmulatedResource[] {
  const [type, arn] =
    region === "global"
      ? (["aws:cloudfront:distribution", `arn:aws:cloudfront::${ACCOUNT}:distribution/`] as const)
      : (["aws:ec2:instance", `arn:aws:ec2:${region}:${ACCOUNT}:instance/i-`] as const);
  return Array.from({ length: count }, (_, n) => {
    const tags: Record<string, string> = n === count - 1 ? {} : { env: n % 2 === 0 ? "prod" : "moon" };
    return { type, account: ACCOUNT, region, id: `${arn}${n}`, tags };
  });
}
const RESOURCES = Object.entries(COUNTS).flatMap(([region, count]) => some(region, count));
const unseen = RESOURCES.filter(({ tags }) => Object.keys(tags ?? {}).length === 0);

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ resources: RESOURCES });
});
afterAll(() => emulator.close());
beforeEach(() => emulator.reset());

/** Audits the account in these regions, with an event that told of each resource that no tag listing shows. */
async function audited(regions: readonly string[], inventory: AwsAccountConfig["inventory"]) {
  const parsed = parseConfig("config.json", JSON.stringify(emulator.config()));
  const accounts = parsed.accounts
    .filter((account) => account.provider === "aws")
    .map((account) => ({ ...account, regions, inventory, callsPerSecond: { read: 5000 } }));
  const config = { ...parsed, accounts };
  const registry = createRegistry(
    accounts.map((account) =>
      createProvider(account, { credential: async (reference: string) => reference, clock: systemClock }),
    ),
  );
  const objects = memoryObjects();
  const seen = memorySeen(1);
  await seen.note(unseen, AT - HOUR);
  const queue = memoryAuditQueue();
  const runs = objectRunStore(objects);
  let attempts = 0;
  const deps: AuditShardDeps = {
    config,
    registry,
    runs,
    queue,
    objects,
    seen,
    layout: flatLayout,
    log: quietLog,
    policies: async () => policies,
    limiter: createRateLimiter(systemClock),
    clock: systemClock,
    random: Math.random,
    newAttempt: () => `a${(attempts += 1)}`,
    // Each page is an invocation of its own: every token goes through a checkpoint.
    handOnAfterMs: 0,
  };
  const start = { run: "2026-11-22T02-00-00-000Z", startedAt: AT, at: AT, policyHash: policies.hash };
  const { shards } = await startAudit(start, deps);
  for (let message = queue.shards.shift(); message !== undefined; message = queue.shards.shift()) {
    await auditShard(parseShardMessage(JSON.stringify(message)), deps, { remainingMs: () => Infinity });
  }
  const publication = await publishReport(start.run, { ...deps, clock: systemClock });
  if (publication.state !== "published") throw new Error(publication.state);
  const lines = await written(objects, "evaluations");
  return { shards, lines, report: publication.report, forgotten: (await seen.list(GLOBAL, undefined)).resources };
}
const GLOBAL = { type: "aws:*:*", account: ACCOUNT, region: "global" };

const placed = (found: readonly { readonly region: string; readonly id: string }[]) =>
  found.map(({ region, id }) => `${region} ${id}`).sort();

describe("what has no region in AWS", () => {
  it("is audited with its home region, whose listing is read once", async () => {
    const { shards, lines, report } = await audited([HOME, OTHER], "none");
    expect(shards).toEqual([`aws.${ACCOUNT}.${OTHER}.all`, `aws.${ACCOUNT}.${HOME}.all`]);
    expect(report.gaps).toEqual([]);
    expect(placed(lines)).toEqual(placed(RESOURCES.filter((one) => !unseen.includes(one))));
    const pages = Math.ceil((COUNTS[HOME] + COUNTS.global) / 100) + Math.ceil(COUNTS[OTHER] / 100);
    // And a read for each of the three that only events told of.
    expect(emulator.calls()["aws:tagging:GetResources"]).toBeLessThanOrEqual(pages + 3);
  });

  it.each(["config", "resource-explorer"] as const)("is in the inventory of %s, beside its home", async (inventory) => {
    const { lines, report } = await audited([HOME, OTHER], inventory);
    expect(placed(lines)).toEqual(placed(RESOURCES));
    expect(report.coverage).toMatchObject({ inventory: RESOURCES.length, events: 3, onlyEvents: 0 });
    expect(new Map(report.by.region.map(({ name, resources }) => [name, resources]))).toEqual(
      new Map(Object.entries(COUNTS)),
    );
  });

  it("is audited once where the configuration names it beside its home", async () => {
    const { shards, lines } = await audited(["global", HOME], "none");
    expect(shards).toEqual([`aws.${ACCOUNT}.${HOME}.all`]);
    const wanted = RESOURCES.filter((one) => one.region !== OTHER && !unseen.includes(one));
    expect(placed(lines)).toEqual(placed(wanted));
  });

  it("is listed by itself where its home is not audited", async () => {
    const { shards, lines } = await audited([OTHER], "none");
    expect(shards).toEqual([`aws.${ACCOUNT}.${OTHER}.all`, `aws.${ACCOUNT}.global.all`]);
    const wanted = RESOURCES.filter((one) => one.region !== HOME && !unseen.includes(one));
    expect(placed(lines)).toEqual(placed(wanted));
  });

  it("is forgotten where only an event told of it and it is not there", async () => {
    expect((await audited([HOME], "none")).forgotten).toEqual([]);
    expect((await audited([HOME], "config")).forgotten).toHaveLength(1);
  });

  it("has a shard of its own where more than one region is its home", () => {
    const account = { provider: "aws", account: ACCOUNT, regions: ["cn-north-1", "cn-northwest-1"] } as const;
    const config = parseConfig("c.json", JSON.stringify(emulator.config())).accounts.find(
      (one) => one.provider === "aws",
    );
    if (config === undefined) throw new Error("no AWS account");
    const { contracts } = createProvider(config, { credential: async (one: string) => one, clock: systemClock });
    const regionsOf = (homes: readonly string[]) => planShards(account, contracts, homes).map(({ region }) => region);
    expect(regionsOf(account.regions)).toEqual(["cn-north-1", "cn-northwest-1", "global"]);
    expect(regionsOf(["us-east-1"])).toEqual(["cn-north-1", "cn-northwest-1", "global"]);
  });
});

describe("a listing of regions in turn", () => {
  it("shows every page of each once, in their order, under tokens of which none is like another", async () => {
    const pageCounts = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(pageCounts, async (counts) => {
        const regions = counts.map((_, index) => `r-${index}`);
        const shown: string[] = [];
        const tokens = new Set<string>();
        let token: string | undefined;
        do {
          const page: { nextToken?: string } = await inTurn(regions, token, async (region, inRegion) => {
            const number = Number(inRegion?.replace("page ", "") ?? 0);
            shown.push(`${region} ${number}`);
            const isLast = number + 1 === counts[regions.indexOf(region)];
            return isLast ? {} : { nextToken: `page ${number + 1}` };
          });
          token = page.nextToken;
          expect(tokens).not.toContain(token);
          if (token !== undefined) tokens.add(token);
        } while (token !== undefined);
        expect(shown).toEqual(
          regions.flatMap((region, at) => Array.from({ length: counts[at] ?? 0 }, (_, n) => `${region} ${n}`)),
        );
      }),
    );
  });
});
