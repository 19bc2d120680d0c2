import type { TextLimits, TypeContract } from "../../../core/contract.ts";
import { arnOf, readArn } from "./naming.ts";
import { TAGGABLE_TYPES } from "./taggable-types.ts";

/** No page has a quota of either API. Half of it is what we use; docs/providers/assumptions.md. */
const TAG_CALLS_PER_SECOND = 20;
const RESOURCE_CENTER_CALLS_PER_SECOND = 10;

const tagApi = (action: string) =>
  ({ action: `alibaba:tag:${action}`, callsPerSecond: TAG_CALLS_PER_SECOND, per: "account" }) as const;

const resourceCenterApi = (action: string) =>
  ({
    action: `alibaba:resourcecenter:${action}`,
    callsPerSecond: RESOURCE_CENTER_CALLS_PER_SECOND,
    per: "account",
  }) as const;

/**
 * ARNs, whose ids no page limits: this is far above the longest, the path of an object in OOS. `*` at the end would be all
 * of a type.
 */
const NAME: TextLimits = {
  minLength: 1,
  maxLength: 1024,
  pattern: "\\P{Cc}*[^\\p{Cc}*]",
  allowed: "no control characters, and no * at the end",
  forbiddenPrefixes: [],
  forbiddenParts: [],
};

/**
 * Services that are deployed centrally, whose resources have no region here: the table that Alibaba Cloud has of them
 * can't be had without an account. docs/providers/assumptions.md.
 */
export const CENTRAL_SERVICES: ReadonlySet<string> = new Set(["alidns", "cdn", "cen", "dcdn", "ram"]);

/**
 * Everything that Alibaba Cloud can tag, by the Tag service, Tag 2018-08-28: up to 50 resources of any types and 10 tags a
 * call, each resource by itself; and Resource Center's inventory, with tags.
 * @see https://www.alibabacloud.com/help/en/resource-management/tag/developer-reference/api-tag-2018-08-28-tagresources
 * @see https://www.alibabacloud.com/help/en/resource-management/tag/developer-reference/api-tag-2018-08-28-listtagresources
 * @see https://www.alibabacloud.com/help/en/resource-management/resource-center/developer-reference/api-resourcecenter-2022-12-01-searchresources
 */
export const genericContract: TypeContract = {
  types: ["alibaba:*:*"],
  optIn: true,
  batching: "together",
  tag: { ...tagApi("TagResources"), resourcesPerCall: 50, tagsPerCall: 10, atomicity: "per-resource" },
  untag: { ...tagApi("UntagResources"), resourcesPerCall: 50, tagsPerCall: 10, atomicity: "per-resource" },
  list: {
    ...tagApi("ListTagResources"),
    idsPerCall: 50,
    rowsPerPage: 1000,
    rows: "resource",
    tagFilters: 10,
    scan: false,
    typeScan: true,
    silentTypes: {},
  },
  inventory: {
    "alibaba:*:*": {
      ...resourceCenterApi("SearchResources"),
      pageSize: 500,
      inlineTags: true,
      provesCompliance: true,
      // https://www.alibabacloud.com/help/en/resource-management/resource-center/developer-reference/api-resourcecenter-2022-12-01-searchresources
      maxAgeMs: 2 * 60_000,
      counting: resourceCenterApi("GetResourceCounts"),
      emptyMayMean: "Resource Center is off or still collecting, or the role may see nothing of it",
    },
  },
  typeListing: { ...tagApi("ListSupportResourceTypes"), usual: TAGGABLE_TYPES },
  naming: { nameOf: arnOf, read: readArn },
  id: NAME,
  tagsPerResource: 20,
  key: {
    minLength: 1,
    maxLength: 128,
    forbiddenPrefixes: ["aliyun", "acs:"],
    forbiddenParts: ["http://", "https://"],
  },
  value: { minLength: 1, maxLength: 128, forbiddenPrefixes: [], forbiddenParts: [] },
  global: false,
  globalServices: CENTRAL_SERVICES,
};
