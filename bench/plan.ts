import type { TypeContract } from "../lib/core/contract.ts";
import { plan, type PlannedResource } from "../lib/core/plan.ts";
import { apiGatewayContract, vpcIpamContract } from "../lib/providers/alibaba/contract.ts";
import { resourceGroupsTaggingContract } from "../lib/providers/aws/contract.ts";
import { iamContract } from "../lib/providers/huawei/contract.ts";
import { median, seededRandom, significant, type Row } from "./measure.ts";

type Random = () => number;
type MissingTags = Readonly<Record<string, string>>;

const SEEDS = [1, 2, 3];
const CONSTANT_KEYS = ["env", "cost-center", "owner", "team", "service", "tier", "data-class", "backup"];

const anyOf = <Item>(items: readonly Item[], random: Random): Item | undefined =>
  items[Math.floor(random() * items.length)];

/** A non-empty subset of the keys, each in with an even chance. */
function someOf(keys: readonly string[], random: Random): string[] {
  for (;;) {
    const chosen = keys.filter(() => random() < 0.5);
    if (chosen.length > 0) return chosen;
  }
}

const constant = (keys: readonly string[]): MissingTags =>
  Object.fromEntries(keys.map((key) => [key, `default-${key}`]));

/** Owners as a company has them: the first few create most of what there is. */
function zipf(count: number, random: Random): number {
  let total = 0;
  for (let rank = 1; rank <= count; rank += 1) total += 1 / rank;
  let target = random() * total;
  for (let rank = 1; rank <= count; rank += 1) {
    target -= 1 / rank;
    if (target <= 0) return rank;
  }
  return count;
}

/** Each workload says what one resource lacks; a new one is made for each seed. */
const WORKLOADS: Readonly<Record<string, (random: Random) => () => MissingTags>> = {
  "5 constant, uniform": (random) => () => constant(someOf(CONSTANT_KEYS.slice(0, 5), random)),
  "8 constant, uniform": (random) => () => constant(someOf(CONSTANT_KEYS, random)),
  "8 constant, realistic": (random) => {
    const templates = Array.from({ length: 12 }, () => someOf(CONSTANT_KEYS, random));
    return () => {
      const kind = random();
      if (kind < 0.35) return constant(CONSTANT_KEYS);
      if (kind < 0.75) return constant(anyOf(templates, random) ?? CONSTANT_KEYS);
      return constant(someOf(CONSTANT_KEYS, random));
    };
  },
  "5, one derived": (random) => () => {
    const missing = constant(someOf(CONSTANT_KEYS.slice(0, 5), random));
    return "owner" in missing ? { ...missing, owner: `person-${zipf(200, random)}` } : missing;
  },
  "8, two correlated derived": (random) => () => {
    const missing = constant(someOf(CONSTANT_KEYS, random));
    const person = zipf(200, random);
    return {
      ...missing,
      ...("owner" in missing && { owner: `person-${person}` }),
      ...("team" in missing && { team: `team-${person % 20}` }),
    };
  },
};

function resourcesOf(workload: (random: Random) => () => MissingTags, count: number, seed: number, type: string) {
  const next = workload(seededRandom(seed));
  return Array.from({ length: count }, (_, index): PlannedResource => {
    const tags = Object.entries(next()).map(([key, value]) => ({ key, value }));
    return { resource: { type, account: "1", region: "global", id: `r${index}` }, current: new Map(), tags };
  });
}

/** What peers do: one call per tag, or one per group of resources that lack the same set. */
function simplePlans(resources: readonly PlannedResource[], cap: number, tagsPerCall: number) {
  const tags = new Map<string, number>();
  const sets = new Map<string, { size: number; count: number }>();
  for (const { tags: missing } of resources) {
    const texts = missing.map(({ key, value }) => JSON.stringify([key, value])).sort();
    for (const text of texts) tags.set(text, (tags.get(text) ?? 0) + 1);
    const set = sets.get(texts.join());
    sets.set(texts.join(), { size: texts.length, count: (set?.count ?? 0) + 1 });
  }
  let perTag = 0;
  for (const count of tags.values()) perTag += Math.ceil(count / cap);
  let identical = 0;
  for (const { size, count } of sets.values()) identical += Math.ceil(count / cap) * Math.ceil(size / tagsPerCall);
  return { perTag, identical };
}

