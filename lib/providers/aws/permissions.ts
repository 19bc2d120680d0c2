import type { PermissionTable } from "../permission.ts";

/**
 * The tagging API asks each service as the caller, so that the caller needs the service's own action too; by the
 * service of the ARN. Names are those of the Service Authorization Reference, which a test knows by heart:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const TAGGING = {
  // PUT is how tags of REST APIs are added, and POST those of HTTP and WebSocket APIs; AWS_CONFINED has the rest.
  // https://docs.aws.amazon.com/apigateway/latest/api/API_TagResource.html
  // https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/tags-resource-arn.html
  apigateway: { add: ["apigateway:PUT", "apigateway:POST"], remove: ["apigateway:DELETE"] },
  appmesh: { add: ["appmesh:TagResource"], remove: ["appmesh:UntagResource"] },
  autoscaling: { add: ["autoscaling:CreateOrUpdateTags"], remove: ["autoscaling:DeleteTags"] },
  cloudfront: { add: ["cloudfront:TagResource"], remove: ["cloudfront:UntagResource"] },
  cloudhsm: { add: ["cloudhsm:TagResource"], remove: ["cloudhsm:UntagResource"] },
  cloudsearch: { add: ["cloudsearch:AddTags"], remove: ["cloudsearch:RemoveTags"] },
  cloudtrail: { add: ["cloudtrail:AddTags"], remove: ["cloudtrail:RemoveTags"] },
  cloudwatch: { add: ["cloudwatch:TagResource"], remove: ["cloudwatch:UntagResource"] },
  datapipeline: { add: ["datapipeline:AddTags"], remove: ["datapipeline:RemoveTags"] },
  dms: { add: ["dms:AddTagsToResource"], remove: ["dms:RemoveTagsFromResource"] },
  dynamodb: { add: ["dynamodb:TagResource"], remove: ["dynamodb:UntagResource"] },
  ec2: { add: ["ec2:CreateTags"], remove: ["ec2:DeleteTags"] },
  elasticloadbalancing: { add: ["elasticloadbalancing:AddTags"], remove: ["elasticloadbalancing:RemoveTags"] },
  elasticmapreduce: { add: ["elasticmapreduce:AddTags"], remove: ["elasticmapreduce:RemoveTags"] },
  es: { add: ["es:AddTags"], remove: ["es:RemoveTags"] },
  events: { add: ["events:TagResource"], remove: ["events:UntagResource"] },
  firehose: { add: ["firehose:TagDeliveryStream"], remove: ["firehose:UntagDeliveryStream"] },
  iam: {
    add: ["iam:TagInstanceProfile", "iam:TagPolicy", "iam:TagRole", "iam:TagUser"],
    remove: ["iam:UntagInstanceProfile", "iam:UntagPolicy", "iam:UntagRole", "iam:UntagUser"],
  },
  kinesis: { add: ["kinesis:AddTagsToStream"], remove: ["kinesis:RemoveTagsFromStream"] },
  lambda: { add: ["lambda:TagResource"], remove: ["lambda:UntagResource"] },
  logs: { add: ["logs:TagLogGroup", "logs:TagResource"], remove: ["logs:UntagLogGroup", "logs:UntagResource"] },
  opsworks: { add: ["opsworks:TagResource"], remove: ["opsworks:UntagResource"] },
  rds: { add: ["rds:AddTagsToResource"], remove: ["rds:RemoveTagsFromResource"] },
  redshift: { add: ["redshift:CreateTags"], remove: ["redshift:DeleteTags"] },
  rolesanywhere: { add: ["rolesanywhere:TagResource"], remove: ["rolesanywhere:UntagResource"] },
  // S3's tags are written as a whole, so the tagging API reads them first, and who may add may take off.
  s3: {
    add: ["s3:GetBucketTagging", "s3:PutBucketTagging", "s3:TagResource"],
    remove: ["s3:GetBucketTagging", "s3:PutBucketTagging", "s3:UntagResource"],
  },
  sagemaker: { add: ["sagemaker:AddTags"], remove: ["sagemaker:DeleteTags"] },
  secretsmanager: { add: ["secretsmanager:TagResource"], remove: ["secretsmanager:UntagResource"] },
  sqs: { add: ["sqs:TagQueue"], remove: ["sqs:UntagQueue"] },
  ssm: { add: ["ssm:AddTagsToResource"], remove: ["ssm:RemoveTagsFromResource"] },
} satisfies Readonly<Record<string, { readonly add: readonly string[]; readonly remove: readonly string[] }>>;

const services = Object.values(TAGGING);

export const AWS_PERMISSIONS: PermissionTable = {
  "aws:tagging:GetResources": { read: ["tag:GetResources"] },
  "aws:config:SelectResourceConfig": { read: ["config:SelectResourceConfig"] },
  // The API has no permission of its own: https://docs.aws.amazon.com/resource-explorer/latest/apireference/API_ListResources.html
  "aws:resource-explorer-2:ListResources": { read: ["resource-explorer-2:Search"] },
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
export const AWS_CONFINED: ReadonlyMap<string, string> = new Map(
  Object.values(TAGGING.apigateway).flatMap((actions) => actions.map((action) => [action, API_GATEWAY_TAGS] as const)),
);
