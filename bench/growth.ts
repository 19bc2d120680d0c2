/**
 * How the work of each hot spot grows with an estate: CPU at 16 times the size, over CPU at the size. What is linear takes
 * 16 times as long and sorting a little more; what is not would be noticed first where an estate is large.
 */
import { createHash } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { startAudit } from "../lib/app/audit/start-audit.ts";
import { mergeCreated } from "../lib/app/enforce/messages.ts";
import type { ProviderRegistry, TagProvider } from "../lib/app/ports/provider.ts";
import { planAction } from "../lib/app/write/plan-writes.ts";
import { buildDigests, type DueRecord } from "../lib/core/alert/digest.ts";
import { troubleAlerts } from "../lib/core/alert/trouble-alerts.ts";
import type { AwsAccountConfig } from "../lib/core/config/config.ts";
import { InputError } from "../lib/core/errors.ts";
import { loadPolicies } from "../lib/core/policy/load/load.ts";
import { preparePolicySet } from "../lib/core/policy/policy-set.ts";
import { mergeInTree } from "../lib/core/report/merge.ts";
import { createSummariser } from "../lib/core/report/summarise.ts";
import { EMPTY_SUMMARY, mergeSummaries } from "../lib/core/report/summary.ts";
import type { Resource } from "../lib/core/resource.ts";
import { seededRandom } from "../lib/core/seeded-random.ts";
import { apiGatewayContract } from "../lib/providers/alibaba/contract.ts";
import { resourceGroupsTaggingContract } from "../lib/providers/aws/contract.ts";
import { allContracts } from "../lib/providers/index.ts";
import { memoryProvider } from "../lib/providers/memory.ts";
import { memoryObjects } from "../lib/sinks/objects/memory.ts";
import { objectRunStore } from "../lib/sinks/objects/run-store.ts";
import { cpuClock, median, significant, type Row } from "./measure.ts";

const TIMES = 16;
const MOST = 20;
const ROUNDS = 5;
/** Shorter rounds say more of the compiler and the collector than of the code. */
const LEAST_MS = 50;
const AT = Date.UTC(2026, 10, 22);

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
const times = <T>(count: number, each: (index: number) => T): T[] => Array.from({ length: count }, (_, at) => each(at));
/** As `times`, but what comes of it is not kept. */
const repeat = (count: number, each: (index: number) => unknown): void => {
  for (let index = 0; index < count; index += 1) each(index);
};
const load = (...texts: readonly string[]) =>
  loadPolicies(
    texts.map((text, at) => ({ path: `p${String(at).padStart(5, "0")}.yaml`, text })),
    { contracts: allContracts, hash },
  ).compiled;
const policies = (entries: readonly string[]): string => `version: 1\npolicies:\n${entries.join("\n")}`;
/** A file has at most a million characters. */
const files = (head: string, lines: readonly string[], each = 2_000): string[] =>
  times(Math.ceil(lines.length / each), (at) => `${head}\n${lines.slice(at * each, (at + 1) * each).join("\n")}`);
/** Text that is refused; the work is to say why. */
const refuse = (...texts: readonly string[]): void => {
  try {
    load(...texts);
  } catch (error) {
    if (error instanceof InputError) return;
    throw error;
  }
  throw new Error("these policies were to be refused");
};

const resource = (index: number, account = "1"): Resource => ({
  type: "alibaba:apigateway:apiGroup",
  account,
  region: "cn-hangzhou",
  id: `r-${index}`,
  tags: new Map(),
});
const ENV = "  - { name: a, require: [{ key: env }] }";
const exemption = (match: string): string => `  - { match: ${match}, reason: x, expires: "2030-01-01" }`;

/** Prepares a size, and answers the work to be measured. */
type Spot = (size: number) => () => unknown;

