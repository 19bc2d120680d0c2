import { ANYWHERE, statementsFor, type PermissionTable, type Place } from "../permission.ts";

/**
 * The tagging API asks each service as the caller, so that the caller needs the service's own action too; by the
 * service of the ARN. Names are those of the Service Authorization Reference, which a test knows by heart:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const TAGGING = {
  acm: { add: ["acm:AddTagsToCertificate"], remove: ["acm:RemoveTagsFromCertificate"] },
  // PUT is how tags of REST APIs are added, and POST those of HTTP and WebSocket APIs; CONFINED has the rest.
  // https://docs.aws.amazon.com/apigateway/latest/api/API_TagResource.html
  // https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/tags-resource-arn.html
  apigateway: { add: ["apigateway:PUT", "apigateway:POST"], remove: ["apigateway:DELETE"] },
  appmesh: { add: ["appmesh:TagResource"], remove: ["appmesh:UntagResource"] },
  autoscaling: { add: ["autoscaling:CreateOrUpdateTags"], remove: ["autoscaling:DeleteTags"] },
  backup: { add: ["backup:TagResource"], remove: ["backup:UntagResource"] },
  batch: { add: ["batch:TagResource"], remove: ["batch:UntagResource"] },
  bedrock: { add: ["bedrock:TagResource"], remove: ["bedrock:UntagResource"] },
  cloudfront: { add: ["cloudfront:TagResource"], remove: ["cloudfront:UntagResource"] },
  cloudhsm: { add: ["cloudhsm:TagResource"], remove: ["cloudhsm:UntagResource"] },
  cloudsearch: { add: ["cloudsearch:AddTags"], remove: ["cloudsearch:RemoveTags"] },
  cloudtrail: { add: ["cloudtrail:AddTags"], remove: ["cloudtrail:RemoveTags"] },
  cloudwatch: { add: ["cloudwatch:TagResource"], remove: ["cloudwatch:UntagResource"] },
  "cognito-identity": { add: ["cognito-identity:TagResource"], remove: ["cognito-identity:UntagResource"] },
  datapipeline: { add: ["datapipeline:AddTags"], remove: ["datapipeline:RemoveTags"] },
  dms: { add: ["dms:AddTagsToResource"], remove: ["dms:RemoveTagsFromResource"] },
  dynamodb: { add: ["dynamodb:TagResource"], remove: ["dynamodb:UntagResource"] },
  ec2: { add: ["ec2:CreateTags"], remove: ["ec2:DeleteTags"] },
  ecr: { add: ["ecr:TagResource"], remove: ["ecr:UntagResource"] },
  ecs: { add: ["ecs:TagResource"], remove: ["ecs:UntagResource"] },
  eks: { add: ["eks:TagResource"], remove: ["eks:UntagResource"] },
  elasticache: { add: ["elasticache:AddTagsToResource"], remove: ["elasticache:RemoveTagsFromResource"] },
  // In place of the call's own name: https://docs.aws.amazon.com/elasticbeanstalk/latest/api/API_UpdateTagsForResource.html
  elasticbeanstalk: { add: ["elasticbeanstalk:AddTags"], remove: ["elasticbeanstalk:RemoveTags"] },
  elasticfilesystem: {
    add: ["elasticfilesystem:CreateTags", "elasticfilesystem:TagResource"],
    remove: ["elasticfilesystem:DeleteTags", "elasticfilesystem:UntagResource"],
  },
  elasticloadbalancing: { add: ["elasticloadbalancing:AddTags"], remove: ["elasticloadbalancing:RemoveTags"] },
  elasticmapreduce: { add: ["elasticmapreduce:AddTags"], remove: ["elasticmapreduce:RemoveTags"] },
  es: { add: ["es:AddTags"], remove: ["es:RemoveTags"] },
  events: { add: ["events:TagResource"], remove: ["events:UntagResource"] },
  firehose: { add: ["firehose:TagDeliveryStream"], remove: ["firehose:UntagDeliveryStream"] },
  iam: {
    add: [
      "iam:TagInstanceProfile",
      "iam:TagOpenIDConnectProvider",
      "iam:TagPolicy",
      "iam:TagRole",
      "iam:TagSAMLProvider",
      "iam:TagServerCertificate",
      "iam:TagUser",
    ],
    remove: [
      "iam:UntagInstanceProfile",
      "iam:UntagOpenIDConnectProvider",
      "iam:UntagPolicy",
      "iam:UntagRole",
      "iam:UntagSAMLProvider",
      "iam:UntagServerCertificate",
      "iam:UntagUser",
    ],
  },
  kafka: { add: ["kafka:TagResource"], remove: ["kafka:UntagResource"] },
  kinesis: { add: ["kinesis:AddTagsToStream"], remove: ["kinesis:RemoveTagsFromStream"] },
  kms: { add: ["kms:TagResource"], remove: ["kms:UntagResource"] },
  lambda: { add: ["lambda:TagResource"], remove: ["lambda:UntagResource"] },
  logs: { add: ["logs:TagLogGroup", "logs:TagResource"], remove: ["logs:UntagLogGroup", "logs:UntagResource"] },
  memorydb: { add: ["memorydb:TagResource"], remove: ["memorydb:UntagResource"] },
  opsworks: { add: ["opsworks:TagResource"], remove: ["opsworks:UntagResource"] },
  rds: { add: ["rds:AddTagsToResource"], remove: ["rds:RemoveTagsFromResource"] },
  redshift: { add: ["redshift:CreateTags"], remove: ["redshift:DeleteTags"] },
  "redshift-serverless": { add: ["redshift-serverless:TagResource"], remove: ["redshift-serverless:UntagResource"] },
  rolesanywhere: { add: ["rolesanywhere:TagResource"], remove: ["rolesanywhere:UntagResource"] },
  route53: { add: ["route53:ChangeTagsForResource"], remove: ["route53:ChangeTagsForResource"] },
  // S3's tags are written as a whole, so the tagging API reads them first, and who may add may take off.
  s3: {
    add: ["s3:GetBucketTagging", "s3:PutBucketTagging", "s3:TagResource"],
    remove: ["s3:GetBucketTagging", "s3:PutBucketTagging", "s3:UntagResource"],
  },
  s3express: { add: ["s3express:TagResource"], remove: ["s3express:UntagResource"] },
  sagemaker: { add: ["sagemaker:AddTags"], remove: ["sagemaker:DeleteTags"] },
  secretsmanager: { add: ["secretsmanager:TagResource"], remove: ["secretsmanager:UntagResource"] },
  sns: { add: ["sns:TagResource"], remove: ["sns:UntagResource"] },
  sqs: { add: ["sqs:TagQueue"], remove: ["sqs:UntagQueue"] },
  ssm: { add: ["ssm:AddTagsToResource"], remove: ["ssm:RemoveTagsFromResource"] },
} satisfies Readonly<Record<string, { readonly add: readonly string[]; readonly remove: readonly string[] }>>;

const services = Object.values(TAGGING);

export const AWS_PERMISSIONS: PermissionTable = {
  "aws:tagging:GetResources": { read: ["tag:GetResources"] },
  "aws:config:SelectResourceConfig": { read: ["config:SelectResourceConfig"] },
  // The API has no permission of its own: https://docs.aws.amazon.com/resource-explorer/latest/apireference/API_ListResources.html
  "aws:resource-explorer-2:ListResources": { read: ["resource-explorer-2:Search"] },
  "aws:iam:ListRoleTags": { read: ["iam:ListRoleTags"] },
  "aws:iam:ListUserTags": { read: ["iam:ListUserTags"] },
  "aws:iam:ListRoles": { read: ["iam:ListRoles"] },
  "aws:iam:ListUsers": { read: ["iam:ListUsers"] },
  // Of the same name. It shows policies as well, so nobody is asked for it: audits use it where it is granted.
  "aws:iam:GetAccountAuthorizationDetails": {},
  "aws:autoscaling:DescribeTags": { read: ["autoscaling:DescribeTags"] },
  "aws:autoscaling:DescribeAutoScalingGroups": { read: ["autoscaling:DescribeAutoScalingGroups"] },
  "aws:tagging:TagResources": { tag: ["tag:TagResources", ...services.flatMap(({ add }) => add)] },
  "aws:tagging:UntagResources": { untag: ["tag:UntagResources", ...services.flatMap(({ remove }) => remove)] },
};

/**
 * The tags of API Gateway's resources, in every partition: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html
 */
const API_GATEWAY_TAGS = "arn:*:apigateway:*::/tags/*";

/**
 * Actions that elsewhere change more than tags, with the only resources for which they may be allowed. API Gateway's
 * are the methods of its HTTP API: whoever may DELETE anything may delete an API.
 */
const CONFINED: ReadonlyMap<string, readonly Place[]> = new Map(
  Object.values(TAGGING.apigateway).flatMap((actions) =>
    actions.map((action) => [action, [{ pattern: API_GATEWAY_TAGS, basis: "documented" }]] as const),
  ),
);

export const awsPlacesOf = (action: string): readonly Place[] => CONFINED.get(action) ?? ANYWHERE;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export const awsPolicy = (actions: readonly string[]) => ({
  Version: "2012-10-17",
  Statement: statementsFor(actions, awsPlacesOf),
});
