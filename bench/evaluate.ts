/** Evaluation of resources with 5 required tags and about 8 tags each, held against a loop written by hand for just them. */
import { preparePolicies } from "../lib/core/policy/prepare.ts";
import type { CompiledPolicies, CompiledRequiredTag } from "../lib/core/policy/compiled.ts";
import type { Resource } from "../lib/core/resource.ts";
import { seededRandom } from "../lib/core/seeded-random.ts";
import { cpuClock, medians, significant, type Row } from "./measure.ts";

const GOAL = 0.7;
/** How many resources a round evaluates, in as many passes as it takes. */
const AT_ONCE = 200_000;
const NOW = Date.parse("2026-11-22T00:00:00Z");

const ENVS = ["prod", "staging", "dev"];
const COST_CENTER = /^(?:CC-[0-9]{4})$/u;

function requiredTag(key: string, constraints: CompiledRequiredTag["constraints"] = []): CompiledRequiredTag {
  return { key, constraints, allowBlank: false, overwrite: false, adoptNearMiss: false };
}

const COMPILED: CompiledPolicies = {
  version: 1,
  hash: "bench",
  policies: [
    {
      name: "all",
      match: { types: ["alibaba:*"] },
      require: [
        requiredTag("env", [{ values: ENVS }]),
        requiredTag("cost-center", [
          { pattern: { text: "CC-[0-9]{4}", source: COST_CENTER.source, flags: COST_CENTER.flags } },
        ]),
        requiredTag("owner"),
        requiredTag("team"),
        requiredTag("created-at"),
      ],
      mode: "enforce",
      severity: "high",
      repair: "never",
      graceDays: 0,
    },
  ],
  exemptions: [],
  limits: [],
};

interface Pairs {
  readonly id: string;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
}

/** Through JSON, line by line, as resources really come: strings that were put together are read more slowly. */
function makePairs(count: number): Pairs[] {
  const random = seededRandom(7);
  const made: Pairs[] = Array.from({ length: count }, (_, index) => {
    const tags = [
      { key: "env", value: random() < 0.9 ? (ENVS[index % ENVS.length] ?? "dev") : "production" },
      { key: "cost-center", value: random() < 0.9 ? `CC-${1000 + (index % 9000)}` : "unknown" },
      { key: "owner", value: `team-${index % 40}@example.com` },
      { key: "team", value: `team-${index % 40}` },
      { key: "created-at", value: "2026-11-22" },
    ].filter(() => random() < 0.9);
    const extra = ["Name", "app", "terraform", "billing"].filter(() => random() < 0.85);
    return { id: `g-${index}`, tags: [...tags, ...extra.map((key) => ({ key, value: `${key}-${index % 100}` }))] };
  });
  return made.map((pairs): Pairs => JSON.parse(JSON.stringify(pairs)));
}

function isEnv(value: string): boolean {
  return value === "prod" || value === "staging" || value === "dev";
}

/** What a careful engineer writes for this one policy: one pass, a bit a key, findings as an array. */
function handWritten(resources: readonly Pairs[]): { id: string; missing: string[]; invalid: string[] }[] {
  const findings = [];
  const names = ["env", "cost-center", "owner", "team", "created-at"];
  for (const resource of resources) {
    let seen = 0;
    let bad = 0;
    for (const { key, value } of resource.tags) {
      switch (key) {
        case "env":
          seen |= 1;
          if (!isEnv(value)) bad |= 1;
          break;
        case "cost-center":
          seen |= 2;
          if (!COST_CENTER.test(value)) bad |= 2;
          break;
        case "owner":
          if (value !== "") seen |= 4;
          break;
        case "team":
          if (value !== "") seen |= 8;
          break;
        case "created-at":
          if (value !== "") seen |= 16;
          break;
        default:
      }
    }
    if (seen === 31 && bad === 0) continue;
    const missing = names.filter((_, bit) => (seen & (1 << bit)) === 0);
    const invalid = names.filter((_, bit) => (bad & (1 << bit)) !== 0);
    findings.push({ id: resource.id, missing, invalid });
  }
  return findings;
}

const policies = preparePolicies(COMPILED);

function ours(resources: readonly Resource[]): unknown[] {
  const findings = [];
  for (const resource of resources) {
    const evaluation = policies.evaluate(resource, NOW);
    if (evaluation.compliance === "noncompliant") findings.push(evaluation);
  }
  return findings;
}

export async function run(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const count of [10_000, 100_000]) {
    const pairs = makePairs(count);
    const resources: Resource[] = pairs.map(({ id, tags }, index) => ({
      type: index % 2 === 0 ? "alibaba:apigateway:apiGroup" : "alibaba:vpcipam:IPAM",
      account: "111122223333",
      region: "cn-hangzhou",
      id,
      tags: new Map(tags.map(({ key, value }) => [key, value])),
    }));
    const findings = ours(resources).length;
    if (findings !== handWritten(pairs).length) throw new Error("The two don't find the same.");
    // A round of a few milliseconds measures the compiler's and the collector's threads as much as the code.
    const times = Math.ceil(AT_ONCE / count);
    const repeatedly = (way: () => unknown) => () => {
      for (let time = 0; time < times; time++) way();
    };
    const took = await medians(
      { ours: repeatedly(() => ours(resources)), hand: repeatedly(() => handWritten(pairs)) },
      { rounds: 31, warmUp: 5, clock: cpuClock },
    );
    const value = significant((count * times) / (took.ours ?? Number.NaN) / 1000);
    const peer = significant((count * times) / (took.hand ?? Number.NaN) / 1000);
    const ratio = significant(value / peer);
    rows.push({
      name: `evaluate ${count} resources, 5 required tags (${findings} findings)`,
      value,
      unit: "M resources/s",
      peer: { name: "hand-written loop", value: peer },
      ratio,
      goal: `ratio >= ${GOAL}`,
      met: ratio >= GOAL,
    });
  }
  return rows;
}