/** By name: the smaller of the two sizes, and the work. */
const SPOTS: Readonly<Record<string, readonly [size: number, spot: Spot]>> = {
  "load: policies of an account each": [
    300,
    (n) => {
      const entries = times(
        n,
        (i) => `  - { name: p${i}, match: { accounts: ["${i}"] }, require: [{ key: k${i % 15} }] }`,
      );
      const texts = files("version: 1\npolicies:", entries);
      return () => load(...texts);
    },
  ],
  "load: policies that match the same types": [
    300,
    (n) => {
      const match = '{ types: ["alibaba:apigateway:*"] }';
      const texts = files(
        "version: 1\npolicies:",
        times(n, (i) => `  - { name: p${i}, match: ${match}, require: [{ key: k${i % 15} }] }`),
      );
      return () => load(...texts);
    },
  ],
  "load: unknown keys, with the nearest of as many": [
    1000,
    (n) => {
      const known = times(n, (i) => `  key-number-${i}: {}`).join("\n");
      const texts = files(
        "version: 1\npolicies:",
        times(n, (i) => `  - { name: p${i}, require: [ky-number-${i}x] }`),
      );
      return () => refuse(`version: 1\nrequiredTags:\n${known}`, ...texts);
    },
  ],
  "load: a key's values": [
    3_000,
    (n) => {
      const text = `version: 1\nrequiredTags:\n  env: { values: [${times(n, (i) => `v${i}`).join(", ")}] }\npolicies:\n  - { name: a, require: [env] }`;
      return () => load(text);
    },
  ],
  "load: globs of ids": [
    3000,
    (n) => {
      const text = policies([
        `  - { name: a, match: { ids: [${times(n, (i) => `"a${i}*"`).join(", ")}] }, require: [{ key: env }] }`,
      ]);
      return () => load(text);
    },
  ],
  "load: globs of types": [
    500,
    (n) => {
      const text = policies([
        `  - { name: a, match: { types: [${times(n, (i) => `"aws:s${i}:*"`).join(", ")}] }, require: [{ key: env }] }`,
      ]);
      return () => load(text);
    },
  ],
  "load: exemptions": [
    500,
    (n) => {
      const texts = files(
        "version: 1\nexemptions:",
        times(n, (i) => exemption(`{ ids: ["r-${i}"] }`)),
      );
      return () => load(policies([ENV]), ...texts);
    },
  ],
  "load: files with a problem each": [
    500,
    (n) => {
      const texts = times(n, (i) => `version: 1\nunknown${i}: 1`);
      return () => refuse(...texts);
    },
  ],
  "yaml: aliases of aliases": [
    3_000,
    (n) => {
      const text = `version: 1\na0: &a0 [${times(100, () => "x").join(",")}]\nb: [${times(n, () => "*a0").join(",")}]`;
      return () => refuse(text);
    },
  ],
  "yaml: lists in lists": [
    5_000,
    (n) => {
      const text = `version: 1\nx: ${"[".repeat(n)}${"]".repeat(n)}`;
      return () => refuse(text);
    },
  ],
  "yaml: unknown keys": [
    4_000,
    (n) => {
      const text = `version: 1\n${times(n, (i) => `k${i}: 1`).join("\n")}`;
      return () => refuse(text);
    },
  ],
  "evaluate: 2,000 resources × exemptions by glob": [
    500,
    (n) => {
      const set = preparePolicySet(
        load(
          policies([ENV]),
          ...files(
            "version: 1\nexemptions:",
            times(n, (i) => exemption(`{ ids: ["x-${i}*"] }`)),
          ),
        ),
      );
      return () => repeat(2_000, (i) => set.evaluate(resource(i), AT));
    },
  ],
  "evaluate: as many resources as exemptions by id": [
    4_000,
    (n) => {
      const set = preparePolicySet(
        load(
          policies([ENV]),
          ...files(
            "version: 1\nexemptions:",
            times(n, (i) => exemption(`{ ids: ["r-${2 * i}"] }`)),
          ),
        ),
      );
      return () => repeat(8 * n, (i) => set.evaluate(resource(i % n), AT));
    },
  ],
  "evaluate: as many accounts as exemptions by account": [
    1000,
    (n) => {
      const entries = times(n, (i) => exemption(`{ accounts: ["${2 * i}"] }`));
      const set = preparePolicySet(load(policies([ENV]), ...files("version: 1\nexemptions:", entries)));
      return () => repeat(8 * n, (i) => set.evaluate(resource(i, String(Math.floor(i / 8))), AT));
    },
  ],
  "evaluate: 2,000 resources × policies by glob of ids": [
    250,
    (n) => {
      const match = (i: number) => `{ ids: ["r-${i}*"] }`;
      const entries = times(n, (i) => `  - { name: p${i}, match: ${match(i)}, require: [{ key: k${i % 15} }] }`);
      const set = preparePolicySet(load(...files("version: 1\npolicies:", entries)));
      return () => repeat(2_000, (i) => set.evaluate(resource(i), AT));
    },
  ],
  "evaluate: 5,000 places × policies by glob of accounts": [
    125,
    (n) => {
      const entries = times(
        n,
        (i) => `  - { name: p${i}, match: { accounts: ["${i}*"] }, require: [{ key: k${i % 15} }] }`,
      );
      const compiled = load(...files("version: 1\npolicies:", entries));
      return () => {
        const set = preparePolicySet(compiled);
        return repeat(5_000, (i) => set.evaluate(resource(i, String(i)), AT));
      };
    },
  ],
  "evaluate: as many places as policies by account": [
    250,
    (n) => {
      const entries = times(
        n,
        (i) => `  - { name: p${i}, match: { accounts: ["${i}"] }, require: [{ key: k${i % 15} }] }`,
      );
      const compiled = load(...files("version: 1\npolicies:", entries));
      return () => {
        const set = preparePolicySet(compiled);
        return repeat(8 * n, (i) => set.evaluate(resource(i, String(Math.floor(i / 8))), AT));
      };
    },
  ],
  "mergeCreated: different resources": [
    20_000,
    (n) => {
      const resources = times(n, (i) => ({ ...resource(i), event: { createdAt: "2026-01-01T00:00:00Z" } }));
      return () => mergeCreated([{ messageId: "m", sendCount: 0, resources }]);
    },
  ],
  "plan: every resource its own owner": [
    1_000,
    (n) => {
      const resources = times(n, (i) => ({
        resource: resource(i),
        current: new Map<string, string>(),
        tags: [
          { key: "env", value: "dev" },
          { key: "owner", value: `o${i}` },
          { key: "cost", value: `c${i % 97}` },
          { key: "t", value: `t${i % 31}` },
          { key: "u", value: `u${i % 7}` },
        ],
      }));
      return () => planAction("tag", resources, () => apiGatewayContract);
    },
  ],
  "plan: half of 30 keys at random": [
    250,
    (n) => {
      const random = seededRandom(7);
      const resources = times(n, (i) => ({
        resource: { ...resource(i), type: "aws:ec2:instance", id: `arn:aws:ec2:us-east-1:1:instance/i-${i}` },
        current: new Map<string, string>(),
        tags: times(30, (k) => ({ key: `k${k}`, value: `v${Math.floor(random() * 3)}` })).filter(() => random() < 0.5),
      }));
      return () => planAction("tag", resources, () => resourceGroupsTaggingContract);
    },
  ],
  "report: summaries of shards that all are gaps": [
    5_000,
    (n) => () => {
      const merger = mergeInTree(mergeSummaries);
      for (let i = 0; i < n; i += 1) {
        merger.add({ ...EMPTY_SUMMARY, gaps: [{ shard: `s${(i * 7919) % n}`, reason: "x" }] });
      }
      return merger.merged();
    },
  ],
  "report: summaries of an account each": [
    2000,
    (n) => {
      const summaries = times(n, (i) => {
        const one = createSummariser();
        one.add({
          ...resource(i, `a${i}`),
          compliance: "compliant",
          missing: [],
          invalid: [],
          nearMisses: [],
          broken: [],
          policies: ["p"],
        });
        one.seeTaggedOnly(`a${i}`);
        return one.summary();
      });
      return () => {
        const merger = mergeInTree(mergeSummaries);
        for (const one of summaries) merger.add(one);
        return merger.merged();
      };
    },
  ],
  "alerts: digests of 5,000 owners, 200 of them with a channel": [
    5_000,
    (n) => {
      const due = times(n, (i) => dueRecord(i));
      const routes = times(200, (r) => ({ owners: [`o${r}*x`], channels: ["c"] }));
      const channel = { name: "c", type: "slack", url: "https://example.com", leastSeverity: "low" } as const;
      return () => buildDigests(due, { channels: [channel], routes, fallback: ["c"] }, hash);
    },
  ],
  "alerts: troubles of an owner each": [
    10_000,
    (n) => {
      const troubles = times(n, (i) => ({
        ...resource(i),
        kind: "failed" as const,
        code: "X",
        message: "m",
        owner: `o${i}`,
      }));
      return () => troubleAlerts(troubles, "2026-01-01T00:00:00Z");
    },
  ],
  "audit: end 500 shards of a run": [
    1_000,
    (n) => async () => {
      const runs = objectRunStore(memoryObjects());
      const shards = times(n, (i) => `aws.${100_000_000_000 + i}.us-east-1.all`);
      await runs.create({ run: "r", startedAt: AT, at: AT, policyHash: "h", shards });
      for (const shard of shards.slice(0, 500)) await runs.finishShard("r", shard, { state: "done", summary: "s" });
    },
  ],
  "audit: start with 17 regions an account": [
    500,
    (n) => {
      const regions = times(17, (r) => `us-east-${r + 1}`);
      const accounts = times(n, (i) => awsAccount(String(100_000_000_000 + i), regions));
      const start = { run: "r", startedAt: AT, at: AT, policyHash: "h" };
      const registry: ProviderRegistry = { all: [], find: (_, account) => listed(account) };
      const queue = { sendShards: async () => undefined, sendReport: async () => undefined };
      const log = { debug() {}, info() {}, warn() {}, error() {} };
      return () =>
        startAudit(start, {
          config: { settleSeconds: 900, accounts },
          registry,
          runs: objectRunStore(memoryObjects()),
          queue,
          log,
        });
    },
  ],
};

