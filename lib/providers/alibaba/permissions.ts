import { reading, writing, type PermissionTable } from "../permission.ts";

/**
 * RAM's actions. API Gateway's carry the name of the API:
 * https://www.alibabacloud.com/help/en/api-gateway/traditional-api-gateway/developer-reference/api-cloudapi-2016-07-14-ram
 * IPAM's are those of VPC: https://www.alibabacloud.com/help/en/vpc/developer-reference/api-vpcipam-2023-02-28-ram
 */
export const ALIBABA_PERMISSIONS: PermissionTable = {
  "alibaba:apigateway:TagResources": writing("apigateway:TagResources"),
  "alibaba:apigateway:UntagResources": writing("apigateway:UntagResources"),
  "alibaba:apigateway:ListTagResources": reading("apigateway:ListTagResources"),
  "alibaba:apigateway:DescribeApiGroups": reading("apigateway:DescribeApiGroups"),
  "alibaba:apigateway:DescribePlugins": reading("apigateway:DescribePlugins"),
  "alibaba:apigateway:DescribeAppAttributes": reading("apigateway:DescribeAppAttributes"),
  "alibaba:apigateway:DescribeApis": reading("apigateway:DescribeApis"),
  "alibaba:vpcipam:TagResources": writing("vpc:TagResources"),
  "alibaba:vpcipam:UntagResources": writing("vpc:UntagResources"),
  "alibaba:vpcipam:ListTagResources": reading("vpc:ListTagResources"),
  "alibaba:vpcipam:ListIpams": reading("vpc:ListIpams"),
  "alibaba:vpcipam:ListIpamScopes": reading("vpc:ListIpamScopes"),
  "alibaba:vpcipam:ListIpamPools": reading("vpc:ListIpamPools"),
};
