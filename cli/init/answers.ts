import { InputError } from "../../lib/core/errors.ts";
import type { ProviderName } from "../../lib/core/resource.ts";
import type { Io } from "../io.ts";
import { awsAccount } from "./aws-account.ts";
import type { Dialog } from "./dialog.ts";
import type { FirstAccount, WantedTag } from "./first-files.ts";
import { listOf, oneOf, regionsProblem } from "./words.ts";

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

const PROVIDERS: readonly { readonly value: ProviderName; readonly label: string }[] = [
  { value: "aws", label: "AWS" },
  { value: "alibaba", label: "Alibaba Cloud" },
  { value: "huawei", label: "Huawei Cloud" },
];
const FIRST_KEYS = ["owner", "env"];

/** The providers that the flags name, or that somebody chooses; AWS where nobody does. */
export async function answerProviders(flags: InitFlags, dialog: Dialog | undefined): Promise<readonly ProviderName[]> {
  const given = flags.provider?.map((name) => oneOf("--provider", name, PROVIDERS));
  if (given !== undefined) return [...new Set(given)];
  const named = PROVIDERS.map((one) => ({ ...one, preset: one.value === "aws" }));
  return (await dialog?.choose("Which clouds?", named)) ?? ["aws"];
}

/** The tags that every resource must carry. */
export async function answerTags({ key: keys }: InitFlags, dialog: Dialog | undefined): Promise<readonly WantedTag[]> {
  if (keys !== undefined) return keys.map(wantedTag);
  const problem = (text: string) => (listOf(text).length > 0 ? undefined : "name at least one key");
  const question = "Tags that every resource must carry";
  const text = await dialog?.text(question, { preset: FIRST_KEYS.join(", "), problem });
  return (text === undefined ? FIRST_KEYS : listOf(text)).map((key) => ({ key }));
}

/** `env=prod,dev` takes one of these values, `env` any. */
function wantedTag(text: string): WantedTag {
  const at = text.indexOf("=");
  const key = at < 0 ? text : text.slice(0, at);
  const values = at < 0 ? undefined : text.slice(at + 1).split(",");
  if (key === "" || values?.includes("") === true) throw new InputError(`--key ${text}: write KEY or KEY=VALUE,VALUE`);
  return values === undefined ? { key } : { key, values };
}

/** The accounts to read. Throws InputError that names all flags that are missing where nobody can be asked. */
export async function answerAccounts(
  providers: readonly ProviderName[],
  flags: InitFlags,
  { dialog, io }: { readonly dialog: Dialog | undefined; readonly io: Io },
): Promise<readonly FirstAccount[]> {
  const missing: string[] = [];
  const accounts: FirstAccount[] = [];
  for (const provider of providers) {
    const given = givenFor(provider, providers, flags);
    const prefix = providers.length > 1 ? `${provider}:` : "";
    const asking = { dialog, prefix, lacks: (flag: string) => void missing.push(flag) };
    switch (provider) {
      case "aws":
        accounts.push(await awsAccount({ ...given, inventory: flags.inventory }, { dialog, io }));
        break;
      case "alibaba":
        accounts.push(await alibabaAccount(given, asking));
        break;
      case "huawei":
        accounts.push(await huaweiAccount(given, asking));
    }
  }
  if (missing.length > 0) {
    throw new InputError(`init: nobody can be asked here, and these are missing: ${missing.join(", ")}`);
  }
  return accounts;
}

/** What the flags say of one provider. */
interface Given {
  readonly account: string | undefined;
  readonly regions: readonly string[];
  /** Project ids by region. */
  readonly projects: Readonly<Record<string, string>>;
  readonly endpoints: Pick<FirstAccount, "endpoints">;
}

function givenFor(provider: ProviderName, providers: readonly ProviderName[], flags: InitFlags): Given {
  const accounts = own("--account", provider, providers, flags.account);
  if (accounts.length > 1) throw new InputError(`--account ${accounts[1]}: one account of ${provider} to begin with`);
  const endpoints = own("--endpoint", provider, providers, flags.endpoint).map((text) => {
    const [, region = "*", url = ""] = /^(?:([a-z0-9-]+)=)?(.*)$/s.exec(text) ?? [];
    return [region, url] as const;
  });
  return {
    account: accounts[0],
    regions: own("--region", provider, providers, flags.region),
    projects: provider === "huawei" ? Object.fromEntries((flags.project ?? []).map(projectOf)) : {},
    endpoints: endpoints.length === 0 ? {} : { endpoints: Object.fromEntries(endpoints) },
  };
}

function projectOf(text: string): readonly [region: string, project: string] {
  const [, region = "", project = ""] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (project === "") throw new InputError(`--project ${text}: write --project REGION=ID`);
  return [region, project];
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

const notEmpty = (text: string) => (text === "" ? "must not be empty" : undefined);

interface Asking {
  readonly dialog: Dialog | undefined;
  /** `huawei:` where values of several providers are told apart. */
  readonly prefix: string;
  /** Notes a flag that is missing where nobody can be asked. */
  readonly lacks: (flag: string) => void;
}

async function alibabaAccount({ account, regions, endpoints }: Given, asking: Asking): Promise<FirstAccount> {
  const id =
    account ?? (await asked(asking, "Alibaba Cloud account id", `--account ${asking.prefix}ID`, "1111222233334444"));
  const places = regions.length > 0 ? regions : await askedRegions(asking, "Alibaba Cloud regions", "cn-hangzhou");
  return { provider: "alibaba", account: id, regions: places, ...endpoints };
}

async function huaweiAccount(given: Given, asking: Asking): Promise<FirstAccount> {
  const account = given.account ?? (await asked(asking, "Huawei Cloud domain id", `--account ${asking.prefix}ID`));
  const regions =
    given.regions.length > 0 ? given.regions : await askedRegions(asking, "Huawei Cloud regions", "cn-north-4");
  const projects: Record<string, string> = {};
  for (const region of regions) {
    projects[region] =
      given.projects[region] ?? (await asked(asking, `Project id of ${region}`, `--project ${region}=ID`));
  }
  return { provider: "huawei", account, regions, projects, ...given.endpoints };
}

async function asked({ dialog, lacks }: Asking, question: string, flag: string, example?: string): Promise<string> {
  if (dialog === undefined) {
    lacks(flag);
    return "";
  }
  return dialog.text(question, { problem: notEmpty, ...(example !== undefined && { example }) });
}

async function askedRegions(
  { dialog, prefix, lacks }: Asking,
  question: string,
  example: string,
): Promise<readonly string[]> {
  if (dialog !== undefined) return listOf(await dialog.text(question, { example, problem: regionsProblem }));
  lacks(`--region ${prefix}REGION`);
  return [];
}
