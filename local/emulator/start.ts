import { InputError } from "../../lib/core/errors.ts";
import { providerOf, PROVIDERS, type ProviderName, type ResourceRef } from "../../lib/core/resource.ts";
import type { Directory } from "./directory.ts";
import type { ResourceCenterState } from "./alibaba/resource-center/state.ts";
import { CENTRAL_REGION } from "./alibaba/tag-service/request.ts";
import { globalHomeOf, globalHomesNear } from "./aws/global-home.ts";
import { CLOCK_SKEW_MS, type Cloud } from "./cloud.ts";
import { emulatorConfig, partitionsOf } from "./configuration.ts";
import { createControlService } from "./control.ts";
import { describeEmulator, type EmulatorDescription } from "./description.ts";
import { isGlobalType, type EmulatedResource } from "./emulated-resource.ts";
import { createEndpoints } from "./endpoints.ts";
import { createActiveFaults, type Fault } from "./faults.ts";
import { createGate } from "./gate.ts";
import { listen } from "./http-server.ts";
import { createIdentityIssuer, type TokenRequest } from "./identity-issuer.ts";
import { isOff, type RecorderState } from "./huawei/config/state.ts";
import type { TmsState } from "./huawei/tms/state.ts";
import { createKeyring, type ProjectIds } from "./keyring.ts";
import { createNonceMemory } from "./nonce-memory.ts";
import { createPageTokens } from "./page-tokens.ts";
import { createQuotaMeter } from "./quota.ts";
import { createWorld, type InventoryProvider, type World } from "./world.ts";
import type { CloudEntry, WorldChange } from "./world-change.ts";

export interface EmulatorOptions {
  /** What exists at the start, and again after a reset. */
  readonly resources?: readonly EmulatedResource[];
  /** Accounts to serve beside those of the resources: an id for all clouds, or `alibaba:ID`, `huawei:ID`, `aws:ID`. */
  readonly accounts?: readonly string[];
  /** Regions to serve beside those of the resources. */
  readonly regions?: Readonly<Partial<Record<ProviderName, readonly string[]>>>;
  /** Ids of Huawei projects that are known from elsewhere; the others are made up. */
  readonly projects?: ProjectIds;
  readonly faults?: readonly Fault[];
  /** `documented` throttles as the clouds do; `off` by default. */
  readonly quota?: "off" | "documented";
  /** Whether natural errors about one of many resources name it. The clouds don't document that: false by default. */
  readonly namesOffender?: boolean;
  /** How long an AWS PaginationToken lives; 15 minutes by default. */
  readonly paginationTokenMs?: number;
  /**
   * Whether Alibaba Cloud's Tag service answers with the ARNs that it was asked with, or in its own codes, regions and
   * accounts, whatever the request's. It isn't documented: false by default.
   */
  readonly arnsAsSent?: boolean;
  /**
   * How long an inventory of a whole account takes to show a change, in milliseconds: by default two minutes, as Alibaba
   * Cloud documents for its Resource Center, and a day, as Huawei Cloud does for Config at worst. They know from the start
   * what is there at the start.
   */
  readonly inventoryDelayMs?: number;
  /** What the pages of Huawei Cloud's TMS leave open. */
  readonly tms?: TmsState;
  /** Where the resource recorder of Huawei Cloud's Config is off or covers some types alone, or its callers see less. */
  readonly recorder?: RecorderState;
  /** Where Alibaba Cloud's Resource Center is off, or its callers see less than all. */
  readonly resourceCenter?: ResourceCenterState;
  /** The resource directory of the Alibaba Cloud accounts; by default the first account manages all others. */
  readonly directory?: Directory;
  /** The organization of the Huawei Cloud accounts; by default the first account manages all others. */
  readonly organization?: Directory;
  /** Milliseconds since the epoch; the system's clock by default. */
  readonly now?: () => number;
  /** What happened before, after the resources were created: it is done again, as of its own time. */
  readonly past?: Iterable<WorldChange>;
  /** Told of each change and each call before its answer is sent; what is done again is not told again. */
  readonly record?: (entry: CloudEntry) => void;
  /** Page tokens outlive this emulator where the next one has the same secret. */
  readonly pageTokenSecret?: Uint8Array;
}

