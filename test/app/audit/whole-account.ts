import { auditShard } from "../../../lib/app/audit/audit-shard.ts";
import { startAudit } from "../../../lib/app/audit/start-audit.ts";
import { createRegistry } from "../../../lib/app/cloud/route.ts";
import type { ShardMessage } from "../../../lib/app/ports/audit-queue.ts";
import type { Deadline } from "../../../lib/app/ports/invocation.ts";
import type { InventoryResource, TagProvider } from "../../../lib/app/ports/provider.ts";
import type { TypeContract } from "../../../lib/core/contract.ts";
import type { Evaluation } from "../../../lib/core/evaluation.ts";
import { mergeSummaries, type Summary } from "../../../lib/core/report/summary.ts";
import { apiGatewayContract } from "../../../lib/providers/alibaba/contract.ts";
import { memoryProvider, type MemoryProvider, type MemoryResource } from "../../../lib/providers/memory.ts";
import { AT, auditWorld, keyOf, policies, truth, written } from "../audit-world.ts";
import { genericContract } from "../generic-contract.ts";

export const ACCOUNT = "111122223333";
export const REGIONS = ["cn-hangzhou", "cn-beijing"];
const NO_HURRY: Deadline = { remainingMs: () => Infinity };
export const DISK = "alibaba:ecs:disk";

export const of = (type: string, region: string, id: string, tags: Record<string, string> = {}): MemoryResource => ({
  type,
  region,
  id,
  tags: new Map(Object.entries(tags)),
});
export const disk = (id: string, tags: Record<string, string> = {}) => of(DISK, "cn-hangzhou", id, tags);
export const disks = (count: number, tags: Record<string, string> = {}, prefix = "d") =>
  Array.from({ length: count }, (_, n) => disk(`${prefix}-${n}`, tags));
export const PROD = { env: "prod" };

interface Options {
  readonly contract?: TypeContract;
  /** Overrides what the inventory says of resources. */
  readonly row?: (resource: InventoryResource) => InventoryResource | undefined;
  readonly wrap?: (provider: TagProvider) => TagProvider;
  readonly types?: readonly string[];
  readonly regions?: readonly string[];
}

/** An account whose `types` name all that its cloud can tag. */
export function account(resources: readonly MemoryResource[], options: Options = {}) {
  const { row = (one) => one, wrap = (one) => one, types = ["alibaba:*"], regions = REGIONS } = options;
  const { contract = genericContract } = options;
  const memory = memoryProvider({
    account: ACCOUNT,
    regions,
    contracts: [apiGatewayContract, contract],
    resources,
  });
  const provider = wrap({
    ...memory,
    async listInventory(region, type, token) {
      const page = await memory.listInventory(region, type, token);
      return { ...page, resources: page.resources.flatMap((one) => row(one) ?? []), rowCount: page.resources.length };
    },
  });
  const world = auditWorld({ resources: { alibaba: [] } });
  const [config] = world.deps.config.accounts;
  if (config === undefined) throw new Error("the world has an account");
  const deps = {
    ...world.deps,
    registry: createRegistry([provider]),
    config: { ...world.deps.config, accounts: [{ ...config, types, regions }] },
  };
  return { memory, deps };
}

type World = ReturnType<typeof account>;

/** Audits all shards of a run, each in invocations that see so many calls. */
export async function audit({ memory, deps }: World, run = "r1", callsAnInvocation = Infinity, previous?: string) {
  const before = memory.calls();
  await startAudit({ run, startedAt: AT, at: AT, policyHash: policies.hash }, deps);
  const messages: ShardMessage[] = deps.queue.shards.splice(0);
  let invocations = 0;
  for (let message = messages.shift(); message !== undefined; message = messages.shift()) {
    const made = () => Object.values(memory.calls()).reduce((sum, count) => sum + count, 0);
    const most = made() + callsAnInvocation;
    const deadline: Deadline = { remainingMs: () => (made() < most ? 300_000 : 0) };
    const own = previous === undefined ? message : { ...message, previous };
    await auditShard(own, deps, callsAnInvocation === Infinity ? NO_HURRY : deadline);
    messages.push(...deps.queue.shards.splice(0));
    invocations += 1;
  }
  const evaluations = await written(deps.objects, "evaluations");
  const summaries: Summary[] = [];
  for (const name of await deps.objects.list(`summaries/run=${run}/`)) {
    const body = new TextDecoder().decode(await deps.objects.get(name));
    summaries.push((JSON.parse(body) as { summary: Summary }).summary);
  }
  const calls = Object.fromEntries(
    Object.entries(memory.calls()).map(([action, count]) => [action.split(":")[2], count - (before[action] ?? 0)]),
  );
  const compliance = (id: string) => evaluations.filter((one) => one.id === id).map((one) => one.compliance);
  return {
    evaluations,
    calls,
    invocations,
    compliance,
    coverage: mergeSummaries(...summaries).coverage,
    gaps: summaries.flatMap(({ gaps }) => gaps),
    notes: summaries.flatMap(({ coverage }) => coverage.notes),
    changes: summaries.map(({ changes }) => changes),
  };
}

/** What there is, judged one by one, in the order of keys. */
export function expected(memory: MemoryProvider): [string, Evaluation["compliance"]][] {
  const regions = new Set([...REGIONS, "global"]);
  return [...truth([memory])]
    .filter(([, { region }]) => regions.has(region))
    .map(([key, { compliance }]): [string, Evaluation["compliance"]] => [key, compliance])
    .toSorted(byKey);
}

export const found = (evaluations: readonly Evaluation[]) =>
  evaluations.map((one): [string, Evaluation["compliance"]] => [keyOf(one), one.compliance]).toSorted(byKey);
const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1);
