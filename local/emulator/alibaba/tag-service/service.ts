import type { AlibabaService } from "../call.ts";
import { listTagResources } from "./list.ts";
import { listSupportResourceTypes } from "./support.ts";
import { tagResources, untagResources } from "./writes.ts";

/** Tag 2018-08-28: the tags of every product, by ARN. */
export const tagService: AlibabaService = {
  name: "alibaba:tag",
  version: "2018-08-28",
  actions: {
    TagResources: tagResources,
    UntagResources: untagResources,
    ListTagResources: listTagResources,
    ListSupportResourceTypes: listSupportResourceTypes,
  },
};
