import type { TextLimits, TypeContract } from "../../core/contract.ts";

/** Calls per second of one account, per API: what most CloudAPI actions document. docs/providers/alibaba.md says where it is assumed. */
const CALLS_PER_SECOND = 50;

/** Prefixes and parts that Alibaba Cloud keeps for itself, in keys everywhere; the parts in IPAM's values as well. */
const RESERVED = { forbiddenPrefixes: ["aliyun", "acs:"], forbiddenParts: ["http://", "https://"] } as const;

const api = (service: string, action: string) => ({
  action: `alibaba:${service}:${action}`,
  callsPerSecond: CALLS_PER_SECOND,
});

/**
 * No page limits ids here; they are words of some thirty letters and digits. This keeps a call at a readable size, and what
 * no id holds out of it.
 */
const ID: TextLimits = {
  minLength: 1,
  maxLength: 256,
  pattern: "\\P{Cc}+",
  allowed: "no control characters",
  forbiddenPrefixes: [],
  forbiddenParts: [],
};

const ANY_VALUE: TextLimits = { minLength: 0, maxLength: 128, forbiddenPrefixes: [], forbiddenParts: [] };

/**
 * API Gateway, CloudAPI 2016-07-14: one call tags up to 50 resources of one type with up to 20 tags, all or none.
 * A key may be the empty string. No page forbids a value anything, so that it may hold a link.
 * @see https://www.alibabacloud.com/help/en/api-gateway/traditional-api-gateway/developer-reference/api-cloudapi-2016-07-14-tagresources
 * @see https://www.alibabacloud.com/help/en/api-gateway/traditional-api-gateway/developer-reference/api-cloudapi-2016-07-14-listtagresources
 */
export const apiGatewayContract: TypeContract = {
  types: [
    "alibaba:apigateway:apiGroup",
    "alibaba:apigateway:plugin",
    "alibaba:apigateway:app",
    "alibaba:apigateway:api",
  ],
  batching: "each",
  tag: { ...api("apigateway", "TagResources"), resourcesPerCall: 50, tagsPerCall: 20, atomicity: "all-or-none" },
  untag: { ...api("apigateway", "UntagResources"), resourcesPerCall: 50, tagsPerCall: 20, atomicity: "all-or-none" },
  list: {
    ...api("apigateway", "ListTagResources"),
    idsPerCall: 50,
    rowsPerPage: 50,
    rows: "tag",
    tagFilters: 20,
    scan: false,
    silentTypes: {},
  },
  inventory: {
    "alibaba:apigateway:apiGroup": { ...api("apigateway", "DescribeApiGroups"), pageSize: 50, inlineTags: true },
    "alibaba:apigateway:plugin": { ...api("apigateway", "DescribePlugins"), pageSize: 100, inlineTags: true },
    "alibaba:apigateway:app": { ...api("apigateway", "DescribeAppAttributes"), pageSize: 100, inlineTags: true },
    "alibaba:apigateway:api": { ...api("apigateway", "DescribeApis"), pageSize: 50, inlineTags: true },
  },
  id: ID,
  tagsPerResource: 20,
  key: { minLength: 0, maxLength: 128, ...RESERVED },
  value: ANY_VALUE,
  global: false,
};

/**
 * VPC IPAM, VpcIpam 2023-02-28: one call tags up to 20 resources of one type with up to 20 tags. Whether it is atomic
 * is not documented; it is treated as all or none. What may be written is also all that may be looked for.
 * @see https://www.alibabacloud.com/help/en/vpc/developer-reference/api-vpcipam-2023-02-28-listtagresources
 * @see https://www.alibabacloud.com/help/en/vpc/developer-reference/api-vpcipam-2023-02-28-tagresources
 */
export const vpcIpamContract: TypeContract = {
  types: ["alibaba:vpcipam:IPAM", "alibaba:vpcipam:IPAMSCOPE", "alibaba:vpcipam:IPAMPOOL"],
  batching: "each",
  tag: { ...api("vpcipam", "TagResources"), resourcesPerCall: 20, tagsPerCall: 20, atomicity: "all-or-none" },
  untag: { ...api("vpcipam", "UntagResources"), resourcesPerCall: 20, tagsPerCall: 20, atomicity: "all-or-none" },
  list: {
    ...api("vpcipam", "ListTagResources"),
    idsPerCall: 50,
    rowsPerPage: 50,
    rows: "tag",
    tagFilters: 20,
    filtersAs: "written",
    scan: false,
    silentTypes: {},
  },
  inventory: {
    "alibaba:vpcipam:IPAM": { ...api("vpcipam", "ListIpams"), pageSize: 100, inlineTags: true },
    "alibaba:vpcipam:IPAMSCOPE": { ...api("vpcipam", "ListIpamScopes"), pageSize: 100, inlineTags: true },
    "alibaba:vpcipam:IPAMPOOL": { ...api("vpcipam", "ListIpamPools"), pageSize: 100, inlineTags: true },
  },
  id: ID,
  tagsPerResource: 20,
  key: {
    minLength: 1,
    maxLength: 64,
    pattern: "[A-Za-z\\p{Script=Han}][A-Za-z0-9\\p{Script=Han}._-]*",
    allowed: "a letter or Chinese character first, then letters, Chinese characters, digits and . _ -",
    ...RESERVED,
  },
  value: { ...ANY_VALUE, forbiddenParts: RESERVED.forbiddenParts },
  global: false,
};
