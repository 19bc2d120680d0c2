import { parseArn, regionOfArn } from "../../../lib/core/aws-arn.ts";

/** Where services without regions answer. In China IAM answers in Beijing, CloudFront and Route 53 in Ningxia. */
const IAM_HOME = { aws: "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1" } as const;
const OTHER_HOME = { ...IAM_HOME, "aws-cn": "cn-northwest-1" } as const;

function partitionOf(region: string): keyof typeof IAM_HOME {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** The regions that serve what has no region, in the partition of this one. */
export function globalHomesNear(region: string): readonly string[] {
  const partition = partitionOf(region);
  return [...new Set([IAM_HOME[partition], OTHER_HOME[partition]])];
}

export function isGlobalHome(region: string): boolean {
  return globalHomesNear(region).includes(region);
}

/** The region that serves a resource without a region. */
export function globalHomeOf(arn: string): string {
  const homes = arn.split(":")[2] === "iam" ? IAM_HOME : OTHER_HOME;
  if (arn.startsWith("arn:aws-cn:")) return homes["aws-cn"];
  return arn.startsWith("arn:aws-us-gov:") ? homes["aws-us-gov"] : homes.aws;
}

/** Whether a resource has no region and is served in another one than this. */
export function hasOtherHome(arn: string, region: string): boolean {
  const parts = parseArn(arn);
  return parts !== undefined && regionOfArn(parts, region) === "global" && globalHomeOf(arn) !== region;
}
