/** Global services (IAM, CloudFront, Route 53) answer in one region of each partition. */
const HOMES = { aws: "us-east-1", "aws-cn": "cn-northwest-1", "aws-us-gov": "us-gov-west-1" } as const;

export function isGlobalHome(region: string): boolean {
  return Object.values(HOMES).some((home) => home === region);
}

/** The region that serves a global resource. */
export function globalHomeOf(arn: string): string {
  if (arn.startsWith("arn:aws-cn:")) return HOMES["aws-cn"];
  return arn.startsWith("arn:aws-us-gov:") ? HOMES["aws-us-gov"] : HOMES.aws;
}
