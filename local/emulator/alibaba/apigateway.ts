import { CloudError } from "../cloud-error.ts";
import { emulatedLimits } from "../limits.ts";
import { apiGatewayInventory } from "./apigateway-inventory.ts";
import type { AlibabaService } from "./call.ts";
import type { TagDialect } from "./tag-dialect.ts";
import { listTagResources } from "./tag-list.ts";
import { tagResources, untagResources } from "./tag-writes.ts";

const error = (code: string, message: string) => new CloudError(400, code, message);

/** API Gateway names its errors like the other services that share Alibaba Cloud's tag interface. */
const dialect: TagDialect = {
  typePrefix: "alibaba:apigateway:",
  limits: {
    apiGroup: emulatedLimits["alibaba:apigateway:apiGroup"],
    plugin: emulatedLimits["alibaba:apigateway:plugin"],
    app: emulatedLimits["alibaba:apigateway:app"],
    api: emulatedLimits["alibaba:apigateway:api"],
  },
  needsRegion: false,
  page: { size: 50, most: 50 },
  endMark: "-1",
  nested: true,
  errors: {
    missing: (what) => {
      const name = what === "TagsAndResourceIds" ? "TagOrResourceId" : what;
      return error(`MissingParameter.${name}`, `The ${name} is mandatory for this action.`);
    },
    tooMany: (what, limit) =>
      error(`NumberExceed.${what}`, `The maximum number of ${what} is exceeded. The maximum is ${limit}.`),
    resourceType: () => error("InvalidParameter.ResourceType", "The ResourceType parameter is invalid."),
    duplicateKey: () => error("Duplicate.TagKey", "The Tag.N.Key contains duplicate keys."),
    duplicateId: () => error("Duplicate.ResourceId", "The ResourceId.N contains duplicate ids."),
    key: () => error("InvalidParameter.TagKey", "The Tag.N.Key parameter is invalid."),
    value: () => error("InvalidParameter.TagValue", "The Tag.N.Value parameter is invalid."),
    reserved: () => error("NoPermission.SystemTag", "You are not authorized to operate on system tags."),
    pageSize: () => error("InvalidPageSize", "The specified parameter PageSize value is not valid."),
    token: () => error("Invalid.NextToken", "The specified NextToken is invalid."),
    region: () => error("InvalidRegionId", "The specified parameter RegionId value is not valid."),
  },
};

/** CloudAPI 2016-07-14: its requests name no region, so the endpoint is the region. */
export const apiGateway: AlibabaService = {
  name: "alibaba:apigateway",
  version: "2016-07-14",
  actions: {
    TagResources: tagResources(dialect),
    UntagResources: untagResources(dialect),
    ListTagResources: listTagResources(dialect),
    ...apiGatewayInventory,
  },
};
