import { createHash } from "node:crypto";
import type { AccountConfig } from "../lib/core/config/config.ts";
import type { PolicySet } from "../lib/core/evaluation.ts";
import { loadPolicies } from "../lib/core/policy/load/load.ts";
import { preparePolicies } from "../lib/core/policy/prepare.ts";
import { seededRandom } from "../lib/core/seeded-random.ts";
import { allContracts } from "../lib/providers/index.ts";
import type { EmulatedResource } from "../local/emulator/emulated-resource.ts";

const ALIBABA = "111122223333";
const HUAWEI = "d0001";
const AWS = "444455556666";

/** What a large estate is made of, in parts of 100: all five rows of the providers. */
const MIX: readonly (readonly [parts: number, at: (id: string) => Omit<EmulatedResource, "tags">])[] = [
  [25, (id) => ({ type: "alibaba:apigateway:api", account: ALIBABA, region: "cn-hangzhou", id })],
  [15, (id) => ({ type: "alibaba:apigateway:apiGroup", account: ALIBABA, region: "cn-hangzhou", id })],
  [10, (id) => ({ type: "alibaba:apigateway:app", account: ALIBABA, region: "cn-hangzhou", id })],
  [5, (id) => ({ type: "alibaba:apigateway:plugin", account: ALIBABA, region: "cn-hangzhou", id })],
  [10, (id) => ({ type: "alibaba:vpcipam:IPAMPOOL", account: ALIBABA, region: "cn-hangzhou", id })],
  [3, (id) => ({ type: "huawei:iam:user", account: HUAWEI, region: "global", id })],
  [2, (id) => ({ type: "huawei:apig:instance", account: HUAWEI, region: "cn-north-4", id })],
  [20, (id) => arn("ec2", "instance/i-", id)],
  [10, (id) => arn("lambda", "function:", id)],
];

function arn(service: string, name: string, id: string): Omit<EmulatedResource, "tags"> {
  const kind = name.slice(0, name.search(/[/:]/));
  return {
    type: `aws:${service}:${kind}`,
    account: AWS,
    region: "us-east-1",
    id: `arn:aws:${service}:us-east-1:${AWS}:${name}${id}`,
  };
}

/** How many resources of the mix are alike before the next type comes. */
const PARTS = 100;

const KEYS = ["env", "owner", "cost-center", "team", "service", "tier", "data-class", "backup", "created-at", "stack"];
const ENVS = ["prod", "staging", "dev", "test"];

/** Six tags on average: few have none, few have the most. */
function tagsOf(random: () => number): Record<string, string> {
  const tags: Record<string, string> = {};
  const likelihood = random() < 0.05 ? 0 : 0.25 + 0.75 * random();
  for (const key of KEYS) {
    if (random() >= likelihood) continue;
    tags[key] =
      key === "env" ? (ENVS[Math.floor(random() * ENVS.length)] ?? "") : `${key}-${Math.floor(random() * 500)}`;
  }
  return tags;
}

/** The same `count` resources each time: ids in no order, as clouds give them. */
export function* estate(count: number): Generator<EmulatedResource> {
  const random = seededRandom(11);
  for (let number = 0; number < count; number += 1) {
    let slot = number % PARTS;
    const [, at] = MIX.find(([parts]) => (slot -= parts) < 0) ?? [];
    if (at === undefined) throw new Error("the parts of the mix don't sum to 100");
    const id = createHash("md5").update(String(number)).digest("hex").slice(0, 16);
    const tags = tagsOf(random);
    // The AWS tagging API only knows what carries or carried a tag.
    const resource = at(id);
    if (resource.type.startsWith("aws:") && Object.keys(tags).length === 0) tags["Name"] = "x";
    yield { ...resource, tags };
  }
}

export const POLICY = `
version: 1
requiredTags:
  env: { values: [prod, staging, dev], default: dev }
  owner: {}
  cost-center: { pattern: "cost-center-[0-9]+" }
  team: {}
  service: {}
policies:
  - { name: base, match: {}, require: [env, owner] }
  - { name: gateways, match: { types: ["alibaba:apigateway:*", "huawei:apig:*", "aws:*:*"] }, require: [cost-center, team, service] }
`;

export function estatePolicies(text: string = POLICY): PolicySet {
  const hash = (one: string): string => createHash("sha256").update(one).digest("hex");
  return preparePolicies(loadPolicies([{ path: "policy.yaml", text }], { contracts: allContracts, hash }).compiled);
}

/** So fast that no rate holds an audit up. */
export const UNLIMITED = { read: 1e9 };

/** Where the estate's accounts are. */
export function estateAccounts(
  endpointOf: (provider: "alibaba" | "huawei" | "aws", region: string) => string,
  credentials: {
    readonly alibaba: { readonly accessKeyId: string; readonly accessKeySecret: string };
    readonly huawei: { readonly accessKey: string; readonly secretKey: string };
    readonly aws: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly projectId: string;
  },
): AccountConfig[] {
  const common = { mode: "report", writesPerHour: 1, callsPerSecond: UNLIMITED } as const;
  const at = (provider: "alibaba" | "huawei" | "aws", region: string) => ({
    regions: [region],
    endpoints: { [region]: endpointOf(provider, region) },
  });
  return [
    {
      provider: "alibaba",
      account: ALIBABA,
      ...common,
      ...at("alibaba", "cn-hangzhou"),
      credentials: credentials.alibaba,
    },
    {
      provider: "huawei",
      account: HUAWEI,
      ...common,
      ...at("huawei", "cn-north-4"),
      projects: { "cn-north-4": credentials.projectId },
      credentials: credentials.huawei,
    },
    {
      provider: "aws",
      account: AWS,
      ...common,
      ...at("aws", "us-east-1"),
      partition: "aws",
      inventory: "none",
      credentials: credentials.aws,
    },
  ];
}
