import type { PermissionTable } from "../permission.ts";

/**
 * RAM's actions. API Gateway's carry the name of the API:
 * https://www.alibabacloud.com/help/en/api-gateway/traditional-api-gateway/developer-reference/api-cloudapi-2016-07-14-ram
 * IPAM's are those of VPC: https://www.alibabacloud.com/help/en/vpc/developer-reference/api-vpcipam-2023-02-28-ram
 */
export const ALIBABA_PERMISSIONS: PermissionTable = {
  "alibaba:apigateway:TagResources": { tag: ["apigateway:TagResources"] },
  "alibaba:apigateway:UntagResources": { untag: ["apigateway:UntagResources"] },
  "alibaba:apigateway:ListTagResources": { read: ["apigateway:ListTagResources"] },
  "alibaba:apigateway:DescribeApiGroups": { read: ["apigateway:DescribeApiGroups"] },
  "alibaba:apigateway:DescribePlugins": { read: ["apigateway:DescribePlugins"] },
  "alibaba:apigateway:DescribeAppAttributes": { read: ["apigateway:DescribeAppAttributes"] },
  "alibaba:apigateway:DescribeApis": { read: ["apigateway:DescribeApis"] },
  "alibaba:vpcipam:TagResources": { tag: ["vpc:TagResources"] },
  "alibaba:vpcipam:UntagResources": { untag: ["vpc:UntagResources"] },
  "alibaba:vpcipam:ListTagResources": { read: ["vpc:ListTagResources"] },
  "alibaba:vpcipam:ListIpams": { read: ["vpc:ListIpams"] },
  "alibaba:vpcipam:ListIpamScopes": { read: ["vpc:ListIpamScopes"] },
  "alibaba:vpcipam:ListIpamPools": { read: ["vpc:ListIpamPools"] },
};
