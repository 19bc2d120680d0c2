import type { PlannedResource } from "../lib/core/plan/plan.ts";
import { seededRandom } from "../lib/core/seeded-random.ts";

type Random = () => number;
type MissingTags = Readonly<Record<string, string>>;
/** Prepares a workload of so many resources; the result says what the next one lacks. */
type Workload = (random: Random, count: number) => () => MissingTags;

const KEYS = ["env", "cost-center", "owner", "team", "service", "tier", "data-class", "backup"];

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
function zipf(people: number, random: Random): () => number {
  const sums: number[] = [];
  for (let rank = 1; rank <= people; rank += 1) sums.push((sums.at(-1) ?? 0) + 1 / rank);
  return () => {
    const target = random() * (sums.at(-1) ?? 0);
    return sums.findIndex((sum) => sum >= target) + 1;
  };
}

const uniform =
  (keyCount: number): Workload =>
  (random) =>
  () =>
    constant(someOf(KEYS.slice(0, keyCount), random));

/** 35 % never tagged, 40 % made from a team's template that lacks always the same, the rest anything. */
const realisticOf =
  (keys: readonly string[]): Workload =>
  (random) => {
    const templates = Array.from({ length: 12 }, () => someOf(keys, random));
    return () => {
      const kind = random();
      if (kind < 0.35) return constant(keys);
      if (kind < 0.75) return constant(anyOf(templates, random) ?? keys);
      return constant(someOf(keys, random));
    };
  };

const realistic = realisticOf(KEYS);

/** More than some clouds take in a call. */
const TWELVE_KEYS = [...KEYS, "created-at", "created-by", "project", "stack"];

/** Gives the owner, and the team that follows from it, to resources that lack these tags. */
const derived =
  (workload: Workload, { people, teams }: { people: (count: number) => number; teams?: number }): Workload =>
  (random, count) => {
    const next = workload(random, count);
    const creator = zipf(people(count), random);
    return () => {
      const missing = next();
      const person = creator();
      return {
        ...missing,
        ...("owner" in missing && { owner: `person-${person}` }),
        ...("team" in missing && teams !== undefined && { team: `team-${person % teams}` }),
      };
    };
  };

const twoHundred = () => 200;
const oneInFive = (count: number) => Math.max(10, Math.floor(count / 5));

export const WORKLOADS = {
  "5 constant, uniform": uniform(5),
  "8 constant, uniform": uniform(8),
  "8 constant, realistic": realistic,
  "12 constant, realistic": realisticOf(TWELVE_KEYS),
  "5, one derived": derived(uniform(5), { people: oneInFive }),
  "5, one derived, 200 owners": derived(uniform(5), { people: twoHundred }),
  "8, two derived": derived(uniform(8), { people: oneInFive, teams: 37 }),
  "8, two derived, 200 owners": derived(uniform(8), { people: twoHundred, teams: 20 }),
  "8, two derived, realistic": derived(realistic, { people: oneInFive, teams: 37 }),
} satisfies Record<string, Workload>;

export function resourcesOf(workload: keyof typeof WORKLOADS, count: number, seed: number, type: string) {
  const next = WORKLOADS[workload](seededRandom(seed), count);
  return Array.from({ length: count }, (_, index) => plannedResource(next(), `r${index}`, type));
}

export function plannedResource(lacks: MissingTags, id: string, type: string): PlannedResource {
  const tags = Object.entries(lacks).map(([key, value]) => ({ key, value }));
  return { resource: { type, account: "1", region: "global", id }, current: new Map(), tags };
}
