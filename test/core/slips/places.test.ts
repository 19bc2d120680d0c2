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
    ["us-east", "aws", '"us-east" is no known region of AWS (did you mean "us-east-1"?)'],
    ["us-esat-1", "aws", '"us-esat-1" is no known region of AWS (did you mean "us-east-1"?)'],
    ["us-east-9", "aws", '"us-east-9" is no known region of AWS (did you mean "us-east-1"?)'],
    ["us-east-9", undefined, '"us-east-9" is no known region (did you mean "us-east-1"?)'],
    ["cn-hangzou", "alibaba", '"cn-hangzou" is no known region of Alibaba Cloud (did you mean "cn-hangzhou"?)'],
    ["cn-hangzou", undefined, '"cn-hangzou" is no known region (did you mean "cn-hangzhou"?)'],
    ["cn-north-44", "huawei", '"cn-north-44" is no known region of Huawei Cloud (did you mean "cn-north-4"?)'],
    ["cn-hangzhou", "aws", '"cn-hangzhou" is a region of Alibaba Cloud, and no known one of AWS'],
    ["cn-northwest-1", "huawei", '"cn-northwest-1" is a region of AWS, and no known one of Huawei Cloud'],
    ["moon", "aws", '"moon" is no region of AWS: they are called like us-east-1'],
    ["moon", "alibaba", '"moon" is no region of Alibaba Cloud: they are called like cn-hangzhou'],
    ["moon", "huawei", '"moon" is no region of Huawei Cloud: they are called like cn-north-4'],
  ] as const)("%s of %s", (region, provider, says) => expect(regionSlip(region, provider)).toBe(says));
});

test.each([
  ["eu-southwest-1", "aws"],
  ["cn-xinjiangshihezi", "alibaba"],
  ["kz-astana-1", "huawei"],
  ["moon", undefined],
] as const)("the region %s of %s may be a new one", (region, provider) => {
  expect(regionSlip(region, provider)).toBeUndefined();
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
    ["111122223333444", undefined, /has 15 digits: .* one of Alibaba Cloud 16$/],
    ["1111-2222-3333-4444", "alibaba", /write it without dashes, "1111222233334444"$/],
    ["1111 2222 3333 4444", undefined, /write it without spaces, "1111222233334444"$/],
    ["111122223333", "alibaba", /of Alibaba Cloud has 16 digits, and "111122223333" has 12$/],
    ["team@example.com", "alibaba", /has 16 digits, and "team@example.com" is something else$/],
    ["1111222233334444", "aws", /has 12 digits, .* has 16$/],
    ["0123456789abcdef0123456789abcde", "huawei", /32 characters of 0-9 and a-f, and ".*" has 31$/],
    ["01234567-89ab-cdef-0123-456789abcdef", "huawei", /without dashes, "0123456789abcdef0123456789abcdef"$/],
    ["0123456789ABCDEF0123456789ABCDEF", undefined, /in lower case, "0123456789abcdef0123456789abcdef"$/],
    ["hw_platform", "huawei", /is its domain id, .* and "hw_platform" is something else$/],
  ] as const)("%s of %s can't", (account, provider, says) => expect(accountSlip(account, provider)).toMatch(says));
});
