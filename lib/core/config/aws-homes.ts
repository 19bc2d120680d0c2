import type { AwsAccountConfig } from "./config.ts";

type Partition = AwsAccountConfig["partition"];

/**
 * Where each partition keeps the resources that have no region. China's services don't share one: IAM's control plane
 * is in Beijing, that of CloudFront and Route 53 in Ningxia.
 * @see https://docs.amazonaws.cn/en_us/aws/latest/userguide/iam.html
 */
export const AWS_GLOBAL_HOMES: Readonly<Record<Partition, readonly [string, ...string[]]>> = {
  aws: ["us-east-1"],
  "aws-cn": ["cn-north-1", "cn-northwest-1"],
  "aws-us-gov": ["us-gov-west-1"],
};