function dueRecord(index: number): DueRecord {
  return {
    alert: {
      key: `k${index}`,
      source: "report",
      kind: "new-finding",
      severity: "high",
      scope: "s",
      title: "t".repeat(100),
      text: "x".repeat(300),
      owner: `o${index % 5_000}`,
      at: "2026-01-01T00:00:00Z",
      resources: [],
    },
    state: "open",
    openedAt: 0,
    raisedAt: 0,
    toldAt: 0,
    toldSeverity: "high",
    silent: false,
    notice: { change: "opened", event: "e", at: 0, sent: false },
    seenAt: 0,
    version: 1,
  };
}

function awsAccount(account: string, regions: readonly string[]): AwsAccountConfig {
  return {
    provider: "aws",
    account,
    regions,
    partition: "aws",
    inventory: "none",
    mode: "report",
    writesPerHour: 2_000,
  };
}

const cloud = memoryProvider({ account: "1", regions: [], contracts: [resourceGroupsTaggingContract] });

function listed(account: string): TagProvider {
  return { ...cloud, account, globalHomes: ["us-east-1"] };
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** What others have left to collect isn't in it. */
async function cpuOf(work: () => unknown): Promise<number> {
  collectGarbage();
  const start = cpuClock();
  await work();
  return cpuClock() - start;
}

async function rowOf(name: string, size: number, spot: Spot): Promise<Row> {
  const small = spot(size);
  const large = spot(TIMES * size);
  await small();
  // As often as it takes for a round to be long enough.
  const once = await cpuOf(small);
  const repeated = Math.max(1, Math.ceil(LEAST_MS / Math.max(once, 0.1)));
  const tookSmall: number[] = [];
  const tookLarge: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    tookLarge.push(await cpuOf(large));
    tookSmall.push(
      (await cpuOf(async () => {
        for (let time = 0; time < repeated; time += 1) await small();
      })) / repeated,
    );
  }
  const value = significant(median(tookLarge) / median(tookSmall));
  return {
    name: `growth: ${name}, ${(TIMES * size).toLocaleString("en")} to ${size.toLocaleString("en")}`,
    value,
    unit: "× the CPU at 16 × the size",
    floor: { name: "CPU at the smaller size, ms", value: significant(median(tookSmall)) },
    goal: `<= ${MOST}`,
    met: value <= MOST,
  };
}

/** One row for each hot spot. `GROWTH` = part of a name: only those. */
export async function run(): Promise<readonly Row[]> {
  const only = process.env["GROWTH"] ?? "";
  const rows: Row[] = [];
  for (const [name, [size, spot]] of Object.entries(SPOTS)) {
    if (name.includes(only)) rows.push(await rowOf(name, size, spot));
  }
  return rows;
}
