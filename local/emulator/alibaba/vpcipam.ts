import { CloudError } from "../cloud-error.ts";
import { emulatedLimits } from "../limits.ts";
import type { AlibabaService } from "./call.ts";
import type { TagDialect } from "./tag-dialect.ts";
import { listTagResources } from "./tag-list.ts";
import { tagResources, untagResources } from "./tag-writes.ts";
import { vpcIpamInventory } from "./vpcipam-inventory.ts";

const error = (code: string, message: string) => new CloudError(400, code, message);

/** The words of the API's own error table. */
const TOO_MANY = {
  ResourceIds: "The number of Param ResourceIds exceeded the limit.",
  Tags: "The number of Parameter Tags exceeded the limit.",
} as const;

const dialect: TagDialect = {
  typePrefix: "alibaba:vpcipam:",
  limits: {
    IPAM: emulatedLimits["alibaba:vpcipam:IPAM"],
    IPAMSCOPE: emulatedLimits["alibaba:vpcipam:IPAMSCOPE"],
    IPAMPOOL: emulatedLimits["alibaba:vpcipam:IPAMPOOL"],
  },
  needsRegion: true,
  page: { parameter: "MaxResults", size: 10, most: 50 },
  endMark: "",
  nested: false,
  errors: {
    missing: (what) => {
      const names = what === "TagsAndResourceIds" ? "Tags and ResourceIds" : what;
      const message = `The input parameter ${names} that is mandatory for processing this request is not supplied.`;
      return error(`MissingParameter.${what}`, message);
    },
    tooMany: (what) => error(`IllegalParamSize.${what}`, TOO_MANY[what]),
    resourceType: () => error("IllegalParam.ResourceType", "The input parameter ResourceType is invalid."),
    duplicateKey: () => error("DuplicatedParam.TagKey", "TagKey duplicate."),
    key: () => error("IllegalParam.TagKey", "The input parameter TagKey is invalid."),
    value: () => error("IllegalParam.TagValue", "The input parameter TagValue is invalid."),
    reserved: () => error("IllegalParam.TagKey", "The input parameter TagKey is invalid."),
    pageSize: () => error("IllegalParam.MaxResults", "The input parameter MaxResults is invalid."),
    token: () => error("Invalid.NextToken", "The specified NextToken is invalid."),
    region: () => new CloudError(404, "InvalidRegionId.NotFound", "The specified RegionId does not exist."),
  },
};

/** VpcIpam 2023-02-28. */
export const vpcIpam: AlibabaService = {
  name: "alibaba:vpcipam",
  version: "2023-02-28",
  actions: {
    TagResources: tagResources(dialect),
    UntagResources: untagResources(dialect),
    ListTagResources: listTagResources(dialect),
    ...vpcIpamInventory,
  },
};