/** The embedded cloud, running. */
export interface Emulator {
  /** As it stands now: accounts and regions may be added while it runs. */
  readonly description: EmulatorDescription;
  /** The configuration file's content that points tagwarden at it. */
  config(): unknown;
  readonly world: World;
  /** Requests by action, e.g. `alibaba:apigateway:TagResources`, refused ones included. */
  calls(): Record<string, number>;
  setFaults(faults: readonly Fault[]): void;
  /** A token that the identity providers of the emulated accounts trust, if it says what they want to hear. */
  issueToken(request?: TokenRequest): string;
  /** Serves one more region. */
  openRegion(provider: ProviderName, region: string): Promise<void>;
  /** Back to the initial resources, without faults, counters at zero. */
  reset(): void;
  close(): Promise<void>;
}

const DEFAULT_ACCOUNT = { alibaba: "111122223333", huawei: "d0001", aws: "444455556666" } as const;
const DEFAULT_REGION = { alibaba: "cn-hangzhou", huawei: "cn-north-4", aws: "us-east-1" } as const;
const DEFAULT_PAGINATION_TOKEN_MS = 15 * 60_000;
/**
 * What Alibaba Cloud says of what is new (of changed tags nothing is said), and Huawei Cloud of its slowest services.
 * https://docs.otc.t-systems.com/config/umn/service_overview/notes_and_constraints.html
 */
const DEFAULT_INVENTORY_DELAY_MS: Readonly<Record<InventoryProvider, number>> = {
  alibaba: 120_000,
  huawei: 24 * 3_600_000,
};

function providerOfResource(ref: ResourceRef): ProviderName {
  const provider = providerOf(ref.type);
  if (provider === undefined) throw new InputError(`type "${ref.type}" names no provider (${PROVIDERS.join(", ")})`);
  return provider;
}

/** The region whose endpoint serves a resource, or undefined where any of the cloud's endpoints does. */
function servingRegion(resource: ResourceRef): string | undefined {
  if (resource.region !== "global") return isGlobalType(resource.type) ? undefined : resource.region;
  if (resource.type.startsWith("alibaba:")) return CENTRAL_REGION;
  return resource.type.startsWith("aws:") ? globalHomeOf(resource.id) : undefined;
}

function accountsOf(provider: ProviderName, options: EmulatorOptions): Set<string> {
  const accounts = new Set<string>();
  for (const resource of options.resources ?? []) {
    if (providerOfResource(resource) === provider) accounts.add(resource.account);
  }
  const own = { alibaba: options.directory, huawei: options.organization, aws: undefined }[provider];
  if (own !== undefined) {
    for (const account of [own.management, ...own.members.map((one) => one.account)]) accounts.add(account);
  }
  for (const entry of options.accounts ?? []) {
    const named = PROVIDERS.find((name) => entry.startsWith(`${name}:`));
    if (named === undefined) accounts.add(entry);
    else if (named === provider) accounts.add(entry.slice(named.length + 1));
  }
  return accounts.size === 0 ? new Set([DEFAULT_ACCOUNT[provider]]) : accounts;
}

function regionsOf(provider: ProviderName, options: EmulatorOptions): Set<string> {
  const regions = new Set<string>();
  for (const resource of options.resources ?? []) {
    const region = providerOfResource(resource) === provider ? servingRegion(resource) : undefined;
    if (region !== undefined) regions.add(region);
  }
  for (const region of options.regions?.[provider] ?? []) if (region !== "global") regions.add(region);
  if (regions.size === 0) regions.add(DEFAULT_REGION[provider]);
  // An audit of AWS asks for what has no region too, and that is asked for at home.
  const homes = provider === "aws" ? [...regions].flatMap(globalHomesNear) : [];
  return new Set([...regions, ...homes]);
}

