import type { ProviderName } from "../resource.ts";

/**
 * Accounts and regions that can't be, as people mistype them. Globs are anybody's; of a provider that isn't known, only
 * what is wrong on every cloud is said.
 */

/** What is odd about an account id; undefined where nothing is. */
export function accountSlip(account: string, provider: ProviderName | undefined): string | undefined {
  if (account.includes("*")) return undefined;
  if (/^\d{4}-\d{4}-\d{4}$/.test(account)) {
    return `"${account}" is no account id: write it without dashes, "${account.replaceAll("-", "")}"`;
  }
  if (provider === "aws" && !/^\d{12}$/.test(account)) {
    const has = /^\d+$/.test(account) ? `has ${account.length}` : "is something else";
    return `an AWS account id has 12 digits, zeros in front counted in, and "${account}" ${has}`;
  }
  if (provider === undefined && /^\d{9,11}$/.test(account)) {
    return `"${account}" has ${account.length} digits: an AWS account id has 12, zeros in front counted in, and one of Alibaba Cloud 16`;
  }
  return undefined;
}

/** The last word of a region's name, before its number: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html */
const AWS_REGION = /^[a-z]{2,5}(?:-[a-z]+)*-(?:north|south)?(?:east|west)?(?:north|south|central)?-\d{1,2}$/;

/** What is odd about a region; undefined where nothing is. */
export function regionSlip(region: string, provider: ProviderName | undefined): string | undefined {
  if (region.includes("*") || region === "global") return undefined;
  const lower = region.toLowerCase();
  if (lower !== region) return `regions are in lower case: "${lower}"`;
  const [, ofZone] =
    /^([a-z][a-z-]*-\d+)[a-z]$/.exec(region) ?? /^([a-z]{2,}(?:-[a-z]{2,})+)-[a-z]$/.exec(region) ?? [];
  if (ofZone !== undefined) return `"${region}" is a zone, and its region is "${ofZone}"`;
  const [, name, number] = /^(.*[a-z])(\d+)$/.exec(region) ?? [];
  if (name !== undefined) return `"${region}" is no region (did you mean "${name}-${number}"?)`;
  if (provider !== "aws" || AWS_REGION.test(region)) return undefined;
  return `"${region}" is no region of AWS: they are called like us-east-1`;
}
