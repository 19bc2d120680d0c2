import type { EmulatedLimits } from "../../limits.ts";

/** What the Tag service allows, whatever the product; only the number of tags of a resource is the product's own. */
export const tagServiceLimits: EmulatedLimits = {
  resourcesPerCall: 50,
  tagsPerCall: 10,
  keysPerUntagCall: 10,
  idsPerCall: 50,
  filtersAsWritten: false,
  rowsPerPage: 1000,
  inventoryPageSize: 0,
  tagsPerResource: 20,
  silentTypes: [],
  key: {
    minLength: 1,
    maxLength: 128,
    reservedPrefixes: ["aliyun", "acs:"],
    reservedParts: ["http://", "https://"],
  },
  value: { minLength: 1, maxLength: 128, reservedPrefixes: [], reservedParts: [] },
  documentation:
    "https://www.alibabacloud.com/help/en/resource-management/tag/developer-reference/api-tag-2018-08-28-tagresources",
};
