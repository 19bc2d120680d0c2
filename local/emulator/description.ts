import type { ProviderName } from "../../lib/core/resource.ts";
import { roleOf, type AlibabaRole } from "./alibaba/sts.ts";
import type { Endpoints } from "./endpoints.ts";
import type { AccountKeys, Keyring } from "./keyring.ts";

interface AlibabaKeys {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** What can be taken with a token of the control endpoint. */
  readonly role: AlibabaRole;
}

interface HuaweiKeys {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly token: string;
  readonly domainId: string;
  readonly projectId: string;
  /** By region the id of its project, or of several, as a configuration has them. */
  readonly projects: Readonly<Record<string, string | readonly string[]>>;
}

interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

interface CloudDescription<Keys> {
  /** Of the first region. */
  readonly endpoint: string;
  /** By region. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Each account's own keys, and a temporary pair that needs its security token. */
  readonly accounts: Readonly<Record<string, Keys & { readonly temporary: Readonly<Record<string, string>> }>>;
}

/** Where the emulated clouds are and which fake keys open them: the line that `tagwarden emulate` prints. */
export interface EmulatorDescription {
  readonly alibaba: CloudDescription<AlibabaKeys> & AlibabaKeys;
  readonly huawei: CloudDescription<HuaweiKeys> & HuaweiKeys;
  readonly aws: CloudDescription<AwsKeys> & AwsKeys & { readonly region: string };
  readonly control: string;
}

function alibabaKeys(keys: AccountKeys): AlibabaKeys {
  return { accessKeyId: keys.keyId, accessKeySecret: keys.secret, role: roleOf(keys.account) };
}

function awsKeys(keys: AccountKeys): AwsKeys {
  return { accessKeyId: keys.keyId, secretAccessKey: keys.secret };
}

function huaweiKeys(keys: AccountKeys, regions: readonly string[], keyring: Keyring): HuaweiKeys {
  const projectsOf = (region: string) => keyring.projectsOf(keys.account, region);
  const projects = regions.map((region) => {
    const [first = "", ...others] = projectsOf(region);
    return [region, others.length === 0 ? first : [first, ...others]] as const;
  });
  return {
    accessKey: keys.keyId,
    secretKey: keys.secret,
    token: keys.token,
    domainId: keys.account,
    projectId: projectsOf(regions[0] ?? "")[0] ?? "",
    projects: Object.fromEntries(projects),
  };
}

export function describeEmulator(endpoints: Endpoints, keyring: Keyring, control: string): EmulatorDescription {
  function cloud<Keys extends object>(
    provider: ProviderName,
    keysOf: (keys: AccountKeys) => Keys,
    names: readonly [id: string, secret: string, token: string],
  ): CloudDescription<Keys> & Keys {
    const urls = endpoints.urls(provider);
    const accounts = keyring.accounts(provider).map((keys) => {
      const { keyId, secret, securityToken } = keys.temporary;
      const temporary = { [names[0]]: keyId, [names[1]]: secret, [names[2]]: securityToken };
      return { account: keys.account, keys: keysOf(keys), temporary };
    });
    const first = accounts[0];
    if (first === undefined) throw new Error(`no ${provider} account`);
    return {
      endpoint: Object.values(urls)[0] ?? "",
      endpoints: urls,
      ...first.keys,
      accounts: Object.fromEntries(accounts.map(({ account, keys, temporary }) => [account, { ...keys, temporary }])),
    };
  }

  const huaweiRegions = Object.keys(endpoints.urls("huawei"));
  return {
    alibaba: cloud("alibaba", alibabaKeys, ["accessKeyId", "accessKeySecret", "securityToken"]),
    huawei: cloud("huawei", (keys) => huaweiKeys(keys, huaweiRegions, keyring), [
      "accessKey",
      "secretKey",
      "securityToken",
    ]),
    aws: {
      ...cloud("aws", awsKeys, ["accessKeyId", "secretAccessKey", "sessionToken"]),
      region: Object.keys(endpoints.urls("aws"))[0] ?? "",
    },
    control,
  };
}
