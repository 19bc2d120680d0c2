import { createHash } from "node:crypto";
import { createRateLimiter } from "../../lib/app/cloud/rate/limiter.ts";
import type { EnforceDeps } from "../../lib/app/enforce/enforce-tags.ts";
import type { CreatedMessage } from "../../lib/app/enforce/messages.ts";
import type { Deadline, Log } from "../../lib/app/ports/invocation.ts";
import { memoryWriteCap } from "../../lib/app/write/cap.ts";
import type { AccountConfig } from "../../lib/core/config/config.ts";
import type { TypeContract } from "../../lib/core/contract.ts";
import { ProviderError, type ErrorKind, type ProviderErrorDetails } from "../../lib/core/errors.ts";
import { loadPolicies } from "../../lib/core/policy/load/load.ts";
import { preparePolicies } from "../../lib/core/policy/prepare.ts";
import type { CreationEvent, Resource, ResourceRef, Tags } from "../../lib/core/resource.ts";
import { allContracts } from "../../lib/providers/index.ts";
import { memoryProvider, type MemoryFaults, type MemoryResource } from "../../lib/providers/memory.ts";
import { createRegistry } from "../../lib/app/cloud/route.ts";
import { virtualClock } from "./virtual-clock.ts";

export const ALIBABA = "111122223333";
export const HUAWEI = "d0001";
export const AWS = "444455556666";

export const POLICY = `
version: 1
requiredTags:
  env: { values: [prod, dev], default: dev }
  owner: { default: [{ fromTag: team-lead }, { fromEvent: createdBy }, nobody] }
policies:
  - name: everything
    match: { types: ["alibaba:*", "huawei:*", "aws:*"] }
    require: [env, owner]
    mode: enforce
`;

export interface LogLine {
  readonly level: keyof Log;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface WorldOptions {
  readonly resources?: readonly MemoryResource[];
  readonly faults?: MemoryFaults;
  readonly policy?: string;
  /** In place of those of the three clouds. */
  readonly contracts?: readonly TypeContract[];
  readonly deps?: Partial<EnforceDeps>;
  readonly account?: Partial<Pick<AccountConfig, "mode" | "writesPerHour" | "callsPerSecond" | "types">>;
  /** The clouds have contracts that an account opts in to. */
  readonly leavesTypes?: true;
  readonly errorsNameResource?: boolean;
}

/** Three clouds in memory with one account each, and everything that enforcing needs, on virtual time. */
export function createWorld(options: WorldOptions = {}) {
  const clock = virtualClock();
  const log: LogLine[] = [];
  const note =
    (level: keyof Log) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}) =>
      void log.push({ level, message, fields });
  const base = {
    mode: "enforce",
    writesPerHour: 2_000,
    callsPerSecond: { read: 1_000, write: 1_000 },
    ...options.account,
  } as const;
  const accounts: AccountConfig[] = [
    {
      ...base,
      provider: "alibaba",
      account: ALIBABA,
      regions: ["cn-hangzhou"],
      credentials: { accessKeyId: "", accessKeySecret: "" },
    },
    { ...base, provider: "huawei", account: HUAWEI, regions: ["cn-north-4"], projects: {}, credentials: { token: "" } },
    { ...base, provider: "aws", account: AWS, regions: ["us-east-1"], partition: "aws", inventory: "none" },
  ];
  const clouds = accounts.map(({ provider, account, regions }) =>
    memoryProvider({
      account,
      regions,
      contracts: (options.contracts ?? allContracts).filter(({ types }) => types[0]?.startsWith(`${provider}:`)),
      resources: (options.resources ?? []).filter(({ type }) => type.startsWith(`${provider}:`)),
      clock,
      leavesTypes: options.leavesTypes,
      ...(options.faults !== undefined && { faults: options.faults }),
      ...(options.errorsNameResource !== undefined && { errorsNameResource: options.errorsNameResource }),
    }),
  );
  const text = options.policy ?? POLICY;
  const hash = (content: string) => createHash("sha256").update(content).digest("hex");
  const { compiled } = loadPolicies([{ path: "policy.yaml", text }], { contracts: allContracts, hash });
  const deps: EnforceDeps = {
    policies: preparePolicies(compiled),
    registry: createRegistry(clouds),
    accounts,
    clock,
    random: () => 0.5,
    log: { debug: note("debug"), info: note("info"), warn: note("warn"), error: note("error") },
    limiter: createRateLimiter(clock),
    writeCap: memoryWriteCap(),
    mode: "enforce",
    settleSeconds: 900,
    ...options.deps,
  };
  const endsAt = clock.now() + 300_000;
  const deadline: Deadline = { remainingMs: () => endsAt - clock.now() };
  const [alibaba, huawei, aws] = clouds;
  if (alibaba === undefined || huawei === undefined || aws === undefined) throw new Error("three clouds");
  const tagsOf = (id: string): Record<string, string> | undefined => {
    const found = clouds.flatMap((cloud) => cloud.state()).find((one) => one.id === id);
    return found?.tags === undefined ? undefined : Object.fromEntries(found.tags);
  };
  const calls = (): Record<string, number> => Object.assign({}, ...clouds.map((cloud) => cloud.calls()));
  return { clock, log, deps, deadline, alibaba, huawei, aws, tagsOf, calls };
}

export const group = (id: string, tags: Record<string, string> = {}): MemoryResource => ({
  type: "alibaba:apigateway:apiGroup",
  region: "cn-hangzhou",
  id,
  tags: new Map(Object.entries(tags)),
});
export const user = (id: string, tags: Record<string, string> = {}): MemoryResource => ({
  type: "huawei:iam:user",
  region: "global",
  id,
  tags: new Map(Object.entries(tags)),
});
export const instance = (name: string, tags: Record<string, string> = {}): MemoryResource => ({
  type: "aws:ec2:instance",
  region: "us-east-1",
  id: `arn:aws:ec2:us-east-1:${AWS}:instance/${name}`,
  tags: new Map(Object.entries(tags)),
});

const accountOf = (type: string) => (type.startsWith("alibaba:") ? ALIBABA : type.startsWith("huawei:") ? HUAWEI : AWS);

/** What the event of this resource's creation says; long ago, unless it says otherwise. */
export function created(
  { type, region, id }: Pick<MemoryResource, "type" | "region" | "id">,
  event: CreationEvent = {},
): Resource {
  return { type, account: accountOf(type), region, id, tags: undefined, event: { createdBy: "alice", ...event } };
}

/** One message for each resource. */
export function messagesOf(resources: readonly Resource[], sendCount = 0): CreatedMessage[] {
  return resources.map((resource, index) => ({ messageId: `m${index}`, resources: [resource], sendCount }));
}

export function providerError(kind: ErrorKind, details: Partial<ProviderErrorDetails> = {}): ProviderError {
  return new ProviderError({
    code: `Test.${kind}`,
    kind,
    message: `injected ${kind}`,
    httpStatus: 400,
    requestId: "r",
    ...details,
  });
}

/** Ids and outcomes, for comparing at a glance. */
export function outcomesOf(resources: readonly (ResourceRef & { readonly outcome: string })[]): Record<string, string> {
  return Object.fromEntries(resources.map(({ id, outcome }) => [id, outcome]));
}

export const tags = (object: Record<string, string>): Tags => new Map(Object.entries(object));
