import { ANYWHERE, permissionsFor, statementsFor, type PermissionTable, type Place } from "../permission.ts";

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

/**
 * What the pages of TagResources and UntagResources have as resources: groups and apps. Plug-ins and APIs can be tagged as
 * well, and no page says how they are named there, so whatever the account has in API Gateway is allowed too.
 * https://www.alibabacloud.com/help/en/api-gateway/traditional-api-gateway/developer-reference/api-cloudapi-2016-07-14-tagresources
 */
const gatewayPlaces = (account: string): readonly Place[] => [
  { pattern: `acs:apigateway:*:${account}:apigroup/*`, basis: "documented" },
  { pattern: `acs:apigateway:*:${account}:app/*`, basis: "documented" },
  { pattern: `acs:apigateway:*:${account}:*`, basis: "assumed" },
];

/** https://www.alibabacloud.com/help/en/vpc/developer-reference/api-vpcipam-2023-02-28-listtagresources */
const ipamPlaces = (account: string): readonly Place[] =>
  ["ipam", "ipampool", "ipamscope"].map((kind) => ({
    pattern: `acs:vpc:*:${account}:${kind}/*`,
    basis: "documented",
  }));

const CONFINED: ReadonlyMap<string, (account: string) => readonly Place[]> = new Map([
  ["apigateway:TagResources", gatewayPlaces],
  ["apigateway:UntagResources", gatewayPlaces],
  ["vpc:TagResources", ipamPlaces],
  ["vpc:UntagResources", ipamPlaces],
  ["vpc:ListTagResources", ipamPlaces],
]);

/**
 * Listings are allowed anywhere: their pages have all resources in one edition and a kind in another, and what names a
 * kind lists nothing where all are asked for.
 */
export const alibabaPlacesOf = (action: string, account: string): readonly Place[] =>
  CONFINED.get(action)?.(account) ?? ANYWHERE;

/** https://www.alibabacloud.com/help/en/ram/policy-structure-and-syntax */
export const alibabaPolicy = (actions: readonly string[], account: string) => ({
  Version: "1",
  Statement: statementsFor(actions, (action) => alibabaPlacesOf(action, account)),
});

/**
 * The rights of an audit of everything that an account has: all that its role has, but for writing tags. Resource Center
 * shows a role what it may see, so that one which is cut down to our own calls would see nothing, without an error.
 * https://www.alibabacloud.com/help/en/resource-management/resource-center/user-guide/search-for-resources
 */
export function wholeAccountReadingPolicy() {
  const writes = [...permissionsFor(ALIBABA_PERMISSIONS, ["tag", "untag"]), "tag:TagResources", "tag:UntagResources"];
  return {
    Version: "1",
    Statement: [
      { Effect: "Allow", Action: "*", Resource: "*" },
      { Effect: "Deny", Action: writes, Resource: "*" },
    ],
  };
}
