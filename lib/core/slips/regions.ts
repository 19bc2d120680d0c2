import type { ProviderName } from "../resource.ts";

/**
 * The regions that each cloud's own pages and SDKs name, so that one that is mistyped is seen. Clouds open new ones: that
 * a region isn't here proves nothing, and is only ever a reason to ask.
 * https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html,
 * https://www.alibabacloud.com/help/en/cloud-migration-guide-for-beginners/latest/regions-and-zones and
 * https://developer.huaweicloud.com/intl/en-us/endpoint
 */
const NAMES: Readonly<Record<ProviderName, string>> = {
  aws: `us-east-1 us-east-2 us-west-1 us-west-2 af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2
    ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5
    ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2
    eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 cn-north-1
    cn-northwest-1 us-gov-east-1 us-gov-west-1 us-iso-east-1 us-iso-west-1 us-isob-east-1 us-isob-west-1
    us-isof-east-1 us-isof-south-1 eu-isoe-west-1 eusc-de-east-1`,
  alibaba: `cn-hangzhou cn-shanghai cn-beijing cn-qingdao cn-zhangjiakou cn-huhehaote cn-wulanchabu cn-shenzhen
    cn-heyuan cn-guangzhou cn-chengdu cn-hongkong cn-nanjing cn-fuzhou cn-wuhan cn-wuhan-lr cn-zhengzhou-jva
    cn-hangzhou-finance cn-shanghai-finance-1 cn-shenzhen-finance-1 cn-beijing-finance-1 cn-north-2-gov-1
    cn-heyuan-acdr-1 ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-1 ap-southeast-2 ap-southeast-3
    ap-southeast-5 ap-southeast-6 ap-southeast-7 us-east-1 us-west-1 na-south-1 eu-central-1 eu-west-1 me-central-1
    me-east-1`,
  huawei: `cn-north-1 cn-north-2 cn-north-4 cn-north-9 cn-north-11 cn-north-12 cn-north-219 cn-east-2 cn-east-3
    cn-east-4 cn-east-5 cn-south-1 cn-south-2 cn-south-4 cn-southwest-2 ap-southeast-1 ap-southeast-2 ap-southeast-3
    ap-southeast-4 ap-southeast-5 af-south-1 af-north-1 la-north-2 la-south-2 na-mexico-1 sa-brazil-1 sa-chile-1
    sa-peru-1 sa-argentina-1 eu-west-0 eu-west-101 me-east-1 ae-ad-1 my-kualalumpur-1 ru-moscow-1 tr-west-1`,
};

export const REGIONS: Readonly<Record<ProviderName, readonly string[]>> = {
  aws: NAMES.aws.split(/\s+/),
  alibaba: NAMES.alibaba.split(/\s+/),
  huawei: NAMES.huawei.split(/\s+/),
};
