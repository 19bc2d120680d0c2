/** One API call that takes tags off, and where its record names what from. */
export interface AwsTagCall {
  readonly source: string;
  readonly eventName: string;
  /** Path to the ids in the record. */
  readonly ids: string;
  /** How an id that is no ARN becomes one; absent = only ARNs are taken. */
  readonly arn?: string;
  /** Path to the keys; absent = the call takes all of them off. */
  readonly keys?: string;
  /** The page of the call. CloudTrail writes the fields of its request with the first letter in lower case. */
  readonly page: string;
}

const API = "https://docs.aws.amazon.com/";

/**
 * Calls whose records say plainly which resource they are about. What others take off, AWS's own event of the change
 * tells, where it comes, and the next audit.
 */
export const AWS_TAG_CALLS: readonly AwsTagCall[] = [
  row(
    "acm RemoveTagsFromCertificate certificateArn tags[].key acm/latest/APIReference/API_RemoveTagsFromCertificate.html",
  ),
  row("cloudtrail RemoveTags resourceId tagsList[].key awscloudtrail/latest/APIReference/API_RemoveTags.html"),
  row("dynamodb UntagResource resourceArn tagKeys[] amazondynamodb/latest/APIReference/API_UntagResource.html"),
  row(
    "ec2 DeleteTags resourcesSet.items[].resourceId tagSet.items[].key AWSEC2/latest/APIReference/API_DeleteTags.html",
    "arn:{partition}:ec2:{region}:{account}:{ec2Kind}/{id}",
  ),
  row("ecr UntagResource resourceArn tagKeys[] AmazonECR/latest/APIReference/API_UntagResource.html"),
  row("ecs UntagResource resourceArn tagKeys[] AmazonECS/latest/APIReference/API_UntagResource.html"),
  row("eks UntagResource resourceArn tagKeys[] eks/latest/APIReference/API_UntagResource.html"),
  row(
    "elasticache RemoveTagsFromResource resourceName tagKeys[] AmazonElastiCache/latest/APIReference/API_RemoveTagsFromResource.html",
  ),
  row(
    "elasticloadbalancing RemoveTags resourceArns[] tagKeys[] elasticloadbalancing/latest/APIReference/API_RemoveTags.html",
  ),
  row("es RemoveTags aRN tagKeys[] opensearch-service/latest/APIReference/API_RemoveTags.html"),
  row("events UntagResource resourceARN tagKeys[] eventbridge/latest/APIReference/API_UntagResource.html"),
  row(
    "firehose UntagDeliveryStream deliveryStreamName tagKeys[] firehose/latest/APIReference/API_UntagDeliveryStream.html",
    "arn:{partition}:firehose:{region}:{account}:deliverystream/{id}",
  ),
  row(
    "kinesis RemoveTagsFromStream streamARN|streamName tagKeys[] kinesis/latest/APIReference/API_RemoveTagsFromStream.html",
    "arn:{partition}:kinesis:{region}:{account}:stream/{id}",
  ),
  row(
    "kms UntagResource keyId tagKeys[] kms/latest/APIReference/API_UntagResource.html",
    "arn:{partition}:kms:{region}:{account}:key/{id}",
  ),
  row("lambda UntagResource20170331v2 resource tagKeys[] lambda/latest/api/API_UntagResource.html"),
  row(
    "logs UntagLogGroup logGroupName tags[] AmazonCloudWatchLogs/latest/APIReference/API_UntagLogGroup.html",
    "arn:{partition}:logs:{region}:{account}:log-group:{id}",
  ),
  row("logs UntagResource resourceArn tagKeys[] AmazonCloudWatchLogs/latest/APIReference/API_UntagResource.html"),
  row(
    "rds RemoveTagsFromResource resourceName tagKeys[] AmazonRDS/latest/APIReference/API_RemoveTagsFromResource.html",
  ),
  row("redshift DeleteTags resourceName tagKeys[] redshift/latest/APIReference/API_DeleteTags.html"),
  row(
    "s3 DeleteBucketTagging bucketName - AmazonS3/latest/API/API_DeleteBucketTagging.html",
    "arn:{partition}:s3:::{id}",
  ),
  row("sagemaker DeleteTags resourceArn tagKeys[] sagemaker/latest/APIReference/API_DeleteTags.html"),
  row("secretsmanager UntagResource secretId tagKeys[] secretsmanager/latest/apireference/API_UntagResource.html"),
  row("sns UntagResource resourceArn tagKeys[] sns/latest/api/API_UntagResource.html"),
  row(
    "sqs UntagQueue queueUrl tagKeys[] AWSSimpleQueueService/latest/APIReference/API_UntagQueue.html",
    "arn:{partition}:sqs:{region}:{account}:{lastOfUrl}",
  ),
  row(
    "tagging UntagResources resourceARNList[] tagKeys[] resourcegroupstagging/latest/APIReference/API_UntagResources.html",
  ),
];

/** Service, call, path to the ids, path to the keys (`-` = there is none) and page, in one text; paths within the request. */
function row(line: string, arn?: string): AwsTagCall {
  const [service = "", eventName = "", ids = "", keys = "", page = ""] = line.split(" ");
  const inRequest = (path: string): string =>
    path
      .split("|")
      .map((each) => `requestParameters.${each}`)
      .join("|");
  return {
    source: `${service}.amazonaws.com`,
    eventName,
    ids: inRequest(ids),
    ...(arn !== undefined && { arn }),
    ...(keys !== "-" && { keys: inRequest(keys) }),
    page: `${API}${page}`,
  };
}

/**
 * What an EC2 id is of, by what stands before its first hyphen.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
 */
export const EC2_KINDS: Readonly<Record<string, string>> = {
  acl: "network-acl",
  ami: "image",
  cgw: "customer-gateway",
  cr: "capacity-reservation",
  dopt: "dhcp-options",
  eigw: "egress-only-internet-gateway",
  eipalloc: "elastic-ip",
  eni: "network-interface",
  fl: "vpc-flow-log",
  i: "instance",
  igw: "internet-gateway",
  key: "key-pair",
  lt: "launch-template",
  nat: "natgateway",
  pcx: "vpc-peering-connection",
  pl: "prefix-list",
  rtb: "route-table",
  sg: "security-group",
  snap: "snapshot",
  subnet: "subnet",
  tgw: "transit-gateway",
  vgw: "vpn-gateway",
  vol: "volume",
  vpc: "vpc",
  vpce: "vpc-endpoint",
  vpn: "vpn-connection",
};
