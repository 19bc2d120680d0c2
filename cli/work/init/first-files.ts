import { Document, isCollection, isNode } from "yaml";
import type { ProviderName } from "../../../lib/core/resource.ts";

/** A tag that every resource must carry; `values` absent = any value. */
export interface WantedTag {
  readonly key: string;
  readonly values?: readonly string[];
}

interface AccountBase {
  readonly regions: readonly string[];
  /** By region, or `*`; absent = the cloud's own. */
  readonly endpoints?: Readonly<Record<string, string>>;
}

/** An account to read. */
export type FirstAccount =
  | (AccountBase & {
      readonly provider: "aws";
      /** Undefined where nobody could say: the file then has a gap to fill in. */
      readonly account: string | undefined;
      readonly inventory: "config" | "resource-explorer" | "none";
    })
  | (AccountBase & { readonly provider: "alibaba"; readonly account: string })
  | (AccountBase & {
      readonly provider: "huawei";
      readonly account: string;
      readonly projects: Readonly<Record<string, string>>;
    });

/** Environment variables that hold an account's key: those that the cloud's own tools read. AWS has its SDK's chain. */
export const KEY_VARIABLES: Readonly<Record<Exclude<ProviderName, "aws">, readonly [id: string, secret: string]>> = {
  alibaba: ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
  huawei: ["HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"],
};

const FORM = { lineWidth: 0, flowCollectionPadding: false };

/** A policy that asks for these tags on every resource and only reports. */
export function firstPolicy(tags: readonly WantedTag[]): string {
  const document = new Document({
    version: 1,
    requiredTags: Object.fromEntries(tags.map(({ key, values }) => [key, values === undefined ? {} : { values }])),
    policies: [{ name: "required-tags", require: tags.map(({ key }) => key), mode: "report" }],
  });
  document.commentBefore = [
    " Which tags every resource must carry. docs/policy-language.md describes every field.",
    " mode: report only says what is missing; mode: enforce adds what has a default.",
  ].join("\n");
  flow(document, ["policies", 0, "require"], ...tags.map(({ key }) => ["requiredTags", key, "values"]));
  return document.toString(FORM);
}

/** A configuration that reads these accounts and writes to none. */
export function firstConfig(accounts: readonly FirstAccount[]): string {
  const document = new Document({ accounts: accounts.map(entryOf) });
  document.commentBefore = [
    " Which accounts tagwarden reads. docs/configuration.md describes every field.",
    " mode: report writes nothing there, whatever the policies say.",
  ].join("\n");
  for (const [index, account] of accounts.entries()) {
    flow(document, ["accounts", index, "regions"]);
    if (account.provider === "alibaba") {
      const text = ' API Gateway and VPC IPAM; with types: ["alibaba:*"] whatever else can be tagged, too';
      comment(document, ["accounts", index, "provider"], text);
    }
    if (account.provider === "huawei") {
      const text = ' IAM users, trust agencies and gateways; with types: ["huawei:*"] whatever else can be tagged, too';
      comment(document, ["accounts", index, "provider"], text);
    }
    if (account.provider !== "aws") continue;
    if (account.account === undefined) comment(document, ["accounts", index, "account"], " the account's 12 digits");
    comment(
      document,
      ["accounts", index, "inventory"],
      " config (AWS Config) or resource-explorer also list what never carried a tag",
    );
  }
  return document.toString(FORM);
}

function entryOf(account: FirstAccount): object {
  const { provider, regions, endpoints } = account;
  const common = { provider, account: account.account ?? "", regions, ...(endpoints !== undefined && { endpoints }) };
  switch (account.provider) {
    case "aws": {
      const partition = partitionOf(regions);
      return { ...common, ...(partition !== "aws" && { partition }), mode: "report", inventory: account.inventory };
    }
    case "alibaba": {
      const [accessKeyId, accessKeySecret] = KEY_VARIABLES.alibaba.map((name) => `env:${name}`);
      return { ...common, mode: "report", credentials: { accessKeyId, accessKeySecret } };
    }
    case "huawei": {
      const [accessKey, secretKey] = KEY_VARIABLES.huawei.map((name) => `env:${name}`);
      return { ...common, projects: account.projects, mode: "report", credentials: { accessKey, secretKey } };
    }
  }
}

function partitionOf(regions: readonly string[]): string {
  const [first = ""] = regions;
  if (first.startsWith("cn-")) return "aws-cn";
  return first.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

type Path = readonly (string | number)[];

/** Writes what stands at these places on one line. */
function flow(document: Document, ...paths: readonly Path[]): void {
  for (const path of paths) {
    const node = document.getIn(path, true);
    if (isCollection(node)) node.flow = true;
  }
}

function comment(document: Document, path: Path, text: string): void {
  const node = document.getIn(path, true);
  if (isNode(node)) node.comment = text;
}
