/** How much of our share of a rate audits use, alone and beside enforcement, under the clouds' documented quotas. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCaller, OutOfTimeError } from "../lib/app/cloud/call.ts";
import { auditLimiter } from "../lib/app/cloud/rate/audit-limiter.ts";
import { enforceLimiter } from "../lib/app/cloud/rate/enforce-limiter.ts";
import { createRateLimiter, type RateLimiter } from "../lib/app/cloud/rate/limiter.ts";
import { systemClock } from "../lib/app/ports/system-clock.ts";
import { parseConfig } from "../lib/core/config/schema.ts";
import { createAwsClients } from "../lib/lambda/settings/aws-clients.ts";
import { createProvider } from "../lib/providers/index.ts";
import { createRegistry } from "../lib/app/cloud/route.ts";
import { dynamoRateClaims } from "../lib/sinks/dynamo/rate-claims.ts";
import { startEmulator, type Emulator } from "../local/emulator/start.ts";
import { startEmbeddedAws } from "../local/service/embedded-aws.ts";
import { createStateTable } from "../test/fixtures/state-table.ts";
import { estate, POLICY } from "./audit-estate.ts";
import { significant, type Row } from "./measure.ts";

const TABLE = "tagwarden-bench";
const GROUPS = "alibaba:apigateway:ListTagResources";
const RESOURCES = "aws:tagging:GetResources";
/** Half of what the clouds document. */
const SHARES = { [GROUPS]: 25, [RESOURCES]: 7.5 } as const;

type Sent = Readonly<Record<keyof typeof SHARES, number[]>>;

/** API groups, which are read by id, and what AWS lists in its home region, for two shards that share a quota. */
async function serve(count: number): Promise<{ readonly emulator: Emulator; readonly sent: Sent }> {
  const sent: Sent = { [GROUPS]: [], [RESOURCES]: [] };
  const emulator = await startEmulator({
    resources: [...estate(count)].filter(({ type }) => type.endsWith(":apiGroup") || type.startsWith("aws:")),
    quota: "documented",
    record(entry) {
      if (entry.did === "call" && (entry.action === GROUPS || entry.action === RESOURCES)) {
        sent[entry.action].push(performance.now());
      }
    },
  });
  return { emulator, sent };
}

