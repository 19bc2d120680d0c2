import type { AccountConfig, Config } from "../../core/config/config.ts";
import { readerOf, type ApiContract } from "../../core/contract.ts";
import { InputError } from "../../core/errors.ts";
import type { ProviderName } from "../../core/resource.ts";
import { shardSummaryFrom } from "../audit/checkpoint.ts";
import { planShards } from "../audit/plan-shards.ts";
import { bucketOf, quotasOf } from "../cloud/rate/share.ts";
import type { Shard } from "../ports/audit-queue.ts";
import type { ObjectStore } from "../ports/objects.ts";
import type { ProviderRegistry, TagProvider } from "../ports/provider.ts";
import type { RateBucket } from "../ports/rate-claims.ts";
import type { RunStore } from "../ports/runs.ts";

/** One API that a shard of the next audit will read through. */
export interface PlannedRead {
  readonly shard: string;
  readonly provider: ProviderName;
  readonly account: string;
  readonly region: string;
  readonly action: string;
  /** Our share of its quota; where another shard counts against the same, divided by them. */
  readonly callsPerSecond: number;
  /** What the run before this one took; null where none is known. */
  readonly calls: number | null;
  /** How long so many calls take at that rate. */
  readonly minutes: number | null;
}

/** The reads of the next audit, and how long its longest shard takes: shards run side by side, their reads don't. */
export interface ReadPlan {
  /** The run whose figures these are; absent = none is known, so neither are calls and minutes. */
  readonly run?: string;
  readonly reads: readonly PlannedRead[];
  readonly calls: number | null;
  readonly minutes: number | null;
}

export interface PlanReadsDeps {
  readonly config: Config;
  readonly registry: ProviderRegistry;
  readonly runs: RunStore;
  readonly objects: ObjectStore;
}

/** Says what an audit would read, without a single call. `run` = the one whose figures are taken. */
export async function planReads(run: string | undefined, deps: PlanReadsDeps): Promise<ReadPlan> {
  const { config, registry } = deps;
  const took = await callsOf(run, deps);
  const found: {
    readonly shard: string;
    readonly region: string;
    readonly bucket: RateBucket;
    readonly rate: number;
  }[] = [];
  for (const account of config.accounts) {
    const provider = registry.find(account.provider, account.account);
    if (provider === undefined) throw new InputError(`account ${account.account}: no ${account.provider} provider`);
    for (const shard of planShards(account, provider.contracts, provider.globalHomes)) {
      for (const api of apisOf(shard, provider)) {
        const { region } = shard;
        const bucket = bucketOf(account, region, api);
        found.push({ shard: shard.id, region, bucket, rate: rateOf(api, account) });
      }
    }
  }
  const quotaOf = quotasOf(registry);
  const users = Map.groupBy(found, ({ bucket }) => JSON.stringify(quotaOf(bucket)));
  const reads = found.map(({ shard, region, bucket, rate }): PlannedRead => {
    const callsPerSecond = rate / (users.get(JSON.stringify(quotaOf(bucket)))?.length ?? 1);
    const counted = took.get(shard);
    const calls = counted === undefined ? null : (counted.get(bucket.action) ?? 0);
    const minutes = calls === null ? null : calls / callsPerSecond / 60;
    return { shard, ...bucket, region, callsPerSecond, calls, minutes };
  });
  return { ...(took.size > 0 && run !== undefined && { run }), reads, ...totalsOf(reads) };
}

/** Sums what is known; null where nothing is. */
function totalsOf(reads: readonly PlannedRead[]): Pick<ReadPlan, "calls" | "minutes"> {
  const known = reads.filter(({ calls }) => calls !== null);
  if (known.length === 0) return { calls: null, minutes: null };
  const byShard = new Map<string, number>();
  for (const { shard, minutes } of known) byShard.set(shard, (byShard.get(shard) ?? 0) + (minutes ?? 0));
  return { calls: known.reduce((sum, { calls }) => sum + (calls ?? 0), 0), minutes: Math.max(...byShard.values()) };
}

/** The calls of each shard of a run, by action; of shards that ended. */
async function callsOf(
  run: string | undefined,
  { runs, objects }: PlanReadsDeps,
): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
  const calls = new Map<string, ReadonlyMap<string, number>>();
  const record = run === undefined ? undefined : await runs.read(run);
  for (const [shard, result] of record?.results ?? []) {
    const body = result.state === "done" ? await objects.get(result.summary) : undefined;
    if (body !== undefined) calls.set(shard, new Map(Object.entries(shardSummaryFrom(body).summary.calls)));
  }
  return calls;
}

/** The inventories of a shard's types and the tag listings, in this order, each with what it needs. */
function apisOf({ types }: Shard, provider: TagProvider): ApiContract[] {
  const inventories: ApiContract[] = [];
  const lists: ApiContract[] = [];
  for (const type of types) {
    const contract = provider.contractFor(type);
    if (contract === undefined) continue;
    const inventory = contract.inventory[type];
    const { recording, counting } = inventory ?? {};
    inventories.push(...[recording, inventory, counting].filter((api) => api !== undefined));
    const { list } = readerOf({ type }, contract);
    const names = provider.needsTypes === undefined ? undefined : contract.typeListing;
    lists.push(list, ...[list.searching, list.fullListing, names].filter((api) => api !== undefined));
  }
  return [...new Map([...inventories, ...lists].map((api) => [api.action, api])).values()];
}

function rateOf({ callsPerSecond }: ApiContract, account: AccountConfig): number {
  return account.callsPerSecond?.read ?? callsPerSecond / 2;
}
