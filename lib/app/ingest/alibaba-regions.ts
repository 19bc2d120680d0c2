/**
 * Alibaba Cloud's regions. EventBridge's certificates lie in a bucket of each, and a bucket's name belongs to whoever
 * asks for it first: any other name that ends in `-eventbridge` may be a stranger's.
 * https://www.alibabacloud.com/help/en/ecs/user-guide/regions-and-zones
 */
export const ALIBABA_REGIONS: readonly string[] = [
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-south-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-southeast-3",
  "ap-southeast-5",
  "ap-southeast-6",
  "ap-southeast-7",
  "cn-beijing",
  "cn-chengdu",
  "cn-fuzhou",
  "cn-guangzhou",
  "cn-hangzhou",
  "cn-heyuan",
  "cn-hongkong",
  "cn-huhehaote",
  "cn-nanjing",
  "cn-qingdao",
  "cn-shanghai",
  "cn-shenzhen",
  "cn-wuhan-lr",
  "cn-wulanchabu",
  "cn-zhangjiakou",
  "eu-central-1",
  "eu-west-1",
  "me-central-1",
  "me-east-1",
  "na-south-1",
  "us-east-1",
  "us-west-1",
];
