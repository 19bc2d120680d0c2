import { createHash } from "node:crypto";
import type { AuditShardDeps } from "../../lib/app/audit/audit-shard.ts";
import { flatLayout } from "../../lib/app/audit/layout.ts";
import { readNdjson } from "../../lib/app/audit/ndjson.ts";
import { createRateLimiter } from "../../lib/app/cloud/rate/limiter.ts";
import type { Clock, Log } from "../../lib/app/ports/invocation.ts";
import type { ObjectStore } from "../../lib/app/ports/objects.ts";
import type { TagProvider } from "../../lib/app/ports/provider.ts";
import type { AccountConfig, Config } from "../../lib/core/config/config.ts";
import type { Evaluation, PolicySet } from "../../lib/core/evaluation.ts";
import type { CompiledPolicies } from "../../lib/core/policy/compiled.ts";
import { loadPolicies } from "../../lib/core/policy/load/load.ts";
import { preparePolicies } from "../../lib/core/policy/prepare.ts";
import type { ResourceType } from "../../lib/core/resource.ts";
import { allContracts } from "../../lib/providers/index.ts";
import type { MemoryFaults, MemoryProvider, MemoryResource } from "../../lib/providers/memory.ts";
import { memoryProvider } from "../../lib/providers/memory.ts";
import { memoryObjects } from "../../lib/sinks/objects/memory.ts";
import { objectRunStore } from "../../lib/sinks/objects/run-store.ts";
import { memoryAuditQueue } from "../../lib/sinks/sqs/memory-queues.ts";

export const AT = Date.UTC(2026, 10, 22, 2);

export const quietLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** A clock that stands where its sleeps have brought it. */
export function sleepingClock(): Clock {
  let now = AT;
  return {
    now: () => now,
    async sleep(ms) {
      now += ms;
    },
  };
}

/** Compiles one policy file. */
export function compile(text: string): CompiledPolicies {
  const hash = (hashed: string) => createHash("sha256").update(hashed).digest("hex");
  return loadPolicies([{ path: "policies.yaml", text }], { contracts: allContracts, hash }).compiled;
}

export const policies: PolicySet = preparePolicies(
  compile(`
version: 1
requiredTags:
  env: { values: [prod, dev] }
  owner: {}
policies:
  - name: everything
    match: { not: { tags: { sandbox: "*" } } }
    require: [env]
  - name: gateways
    match: { types: ["alibaba:apigateway:*", "huawei:apig:*"] }
    require: [owner]
`),
);

const ALIBABA = { provider: "alibaba", account: "111122223333", regions: ["cn-hangzhou", "cn-beijing"] } as const;
const HUAWEI = { provider: "huawei", account: "d0001", regions: ["cn-north-4"] } as const;
const AWS = { provider: "aws", account: "444455556666", regions: ["us-east-1", "eu-west-1"] } as const;

const common = { mode: "enforce", writesPerHour: 2000 } as const;

export const accounts: readonly AccountConfig[] = [
  { ...ALIBABA, ...common, credentials: { accessKeyId: "env:A", accessKeySecret: "env:B" } },
  { ...HUAWEI, ...common, projects: { "cn-north-4": "p0001" }, credentials: { token: "env:T" } },
  { ...AWS, ...common, partition: "aws", inventory: "none" },
];

/** The `number`th resource of a type: its tags differ from the next one's, in every way that matters to the policies. */
export function resource(type: ResourceType, region: string, number: number): MemoryResource {
  const tags = new Map<string, string>();
  const env = ["prod", "dev", "wrong", undefined][number % 4];
  if (env !== undefined) tags.set("env", env);
  if (number % 3 !== 0) tags.set("owner", `team-${number % 7}`);
  if (number % 11 === 0) tags.set("sandbox", "yes");
  for (let extra = 0; extra < number % 6; extra++) tags.set(`extra-${extra}`, "x");
  const [, service, kind] = type.split(":");
  const place = region === "global" ? "" : region;
  // The tagging API only lists what carries a tag.
  if (type.startsWith("aws:") && tags.size === 0) tags.set("name", "n");
  const id = type.startsWith("aws:")
    ? `arn:aws:${service}:${place}:${AWS.account}:${kind}/${number}`
    : `${kind}-${number}`;
  return { type, region, id, tags };
}