/**
 * Starts the emulated tagging APIs of all clouds, and the control endpoint, on loopback.
 * Throws InputError where a resource names no known provider.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const now = options.now ?? Date.now;
  const calls = new Map<string, number>();
  const faults = createActiveFaults(options.faults ?? []);
  const quota = options.quota === "documented" ? createQuotaMeter(now) : undefined;
  const { record } = options;
  const visibleWorld = createWorld(now, {
    record,
    inventoryDelayMs(provider, account) {
      if (provider === "huawei" && isOff(options.recorder, account)) return Number.POSITIVE_INFINITY;
      return options.inventoryDelayMs ?? DEFAULT_INVENTORY_DELAY_MS[provider];
    },
  });
  const gate = createGate(faults, quota, options.namesOffender ?? false);
  const cloud: Cloud = {
    world: visibleWorld,
    keyring: createKeyring(options.projects),
    gate: {
      admit(call) {
        const { action, account, region } = call;
        record?.({ did: "call", at: now(), action, account, region });
        return gate.admit(call);
      },
    },
    tokens: createPageTokens(now, options.pageTokenSecret),
    nonces: createNonceMemory(2 * CLOCK_SKEW_MS, now),
    issuer: createIdentityIssuer(now),
    count: (action) => calls.set(action, (calls.get(action) ?? 0) + 1),
    now,
    paginationTokenMs: options.paginationTokenMs ?? DEFAULT_PAGINATION_TOKEN_MS,
    arnsAsSent: options.arnsAsSent ?? false,
    tms: options.tms,
    recorder: options.recorder,
    resourceCenter: options.resourceCenter,
    directory: options.directory,
    organization: options.organization,
  };
  const endpoints = createEndpoints(cloud);
  for (const provider of PROVIDERS) {
    for (const account of accountsOf(provider, options)) cloud.keyring.add(provider, account);
    for (const region of regionsOf(provider, options)) await endpoints.open(provider, region);
  }
  const useProject = ({ type, account, region, project }: ResourceRef): void => {
    if (type.startsWith("huawei:") && !isGlobalType(type)) cloud.keyring.useProject(account, region, project);
  };
  const begin = (): void => {
    const resources = options.resources ?? [];
    for (const resource of resources) useProject(resource);
    visibleWorld.begin(resources);
  };
  begin();
  for (const change of options.past ?? []) {
    if (change.did === "create") useProject(change.resource);
    visibleWorld.replay(change);
  }

  const world: World = {
    ...visibleWorld,
    create(resource) {
      const provider = providerOfResource(resource);
      const region = servingRegion(resource);
      if (region !== undefined && !endpoints.has(provider, region)) {
        throw new InputError(`the emulator doesn't serve ${provider} region "${region}"; name it in \`regions\``);
      }
      cloud.keyring.add(provider, resource.account);
      useProject(resource);
      visibleWorld.create(resource);
    },
  };

  function reset(): void {
    visibleWorld.clear();
    begin();
    faults.replace([]);
    calls.clear();
    quota?.reset();
  }

  async function createFromOutside(resources: readonly EmulatedResource[]): Promise<void> {
    for (const resource of resources) {
      const region = servingRegion(resource);
      if (region !== undefined) await endpoints.open(providerOfResource(resource), region);
      world.create(resource);
    }
  }

  const control = await listen(
    createControlService({
      world,
      create: createFromOutside,
      calls: () => Object.fromEntries(calls),
      setFaults: (next) => faults.replace(next),
      issueToken: (request) => cloud.issuer.issue(request),
      reset,
    }),
  );
  const description = () => describeEmulator(endpoints, cloud.keyring, control.url);
  return {
    get description() {
      return description();
    },
    config: () => emulatorConfig(description(), quota !== undefined, partitionsOf(visibleWorld.all())),
    world,
    calls: () => Object.fromEntries(calls),
    setFaults: (next) => faults.replace(next),
    issueToken: (request = {}) => cloud.issuer.issue(request),
    openRegion: (provider, region) => endpoints.open(provider, region),
    reset,
    async close() {
      await Promise.all([endpoints.close(), control.close()]);
    },
  };
}
