import type { AlibabaService } from "../call.ts";
import { getResourceCounts } from "./counts.ts";
import { searchResources } from "./search.ts";
import { listResourceTypes } from "./types.ts";

/** Resource Center 2022-12-01: what exists in an account, whatever its region. */
export const resourceCenter: AlibabaService = {
  name: "alibaba:resourcecenter",
  version: "2022-12-01",
  global: true,
  actions: {
    SearchResources: searchResources,
    GetResourceCounts: getResourceCounts,
    ListResourceTypes: listResourceTypes,
  },
};
