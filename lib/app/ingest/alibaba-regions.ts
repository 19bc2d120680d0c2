/**
 * The regions that Alibaba Cloud's EventBridge is in, as its own page lists them. Its certificates lie at
 * `REGION-eventbridge.oss-accelerate.aliyuncs.com`, in a bucket of each region, and a bucket's name belongs to whoever
 * asks for it first: any other name that ends in `-eventbridge` may be a stranger's.
 * https://help.aliyun.com/document_detail/609691.htm and
 * https://www.alibabacloud.com/help/en/eventbridge/user-guide/signature-algorithm
 */
export const EVENTBRIDGE_REGIONS: readonly string[] = [
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-south-1",
  "ap-southeast-1",
  "ap-southeast-3",
  "ap-southeast-5",
  "ap-southeast-6",
  "ap-southeast-7",
  "cn-beijing",
  "cn-chengdu",
  "cn-guangzhou",
  "cn-hangzhou",
  "cn-heyuan",
  "cn-hongkong",
  "cn-huhehaote",
  "cn-qingdao",
  "cn-shanghai",
  "cn-shanghai-finance-1",
  "cn-shenzhen",
  "cn-wulanchabu",
  "cn-zhangjiakou",
  "eu-central-1",
  "eu-west-1",
  "us-east-1",
  "us-west-1",
];
