import { InputError } from "../../../lib/core/errors.ts";
import type { ProviderName } from "../../../lib/core/resource.ts";
import { accountProblems, flagText } from "./check.ts";
import type { FirstAccount } from "./first-files.ts";
import { oneOf, refuseCommas } from "./words.ts";

/** The flags of `tagwarden init`; several providers have their values told apart by `provider:` in front. */
export interface InitFlags {
  readonly provider?: readonly string[];
  readonly account?: readonly string[];
  readonly region?: readonly string[];
  readonly project?: readonly string[];
  readonly endpoint?: readonly string[];
  readonly inventory?: string;
  readonly key?: readonly string[];
}

type Inventory = Extract<FirstAccount, { provider: "aws" }>["inventory"];

/** What the flags say of one provider. */
export interface Given {
  readonly account: string | undefined;
  readonly regions: readonly string[];
  /** Project ids by region. */
  readonly projects: Readonly<Record<string, string>>;
  readonly endpoints: Pick<FirstAccount, "endpoints">;
  readonly inventory: Inventory | undefined;
  /** `huawei:` where values of several providers are told apart. */
  readonly prefix: string;
}

export const INVENTORIES = [
  { value: "none", label: "neither, or I don't know: what never carried a tag is not seen" },
  { value: "config", label: "AWS Config" },
  { value: "resource-explorer", label: "Resource Explorer" },
] as const;

/** What the flags say of each of these providers. Throws InputError where they say what can't be, or of no provider. */
export function givenOf(providers: readonly ProviderName[], flags: InitFlags): ReadonlyMap<ProviderName, Given> {
  refuseUnread(providers, flags);
  const given = new Map(providers.map((provider) => [provider, givenFor(provider, providers, flags)] as const));
  const problems = [...given].flatMap(([provider, one]) => accountProblems(draftOf(provider, one), one.prefix));
  if (problems.length > 0) throw new InputError(problems.map(flagText).join("\n"));
  return given;
}

/** Flags that only one provider has are for nobody without it. */
function refuseUnread(providers: readonly ProviderName[], { inventory, project }: InitFlags): void {
  if (inventory !== undefined && !providers.includes("aws"))
    throw new InputError(`--inventory ${inventory}: add --provider aws`);
  if (project?.[0] !== undefined && !providers.includes("huawei"))
    throw new InputError(`--project ${project[0]}: add --provider huawei`);
}

function givenFor(provider: ProviderName, providers: readonly ProviderName[], flags: InitFlags): Given {
  const [accounts, regions] = [
    own("--account", provider, providers, flags.account),
    own("--region", provider, providers, flags.region),
  ];
  refuseCommas("--account", accounts);
  refuseCommas("--region", regions);
  if (accounts.length > 1) throw new InputError(`--account ${accounts[1]}: one account of ${provider} to begin with`);
  const endpoints = own("--endpoint", provider, providers, flags.endpoint).map((text) => {
    const [, region = "*", url = ""] = /^(?:([a-z0-9-]+)=)?(.*)$/s.exec(text) ?? [];
    return [region, url] as const;
  });
  const projects = provider === "huawei" ? (flags.project ?? []).map(projectOf) : [];
  return {
    account: accounts[0],
    regions,
    projects: oncePerRegion("--project", projects),
    endpoints: endpoints.length === 0 ? {} : { endpoints: oncePerRegion("--endpoint", endpoints) },
    inventory:
      provider !== "aws" || flags.inventory === undefined
        ? undefined
        : oneOf("--inventory", flags.inventory, INVENTORIES),
    prefix: providers.length > 1 ? `${provider}:` : "",
  };
}

function projectOf(text: string): readonly [region: string, project: string] {
  const [, region = "", project = ""] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (project === "") throw new InputError(`--project ${text}: write --project REGION=ID`);
  refuseCommas("--project", [text]);
  return [region, project];
}

function oncePerRegion(
  flag: string,
  values: readonly (readonly [region: string, value: string])[],
): Readonly<Record<string, string>> {
  const seen = new Set<string>();
  for (const [region, value] of values) {
    const said = region === "*" ? value : `${region}=${value}`;
    if (seen.has(region)) throw new InputError(`${flag} ${said}: one for each region, and this is the second`);
    seen.add(region);
  }
  return Object.fromEntries(values);
}

/** Values of a provider: those with its name in front, and those without one where there is no other provider. */
function own(
  flag: string,
  provider: ProviderName,
  providers: readonly ProviderName[],
  values: readonly string[] = [],
): readonly string[] {
  return values.flatMap((text) => {
    const [, name, value = ""] = /^(aws|alibaba|huawei):(.*)$/s.exec(text) ?? [];
    if (name !== undefined && !providers.some((one) => one === name))
      throw new InputError(`${flag} ${text}: add --provider ${name}`);
    if (name !== undefined) return name === provider ? [value] : [];
    if (providers.length === 1) return [text];
    throw new InputError(
      `${flag} ${text}: whose is it? Write ${providers.map((one) => `${one}:${text}`).join(" or ")}`,
    );
  });
}

/** Any account, where only the rest is looked at. */
export const SOME_ACCOUNT = "000000000000";

/** The account that the flags describe, with something that is right in each gap: what is wrong with it is theirs. */
export function draftOf(provider: "alibaba", given: Given): Extract<FirstAccount, { provider: "alibaba" }>;
export function draftOf(provider: "huawei", given: Given): Extract<FirstAccount, { provider: "huawei" }>;
export function draftOf(provider: "aws", given: Given): Extract<FirstAccount, { provider: "aws" }>;
export function draftOf(provider: ProviderName, given: Given): FirstAccount;
export function draftOf(provider: ProviderName, given: Given): FirstAccount {
  const { account = SOME_ACCOUNT, endpoints, projects, inventory = "none" } = given;
  const named = [...Object.keys(projects), ...Object.keys(endpoints.endpoints ?? {})].filter((name) => name !== "*");
  const usual = { aws: "us-east-1", alibaba: "cn-hangzhou", huawei: "cn-north-4" }[provider];
  const regions = [given.regions, [...new Set(named)], [usual]].find((some) => some.length > 0) ?? [];
  switch (provider) {
    case "aws":
      return { provider, account, regions, inventory, ...endpoints };
    case "alibaba":
      return { provider, account, regions, ...endpoints };
    case "huawei":
      return { provider, account, regions, projects: withGapsFilled(projects, regions), ...endpoints };
  }
}

/** Projects of all these regions, where only those that are known are looked at. */
export function withGapsFilled(
  projects: Readonly<Record<string, string>>,
  regions: readonly string[],
): Readonly<Record<string, string>> {
  return { ...Object.fromEntries(regions.map((region) => [region, `project of ${region}`])), ...projects };
}
