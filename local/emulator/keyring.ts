import { createHash } from "node:crypto";
import type { ProviderName } from "../../lib/core/resource.ts";
import type { SessionPolicy } from "./session-policy.ts";

export interface TemporaryKeys {
  readonly keyId: string;
  readonly secret: string;
  readonly securityToken: string;
}

/** The fake credentials of one account. */
export interface AccountKeys {
  readonly account: string;
  readonly keyId: string;
  readonly secret: string;
  /** A second pair that is only valid together with its security token. */
  readonly temporary: TemporaryKeys;
  /** For X-Auth-Token (Huawei). */
  readonly token: string;
}

export interface KeyHolder {
  readonly account: string;
  readonly secret: string;
  /** Present where requests must carry it. */
  readonly securityToken?: string;
  /** Milliseconds since the epoch; absent = never. */
  readonly expiresAt?: number;
  /** What whoever took a role has cut its rights down to. */
  readonly policy?: SessionPolicy;
}

/** Who holds which fake key. The same account always gets the same keys, so a written configuration stays valid. */
export interface Keyring {
  add(provider: ProviderName, account: string): AccountKeys;
  accounts(provider: ProviderName): readonly AccountKeys[];
  find(provider: ProviderName, keyId: string): KeyHolder | undefined;
  /** One more temporary key of an account, which expires. */
  lend(provider: ProviderName, account: string, until: Pick<KeyHolder, "expiresAt" | "policy">): TemporaryKeys;
  /** The account that a Huawei token belongs to. */
  accountOfToken(token: string): string | undefined;
  /** The Huawei projects of an account in a region, one at least; what names none belongs to the first. */
  projectsOf(account: string, region: string): readonly string[];
  /** Regions that exist, beside those of projects that are in use. */
  serveRegion(region: string): void;
  /** Regions of Huawei Cloud, in the order in which they came up. */
  regions(): readonly string[];
  /** The region that a Huawei project of an account is in. */
  regionOfProject(account: string, project: string): string | undefined;
  /** There is something in this project; without a name, in the first. */
  useProject(account: string, region: string, project: string | undefined): void;
}

/** Huawei projects with ids of their own: account → region → projects. */
export type ProjectIds = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

function derive(...parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex");
}

/** The project of an account in a region that was given no id of its own. */
export function projectIdOf(account: string, region: string): string {
  return derive("project", account, region).slice(0, 32);
}

const KEY_PREFIX: Readonly<Record<ProviderName, string>> = { alibaba: "EMULTAI", huawei: "EMULHW", aws: "EMULAKIA" };

function temporaryKeysOf(provider: ProviderName, account: string, use: string): TemporaryKeys {
  return {
    keyId: KEY_PREFIX[provider] + derive(provider, account, `${use}temporary key`).slice(0, 12).toUpperCase(),
    secret: `emulated-${derive(provider, account, `${use}temporary secret`).slice(0, 31)}`,
    securityToken: `emulated-${derive(provider, account, `${use}security token`).slice(0, 31)}`,
  };
}

function keysOf(provider: ProviderName, account: string): AccountKeys {
  const secret = (use: string) => `emulated-${derive(provider, account, use).slice(0, 31)}`;
  return {
    account,
    keyId: KEY_PREFIX[provider] + derive(provider, account, "key").slice(0, 12).toUpperCase(),
    secret: secret("secret"),
    temporary: temporaryKeysOf(provider, account, ""),
    token: secret("token"),
  };
}

export function createKeyring(known: ProjectIds = new Map()): Keyring {
  const projects = new Map<string, readonly string[]>();
  const regions = new Set<string>();
  const placeOf = (account: string, region: string) => JSON.stringify([account, region]);
  for (const [account, byRegion] of known) {
    for (const [region, ids] of byRegion) {
      projects.set(placeOf(account, region), ids);
      regions.add(region);
    }
  }
  const accounts = new Map<string, AccountKeys>();
  const holders = new Map<string, KeyHolder>();
  const tokens = new Map<string, string>();
  let lent = 0;
  const projectsOf = (account: string, region: string): readonly string[] =>
    projects.get(placeOf(account, region)) ?? [projectIdOf(account, region)];
  return {
    add(provider, account) {
      const known = accounts.get(`${provider}\n${account}`);
      if (known !== undefined) return known;
      const keys = keysOf(provider, account);
      const { temporary } = keys;
      accounts.set(`${provider}\n${account}`, keys);
      holders.set(`${provider}\n${keys.keyId}`, { account, secret: keys.secret });
      holders.set(`${provider}\n${temporary.keyId}`, {
        account,
        secret: temporary.secret,
        securityToken: temporary.securityToken,
      });
      if (provider === "huawei") tokens.set(keys.token, account);
      return keys;
    },
    accounts: (provider) => [...accounts].filter(([key]) => key.startsWith(`${provider}\n`)).map(([, keys]) => keys),
    lend(provider, account, until) {
      lent += 1;
      const { keyId, secret, securityToken } = temporaryKeysOf(provider, account, `${lent} `);
      holders.set(`${provider}\n${keyId}`, { account, secret, securityToken, ...until });
      return { keyId, secret, securityToken };
    },
    find: (provider, keyId) => holders.get(`${provider}\n${keyId}`),
    accountOfToken: (token) => tokens.get(token),
    projectsOf,
    serveRegion: (region) => regions.add(region),
    regions: () => [...regions],
    regionOfProject: (account, project) => [...regions].find((region) => projectsOf(account, region).includes(project)),
    useProject(account, region, project) {
      regions.add(region);
      const used = projects.get(placeOf(account, region)) ?? [];
      const named = project ?? used[0] ?? projectIdOf(account, region);
      if (!used.includes(named)) projects.set(placeOf(account, region), [...used, named]);
    },
  };
}