function some(count: number, type: ResourceType, region: string): MemoryResource[] {
  return Array.from({ length: count }, (_, number) => resource(type, region, number));
}

/** 1,223 resources over all five contracts, several regions and both global services. */
export function everything(): Record<"alibaba" | "huawei" | "aws", MemoryResource[]> {
  return {
    alibaba: [
      ...some(230, "alibaba:apigateway:apiGroup", "cn-hangzhou"),
      ...some(120, "alibaba:apigateway:app", "cn-hangzhou"),
      ...some(60, "alibaba:apigateway:plugin", "cn-beijing"),
      ...some(75, "alibaba:apigateway:api", "cn-beijing"),
      ...some(3, "alibaba:vpcipam:IPAM", "cn-hangzhou"),
      ...some(110, "alibaba:vpcipam:IPAMPOOL", "cn-beijing"),
      ...some(15, "alibaba:vpcipam:IPAMSCOPE", "cn-beijing"),
    ],
    huawei: [
      ...some(90, "huawei:iam:user", "global"),
      ...some(40, "huawei:iam:agency", "global"),
      { type: "huawei:iam:agency", region: "global", id: "legacy-1", notTaggable: "legacy agency" },
      ...some(30, "huawei:apig:instance", "cn-north-4"),
    ],
    aws: [
      ...some(260, "aws:ec2:instance", "us-east-1"),
      ...some(150, "aws:lambda:function", "eu-west-1"),
      ...some(39, "aws:cloudfront:distribution", "global"),
    ],
  };
}

export interface WorldOptions {
  readonly resources?: Partial<ReturnType<typeof everything>>;
  readonly faults?: MemoryFaults;
  /** Wraps each provider, e.g. to page badly. */
  readonly wrap?: (provider: TagProvider) => TagProvider;
  readonly objects?: ObjectStore;
}

/** Memory clouds for all accounts, and everything that an audit needs round them. */
export function auditWorld({
  resources = everything(),
  faults = {},
  wrap,
  objects = memoryObjects(),
}: WorldOptions = {}) {
  const clock = sleepingClock();
  const used = accounts.filter(({ provider }) => resources[provider] !== undefined);
  const providers = used.map(({ provider, account, regions }) =>
    memoryProvider({
      account,
      regions,
      // None of these accounts opts in to anything.
      contracts: allContracts.filter(({ types, optIn }) => types[0]?.startsWith(`${provider}:`) && optIn !== true),
      resources: resources[provider] ?? [],
      faults,
      clock,
    }),
  );
  const wrapped = providers.map((provider): TagProvider => wrap?.(provider) ?? provider);
  const config: Config = { settleSeconds: 900, accounts: used };
  let attempts = 0;
  const deps = {
    config,
    registry: {
      all: wrapped,
      find: (name: string, account: string) => wrapped.find((one) => one.provider === name && one.account === account),
    },
    policies: async () => policies,
    runs: objectRunStore(objects),
    queue: memoryAuditQueue(),
    objects,
    layout: flatLayout,
    limiter: createRateLimiter(clock),
    clock,
    random: () => 0.5,
    log: quietLog,
    newAttempt() {
      attempts += 1;
      return `a${attempts}`;
    },
  } satisfies AuditShardDeps;
  return { providers, deps, clock };
}

/** Every line that was written, in the order of the parts' names. */
export async function written(objects: ObjectStore, kind: "evaluations" | "findings"): Promise<Evaluation[]> {
  const lines: Evaluation[] = [];
  for (const name of await objects.list(`${kind}/`)) {
    const body = await objects.get(name);
    for (const line of readNdjson(body ?? new Uint8Array())) lines.push(JSON.parse(line) as Evaluation);
  }
  return lines;
}

/** What the policies say of the world as it stands: the truth that an audit should come to. */
export function truth(providers: readonly MemoryProvider[]): Map<string, Evaluation> {
  return new Map(
    providers.flatMap((provider) =>
      provider.state().map((one): [string, Evaluation] => {
        const { type, account, region, id } = one;
        return [JSON.stringify([type, account, region, id]), policies.evaluate(one, AT)];
      }),
    ),
  );
}

export function keyOf({ type, account, region, id }: Evaluation): string {
  return JSON.stringify([type, account, region, id]);
}
