import { describe, expect, test } from "vitest";
import { accountSlip, regionSlip } from "../../../lib/core/slips/places.ts";
import type { ProviderName } from "../../../lib/core/resource.ts";

/** As the clouds' own pages list them: they are told nothing. */
const REGIONS: Readonly<Record<ProviderName, string>> = {
  aws: "us-east-1 us-west-2 af-south-1 ap-east-1 ap-northeast-3 ap-southeast-7 ca-central-1 ca-west-1 eu-central-2 eu-north-1 il-central-1 me-south-1 mx-central-1 sa-east-1 cn-north-1 cn-northwest-1 us-gov-west-1 us-iso-east-1 us-isob-east-1 eu-isoe-west-1 eusc-de-east-1 global",
  alibaba:
    "cn-hangzhou cn-shanghai cn-beijing cn-zhangjiakou cn-hongkong cn-shanghai-finance-1 cn-beijing-finance-1 cn-north-2-gov-1 cn-heyuan-acdr-1 us-east-1 us-west-1 ap-southeast-6 eu-central-1 me-central-1 na-south-1",
  huawei:
    "cn-north-4 cn-north-11 cn-north-219 cn-southwest-2 ap-southeast-1 af-south-1 la-north-2 na-mexico-1 sa-brazil-1 eu-west-101 my-kualalumpur-1 ru-moscow-1 tr-west-1 me-east-1",
};

describe.each(Object.entries(REGIONS) as [ProviderName, string][])("a region of %s", (provider, names) => {
  test.each(names.split(" "))("%s is one, whoever's it may be", (name) => {
    expect([regionSlip(name, provider), regionSlip(name, undefined)]).toEqual([undefined, undefined]);
  });
});

describe("a region that can't be", () => {
  test.each([
    ["us-east-1a", undefined, '"us-east-1a" is a zone, and its region is "us-east-1"'],
    ["cn-north-4c", "huawei", '"cn-north-4c" is a zone, and its region is "cn-north-4"'],
    ["cn-hangzhou-h", "alibaba", '"cn-hangzhou-h" is a zone, and its region is "cn-hangzhou"'],
    ["us-east1", undefined, '"us-east1" is no region (did you mean "us-east-1"?)'],
    ["US-EAST-1", undefined, 'regions are in lower case: "us-east-1"'],
    ["us-east", "aws", '"us-east" is no region of AWS: they are called like us-east-1'],
    ["us-esat-1", "aws", '"us-esat-1" is no region of AWS: they are called like us-east-1'],
    ["cn-hangzhou", "aws", '"cn-hangzhou" is no region of AWS: they are called like us-east-1'],
  ] as const)("%s of %s", (region, provider, says) => expect(regionSlip(region, provider)).toBe(says));
});

describe("an account", () => {
  test.each([
    ["111122223333", "aws"],
    ["1111222233334444", "alibaba"],
    ["d0001", "huawei"],
    ["0123456789abcdef0123456789abcdef", undefined],
    ["1111*", "aws"],
  ] as const)("%s of %s may be", (account, provider) => expect(accountSlip(account, provider)).toBeUndefined());

  test.each([
    ["11112222333", "aws", /has 12 digits, zeros in front counted in, and "11112222333" has 11$/],
    ["prod", "aws", /has 12 digits, .* and "prod" is something else$/],
    ["1111-2222-3333", undefined, /write it without dashes, "111122223333"$/],
    ["11112222333", undefined, /has 11 digits/],
  ] as const)("%s of %s can't", (account, provider, says) => expect(accountSlip(account, provider)).toMatch(says));
});