/** `tagwarden audit`, as people run it. */
async function commandRows(): Promise<Row[]> {
  const { emulator, sent } = await serve(20_000);
  const folder = await mkdtemp(join(tmpdir(), "tagwarden-bench-rate-"));
  try {
    await writeFile(join(folder, "config.json"), JSON.stringify(emulator.config()));
    await writeFile(join(folder, "policy.yaml"), POLICY);
    const files = ["--policy", join(folder, "policy.yaml"), "--config", join(folder, "config.json")];
    const argv = [join(import.meta.dirname, "..", "cli", "tagwarden.ts"), "audit", ...files];
    const child = spawn(process.execPath, [...argv, "--out", join(folder, "out"), "--format", "json"], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    const [code] = (await once(child, "close")) as [number | null];
    // 1 = it found something, which it does.
    if (code !== 0 && code !== 1) throw new Error(`tagwarden audit ended with ${code}`);
    return ([GROUPS, RESOURCES] as const).map((action) =>
      shareRow(`tagwarden audit: calls of ${action}`, sent[action], SHARES[action]),
    );
  } finally {
    await rm(folder, { recursive: true });
    await emulator.close();
  }
}

function shareRow(name: string, times: readonly number[], share: number): Row {
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const value = (1_000 * (times.length - 1)) / (last - first);
  const ratio = value / share;
  return {
    name,
    value: significant(value),
    unit: "calls/s",
    floor: { name: "our share", value: share },
    ratio: significant(ratio),
    goal: "ratio >= 0.95",
    met: ratio >= 0.95,
  };
}

const ALONE_MS = 20_000;
const BESIDE_MS = 20_000;
const READERS = 8;

/** The limiters of the deployed functions, two of each, on the state table: audits alone, then beside enforcement. */
async function deployedRows(): Promise<Row[]> {
  const { emulator, sent } = await serve(200);
  const aws = await startEmbeddedAws();
  try {
    const { dynamodb } = createAwsClients(aws.variables);
    await createStateTable(dynamodb(), TABLE);
    const { accounts } = parseConfig("emulator", JSON.stringify(emulator.config()));
    const account = accounts.find(({ provider }) => provider === "alibaba");
    if (account === undefined) throw new Error("the estate is on Alibaba Cloud too");
    const provider = createProvider(account, { credential: async (literal) => literal, clock: systemClock });
    const api = provider.contractFor("alibaba:apigateway:apiGroup")?.list;
    if (api === undefined) throw new Error("API groups can be tagged");
    const region = account.regions[0] ?? "";
    const ids = [...estate(200)].flatMap(({ type, id }) => (type.endsWith(":apiGroup") ? id : []));
    const target = { account, region, api, kind: "read" } as const;
    const common = {
      claims: dynamoRateClaims({ client: dynamodb, table: TABLE }),
      clock: systemClock,
      log: { warn: console.error, error: console.error },
      registry: createRegistry([provider]),
    };
    const call = async (limiter: RateLimiter, untilMs: number): Promise<number> => {
      const from = performance.now();
      const deadline = { remainingMs: () => untilMs - performance.now() };
      const caller = createCaller({ ...common, random: Math.random, limiter, deadline, reserveMs: 0 });
      return caller.call(target, async () => {
        const waited = performance.now() - from;
        await provider.listTagResources({ region, type: "alibaba:apigateway:apiGroup", ids }, undefined);
        return waited;
      });
    };
    const audits = ["audit 1", "audit 2"].map((name) =>
      auditLimiter(createRateLimiter(systemClock), { ...common, auditReads: 0.5, name }),
    );
    const start = performance.now();
    const end = start + ALONE_MS + BESIDE_MS;
    const reading = audits.map(async (limiter) => {
      const reader = async () => {
        while (performance.now() < end) await call(limiter, end).catch(unlessLate);
      };
      await Promise.all(Array.from({ length: READERS }, reader));
      await limiter.release();
    });
    await systemClock.sleep(ALONE_MS);
    const before = sent[GROUPS].length;
    const alone = sent[GROUPS].slice(0, before);
    const waits: number[] = [];
    const enforcement = Array.from({ length: 2 }, async () => {
      const limiter = enforceLimiter(createRateLimiter(systemClock, 2), { ...common, part: 0.5 });
      // A batch of a hundred messages is two reads.
      while (performance.now() < end - 2_000) {
        const waited = await Promise.all([call(limiter, end), call(limiter, end)]);
        waits.push(...waited);
        await systemClock.sleep(500);
      }
      await limiter.idle();
    });
    await Promise.all([...reading, ...enforcement]);
    const most = mostInASecond(sent[GROUPS]);
    waits.sort((a, b) => a - b);
    const p95 = waits[Math.floor(waits.length * 0.95)] ?? 0;
    return [
      shareRow(`audit-shard: calls of ${GROUPS}, two processes at once`, alone, SHARES[GROUPS]),
      {
        name: "audit-shard and enforce: most calls in a second, two processes of each",
        value: most,
        unit: "calls",
        floor: { name: "our share", value: SHARES[GROUPS] },
        goal: "<= our share + 1 a process",
        met: most <= SHARES[GROUPS] + 4,
      },
      {
        name: "enforce: wait of a read for its turn beside two audits, p95",
        value: significant(p95),
        unit: "ms",
        goal: "<= 2000",
        met: p95 <= 2_000,
      },
    ];
  } finally {
    await aws.close();
    await emulator.close();
  }
}

function unlessLate(error: unknown): void {
  if (!(error instanceof OutOfTimeError)) throw error;
}

function mostInASecond(times: readonly number[]): number {
  let first = 0;
  return times.reduce((most, at, last) => {
    while (at - (times[first] ?? at) >= 1_000) first += 1;
    return Math.max(most, last - first + 1);
  }, 0);
}

export async function run(): Promise<readonly Row[]> {
  return [...(await commandRows()), ...(await deployedRows())];
}
