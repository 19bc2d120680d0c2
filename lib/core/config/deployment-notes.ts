import { PROVIDERS } from "../resource.ts";
import type { AccountConfig, Config } from "./config.ts";
import { isLoopback } from "./rules.ts";

/** What the functions' roles in serverless.yml allow where no parameter says otherwise. */
const ACCOUNT_ROLE = "tagwarden";
const SERVICE = "tagwarden";
const CHANNELS = ["alerts", "slack", "dingtalk", "feishu", "webhook"];

/**
 * What a configuration asks of the deployment, and would otherwise be found out by a refused call: a sentence for each,
 * with what to do. They are no errors, since the same file serves the command line.
 */
export function deploymentNotes({ accounts, ingest, alerts }: Config): readonly string[] {
  const senders = [
    ...(ingest?.alibabaEventBridge?.tokens ?? []),
    ...(ingest?.huaweiEventGrid?.secrets ?? []),
    ...(ingest?.signedEvents?.secrets ?? []),
  ];
  const channels = (alerts?.channels ?? []).flatMap((channel) =>
    channel.type === "sns" ? [] : [channel.url, channel.secret],
  );
  return [
    ...roleNotes(accounts),
    ...audienceNotes(accounts),
    ...variableNotes([...accounts.filter(isElsewhere).flatMap(referencesOf), ...senders, ...channels]),
    ...secretNotes([
      {
        reader: "the functions that enter accounts",
        uses: PROVIDERS,
        names: secretNames(accounts.flatMap(referencesOf)),
      },
      { reader: "the function ingest", uses: ["ingest"], names: secretNames(senders) },
      { reader: "the function sendAlerts", uses: CHANNELS, names: secretNames(channels) },
    ]),
  ];
}

/** Variables that a cloud itself sets where it runs something of ours. */
const SET_BY_CLOUDS = /^(?:AWS_|ALIBABA_CLOUD_(?:ROLE_ARN|OIDC_))/;

/** A deployed function has the variables of serverless.yml and no others. */
function variableNotes(references: readonly (string | undefined)[]): readonly string[] {
  const names = references.flatMap((reference) => /^env:(.+)/.exec(reference ?? "")?.[1] ?? []);
  const unset = distinct(names.filter((name) => !SET_BY_CLOUDS.test(name)));
  if (unset.length === 0) return [];
  const [which, have] = unset.length === 1 ? ["the variable", "isn't"] : ["the variables", "aren't"];
  return [
    `${which} ${listed(unset)} ${have} set where functions are deployed: write secret:NAME#key, with a name that begins with "${SERVICE}/"`,
  ];
}

/** An account that is on this machine is not one of a deployment. */
const isElsewhere = ({ endpoints = {} }: AccountConfig): boolean =>
  !Object.values(endpoints).every(isLoopback) || Object.keys(endpoints).length === 0;

const referencesOf = ({ credentials }: AccountConfig): readonly string[] => Object.values(credentials ?? {});

const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts)].sort();

const listed = (texts: readonly string[]): string => texts.map((text) => `"${text}"`).join(", ");

function roleNotes(accounts: readonly AccountConfig[]): readonly string[] {
  const arns = accounts.flatMap(({ provider, credentials }) =>
    provider === "aws" && credentials !== undefined && "roleArn" in credentials ? [credentials.roleArn] : [],
  );
  const names = distinct(arns.map((arn) => arn.slice(arn.indexOf(":role/") + ":role/".length)));
  const [name = ACCOUNT_ROLE, ...others] = names;
  if (others.length > 0) {
    return [
      `accounts are entered by roles called ${listed(names)}, and functions take roles of one name: rename them, or deploy with a pattern that fits them all, --param="accountRole=PATTERN*"`,
    ];
  }
  if (name === ACCOUNT_ROLE) return [];
  return [`accounts are entered by a role called "${name}": deploy with --param="accountRole=${name}"`];
}

const WEB_IDENTITY = "web-identity:";

function audienceNotes(accounts: readonly AccountConfig[]): readonly string[] {
  const tokens = accounts.flatMap(referencesOf).filter((reference) => reference.startsWith(WEB_IDENTITY));
  const audiences = distinct(tokens.map((reference) => reference.slice(WEB_IDENTITY.length)));
  const [audience, ...others] = audiences;
  if (audience === undefined) return [];
  if (others.length === 0) {
    return [`AWS vouches for functions to "${audience}": deploy with --param="webIdentityAudience=${audience}"`];
  }
  return [
    `AWS vouches for functions to one audience, and here are ${listed(audiences)}: let all accounts use the same`,
  ];
}

interface ReadSecrets {
  readonly reader: string;
  /** What the names have to begin with, behind what the parameter `secrets` says. */
  readonly uses: readonly string[];
  readonly names: readonly string[];
}

/** Who may read a secret goes by how its name begins. */
function secretNotes(all: readonly ReadSecrets[]): readonly string[] {
  const [found, ...others] = new Set(all.flatMap(({ names, uses }) => names.map((name) => beginningOf(name, uses))));
  if (found !== undefined && found !== SERVICE && others.length === 0) {
    return [`names of secrets begin with "${found}/": deploy with --param="secrets=${found}"`];
  }
  return all.flatMap(({ reader, uses, names }) => {
    const unreadable = distinct(names.filter((name) => !uses.some((use) => name.startsWith(`${SERVICE}/${use}`))));
    if (unreadable.length === 0) return [];
    const beginnings = uses.map((use) => `${SERVICE}/${use}`);
    return [
      `the secrets ${listed(unreadable)} can't be read by ${reader}: begin their names with ${listed(beginnings)}`,
    ];
  });
}

/** `tagwarden/prod` of `tagwarden/prod/alibaba`; undefined where no name of a use follows. */
function beginningOf(name: string, uses: readonly string[]): string | undefined {
  const ends = uses.map((use) => name.indexOf(`/${use}`)).filter((end) => end > 0);
  return ends.length === 0 ? undefined : name.slice(0, Math.min(...ends));
}

/** Secrets Manager takes a name as well as the ARN that ends with it. */
function secretNames(references: readonly (string | undefined)[]): readonly string[] {
  return references.flatMap((reference) => /^secret:(?:arn:[^#]*:secret:)?([^#]*)/.exec(reference ?? "")?.[1] ?? []);
}