interface Case {
  readonly workload: string;
  readonly count: number;
  readonly contract: TypeContract;
  readonly goal?: { readonly ratio?: number; readonly ms?: number };
}

const constants = { "200": { ratio: Infinity, ms: 20 }, "10000": { ratio: 1.12, ms: 300 } };
const CASES: readonly Case[] = [
  ...[200, 1_000, 10_000].flatMap((count): Case[] => [
    {
      workload: "5 constant, uniform",
      count,
      contract: apiGatewayContract,
      goal: count === 10_000 ? { ratio: 1.03, ms: 300 } : {},
    },
    {
      workload: "8 constant, uniform",
      count,
      contract: apiGatewayContract,
      goal: constants[`${count}` as keyof typeof constants] ?? {},
    },
    {
      workload: "8 constant, realistic",
      count,
      contract: apiGatewayContract,
      goal: constants[`${count}` as keyof typeof constants] ?? {},
    },
    {
      workload: "5, one derived",
      count,
      contract: apiGatewayContract,
      goal: count >= 1_000 ? { ratio: 1.3, ms: 2_000 } : {},
    },
    {
      workload: "8, two correlated derived",
      count,
      contract: apiGatewayContract,
      goal: count >= 1_000 ? { ratio: 1.3, ms: 2_000 } : { ms: 20 },
    },
  ]),
  { workload: "8, two correlated derived", count: 1_000, contract: vpcIpamContract },
  { workload: "8, two correlated derived", count: 1_000, contract: resourceGroupsTaggingContract },
  { workload: "8, two correlated derived", count: 1_000, contract: iamContract },
];

/** Calls against the proven lower bound, and the time to plan. */
export async function run(): Promise<readonly Row[]> {
  return CASES.flatMap(rowsOf);
}

function rowsOf({ workload, count, contract, goal = {} }: Case): Row[] {
  const make = WORKLOADS[workload];
  if (make === undefined) return [];
  const { resourcesPerCall: cap, tagsPerCall } = contract.tag;
  const measured = SEEDS.map((seed) => {
    const resources = resourcesOf(make, count, seed, contract.types[0] ?? "");
    const input = { resources, contractFor: () => contract };
    const start = performance.now();
    const { calls, lowerBound } = plan(input);
    const ms = performance.now() - start;
    return { calls, lowerBound, ms, ...simplePlans(resources, cap, tagsPerCall) };
  });
  const mean = (field: keyof (typeof measured)[number]) =>
    measured.reduce((sum, one) => sum + one[field], 0) / measured.length;
  const simple = Math.min(mean("perTag"), mean("identical"));
  const ratio = mean("calls") / mean("lowerBound");
  const neverWorse = measured.every(({ calls, perTag, identical }) => calls <= Math.min(perTag, identical));
  const name = `plan ${workload}, ${count} resources, ${cap} × ${tagsPerCall}`;
  const limit = goal.ratio ?? Infinity;
  const calls: Row = {
    name,
    value: significant(mean("calls"), 4),
    unit: "calls",
    floor: { name: "lower bound", value: significant(mean("lowerBound"), 4) },
    peer: { name: "the better of one per tag and identical sets", value: significant(simple, 4) },
    ratio: significant(ratio, 4),
    goal: Number.isFinite(limit) ? `ratio <= ${limit}, never above the peer` : "never above the peer",
    met: ratio <= limit && neverWorse,
  };
  const time: Row = { name: `${name}: time`, value: significant(median(measured.map(({ ms }) => ms))), unit: "ms" };
  return [calls, goal.ms === undefined ? time : { ...time, goal: `value <= ${goal.ms}`, met: time.value <= goal.ms }];
}
