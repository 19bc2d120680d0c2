import type { ProviderName } from "../resource.ts";
import { shown } from "../shown.ts";
import { nearestOf } from "../yaml/suggest.ts";
import { REGIONS } from "./regions.ts";

/**
 * Accounts and regions that can't be, as people mistype them. Globs are anybody's; of a provider that isn't known, only
 * what is wrong on every cloud is said.
 */

interface AccountForm {
  readonly form: RegExp;
  /** What an id of an account is, as a sentence that goes on with what stands there instead. */
  readonly rule: string;
  /** Of ids whose length alone is wrong. */
  readonly letters: RegExp;
}

/**
 * @see https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html
 * @see https://www.alibabacloud.com/help/en/account/user-guide/view-the-account-id
 * @see https://support.huaweicloud.com/intl/en-us/api-iam/iam_17_0002.html, by which an account's domain id is meant
 */
const ACCOUNTS: Readonly<Record<ProviderName, AccountForm>> = {
  aws: {
    form: /^\d{12}$/,
    rule: "an AWS account id has 12 digits, zeros in front counted in",
    letters: /^\d+$/,
  },
  alibaba: { form: /^\d{16}$/, rule: "an account id of Alibaba Cloud has 16 digits", letters: /^\d+$/ },
  huawei: {
    form: /^[0-9a-f]{32}$/,
    rule: "an account of Huawei Cloud is its domain id, which has 32 characters of 0-9 and a-f",
    letters: /^[0-9a-f]+$/,
  },
};

/** Emulated clouds and examples have short domain ids (d0001), which nobody writes for a real one. */
const EXAMPLE = /^[0-9a-z]{1,16}$/;

/** What is odd about an account id; undefined where nothing is. */
export function accountSlip(account: string, provider: ProviderName | undefined): string | undefined {
  if (account.includes("*")) return undefined;
  const forms = provider === undefined ? Object.values(ACCOUNTS) : [ACCOUNTS[provider]];
  if (forms.some(({ form }) => form.test(account))) return undefined;
  const mended = account.replaceAll(/[-\s\p{Cf}]/gu, "").toLowerCase();
  if (mended !== account && forms.some(({ form }) => form.test(mended))) {
    const signs = /\p{Cf}/u.test(account) ? "what can't be seen" : /\s/.test(account) ? "spaces" : "dashes";
    const how = mended === account.toLowerCase() ? "in lower case" : `without ${signs}`;
    return `${shown(account)} is no account id: write it ${how}, "${mended}"`;
  }
  if (provider === "huawei" && EXAMPLE.test(account)) return undefined;
  if (provider !== undefined) {
    const { rule, letters } = ACCOUNTS[provider];
    return `${rule}, and ${shown(account)} ${letters.test(account) ? `has ${account.length}` : "is something else"}`;
  }
  if (!/^\d{9,18}$/.test(account)) return undefined;
  return `"${account}" has ${account.length} digits: an AWS account id has 12, zeros in front counted in, and one of Alibaba Cloud 16`;
}

const CLOUDS: Readonly<Record<ProviderName, string>> = {
  aws: "AWS",
  alibaba: "Alibaba Cloud",
  huawei: "Huawei Cloud",
};

/** How a cloud calls its regions, those that it hasn't opened yet too, and one of them. */
const FORMS: Readonly<Record<ProviderName, readonly [form: RegExp, like: string]>> = {
  aws: [/^[a-z]{2,5}(?:-[a-z]+)*-(?:north|south)?(?:east|west)?(?:north|south|central)?-\d{1,2}$/, "us-east-1"],
  alibaba: [/^[a-z]{2,3}(?:-[a-z0-9]+)+$/, "cn-hangzhou"],
  huawei: [/^[a-z]{2}-[a-z]+-\d{1,3}$/, "cn-north-4"],
};

/** What is odd about a region; undefined where nothing is. */
export function regionSlip(region: string, provider: ProviderName | undefined): string | undefined {
  if (region.includes("*") || region === "global") return undefined;
  const known = provider === undefined ? Object.values(REGIONS).flat() : REGIONS[provider];
  if (known.includes(region)) return undefined;
  const lower = region.toLowerCase();
  if (lower !== region) return `regions are in lower case: "${lower}"`;
  const [, ofZone] =
    /^([a-z][a-z-]*-\d+)[a-z]$/.exec(region) ?? /^([a-z]{2,}(?:-[a-z]{2,})+)-[a-z]$/.exec(region) ?? [];
  if (ofZone !== undefined) return `${shown(region)} is a zone, and its region is "${ofZone}"`;
  const [, name, number] = /^(.*[a-z])(\d+)$/.exec(region) ?? [];
  if (name !== undefined) return `${shown(region)} is no region (did you mean "${name}-${number}"?)`;
  return provider === undefined ? unknownSlip(region, known) : regionSlipOf(region, provider);
}

function regionSlipOf(region: string, provider: ProviderName): string | undefined {
  const cloud = CLOUDS[provider];
  const owner = (["aws", "alibaba", "huawei"] as const).find((other) => REGIONS[other].includes(region));
  if (owner !== undefined) return `${shown(region)} is a region of ${CLOUDS[owner]}, and no known one of ${cloud}`;
  const [form, like] = FORMS[provider];
  return (
    unknownSlip(region, REGIONS[provider], ` of ${cloud}`) ??
    (form.test(region) ? undefined : `${shown(region)} is no region of ${cloud}: they are called like ${like}`)
  );
}

/** A new region may be nearly one that is known; it is only asked for. */
function unknownSlip(region: string, known: readonly string[], whose = ""): string | undefined {
  const near = nearestOf(region, known, 2);
  return near === undefined ? undefined : `${shown(region)} is no known region${whose} (did you mean "${near}"?)`;
}
