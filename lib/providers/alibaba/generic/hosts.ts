import type { AlibabaAccountConfig } from "../../../core/config/config.ts";
import { CENTRAL_REGION, type AlibabaCall } from "../client.ts";

/**
 * Regions whose Tag service answers at the host of another region, or at the central one: the official SDK's table,
 * without the regions that are Alibaba Cloud's own.
 * @see https://github.com/aliyun/alibabacloud-typescript-sdk/blob/master/tag-20180828/src/client.ts
 */
const TAG_HOSTS: ReadonlyMap<string, string> = new Map([
  ["us-west-1", "tag.us-east-1.aliyuncs.com"],
  ["cn-hangzhou-finance", "tag.cn-hangzhou.aliyuncs.com"],
  ["cn-fujian", "tag.cn-hangzhou.aliyuncs.com"],
  ...[
    "ap-northeast-2-pop",
    "cn-beijing-finance-pop",
    "cn-beijing-gov-1",
    "cn-edge-1",
    "cn-hongkong-finance-pop",
    "cn-shanghai-finance-1",
    "cn-wuhan",
    "cn-yushanfang",
    "cn-zhangbei",
    "rus-west-1-pop",
  ].map((region) => [region, "tag.aliyuncs.com"] as const),
]);

/** Where the tags of a region are; those of what has none are served centrally. */
export function tagHome(region: string): NonNullable<AlibabaCall["home"]> {
  const host = TAG_HOSTS.get(region) ?? `tag.${regionIdOf(region)}.aliyuncs.com`;
  return { host, region };
}

/**
 * Resource Center answers for all regions at one host, of which each of the two sites has its own. Private endpoints are
 * not left for it.
 * @see https://api.alibabacloud.com/product/ResourceCenter
 */
export function resourceCenterHome({ site }: Pick<AlibabaAccountConfig, "site">): NonNullable<AlibabaCall["home"]> {
  return { host: `resourcecenter${site === "international" ? "-intl" : ""}.aliyuncs.com`, region: "global" };
}

/**
 * What calls of the Tag service call a region: centrally deployed services are tagged in one.
 * @see https://www.alibabacloud.com/help/en/resource-management/tag/developer-reference/api-tag-2018-08-28-tagresources
 */
export function regionIdOf(region: string): string {
  return region === "global" ? CENTRAL_REGION : region;
}
