/** What the rarer words of the policy language cost: evaluation with all of them beside one with none, and loading many policies. */
import { createHash } from "node:crypto";
import { loadPolicies } from "../lib/core/policy/load/load.ts";
import { preparePolicies, type PreparedPolicies } from "../lib/core/policy/prepare.ts";
import type { Resource } from "../lib/core/resource.ts";
import { seededRandom } from "../lib/core/seeded-random.ts";
import { allContracts } from "../lib/providers/index.ts";
import { cpuClock, medians, significant, type Row } from "./measure.ts";

const LEAST_RATIO = 1 / 3;
const MOST_LOAD_MS = 200;
const RESOURCES = 20_000;
const PASSES = 5;
const NOW = Date.parse("2026-11-22T00:00:00Z");

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

function load(policy: object): PreparedPolicies {
  const files = [{ path: "policy.yaml", text: JSON.stringify({ version: 1, ...policy }) }];
  return preparePolicies(loadPolicies(files, { contracts: allContracts, hash }).compiled);
}

/** Five required tags. */
const PLAIN = {
  requiredTags: {
    env: { values: ["prod", "staging", "dev"] },
    "cost-center": { pattern: "CC-[0-9]{4}" },
    owner: {},
    team: {},
    expires: { pattern: "20[0-9]{2}-[01][0-9]-[0-3][0-9]" },
  },
  policies: [{ name: "all", require: ["env", "cost-center", "owner", "team", "expires"], mode: "enforce" }],
};

/** The same with all that can be said of them besides. */
const WORDY = {
  requiredTags: {
    env: { values: ["prod", "staging", "dev"], ignoreCase: true, description: "Where it runs" },
    "cost-center": { pattern: "CC-[0-9]{4}", ignoreCase: true },
    owner: { notValues: ["unknown", "tbd*"], aliases: ["Owner", "contact"], ignoreKeyCase: true },
    team: {},
    expires: { date: { after: "today-30d", within: "400d" } },
  },
  policies: [
    {
      name: "all",
      require: ["env", "cost-center", { anyOf: ["owner", "team"] }, "expires"],
      forbid: ["password", "secret*"],
      keys: { pattern: "[A-Za-z][A-Za-z-]*" },
      url: "https://wiki.example.com/tags",
      mode: "enforce",
    },
  ],
};

function makeResources(): Resource[] {
  const random = seededRandom(7);
  return Array.from({ length: RESOURCES }, (_, index): Resource => {
    const tags: [string, string][] = [
      ["env", random() < 0.9 ? "prod" : "production"],
      ["cost-center", random() < 0.9 ? `CC-${1000 + (index % 9000)}` : "unknown"],
      ["owner", `team-${index % 40}@example.com`],
      ["team", `team-${index % 40}`],
      ["expires", "2027-03-31"],
    ];
    const extra = ["Name", "app", "terraform", "billing"].map((key): [string, string] => [
      key,
      `${key}-${index % 100}`,
    ]);
    return {
      type: "aws:ec2:instance",
      account: "111122223333",
      region: "us-east-1",
      id: `i-${index}`,
      tags: new Map([...tags, ...extra].filter(() => random() < 0.9)),
    };
  });
}

function manyPolicies(): string {
  const keys = Array.from({ length: 100 }, (_, index) => `key-${index}`);
  return JSON.stringify({
    version: 1,
    requiredTags: Object.fromEntries(
      keys.map((key, index) => [key, { pattern: `[a-z]{1,${1 + (index % 9)}}-[0-9]+`, default: { fromTag: "team" } }]),
    ),
    policies: Array.from({ length: 200 }, (_, index) => ({
      name: `policy-${index}`,
      match: { types: ["aws:ec2:*"], accounts: [String(100_000_000_000 + index)] },
      require: Array.from({ length: 5 }, (__, at) => keys[(index + at * 17) % keys.length]),
      mode: "enforce",
    })),
  });
}

export async function run(): Promise<Row[]> {
  const resources = makeResources();
  const [plain, wordy] = [load(PLAIN), load(WORDY)];
  const evaluating = (policies: PreparedPolicies) => () => {
    for (let pass = 0; pass < PASSES; pass++) for (const one of resources) policies.evaluate(one, NOW);
  };
  const text = manyPolicies();
  const took = await medians(
    {
      plain: evaluating(plain),
      wordy: evaluating(wordy),
      load: () => loadPolicies([{ path: "policy.yaml", text }], { contracts: allContracts, hash }),
    },
    { rounds: 15, warmUp: 3, clock: cpuClock },
  );
  const perSecond = (ms: number | undefined): number => significant((RESOURCES * PASSES) / (ms ?? Number.NaN) / 1000);
  const [value, peer, loading] = [perSecond(took.wordy), perSecond(took.plain), significant(took.load ?? Number.NaN)];
  const ratio = significant(value / peer);
  return [
    {
      name: `evaluate ${RESOURCES} resources with every word of the language`,
      value,
      unit: "M resources/s",
      peer: { name: "five required tags and nothing else", value: peer },
      ratio,
      goal: `ratio >= ${significant(LEAST_RATIO)}`,
      met: ratio >= LEAST_RATIO,
    },
    {
      name: "load and compile 200 policies over 100 keys",
      value: loading,
      unit: "ms",
      goal: `<= ${MOST_LOAD_MS} ms`,
      met: loading <= MOST_LOAD_MS,
    },
  ];
}
