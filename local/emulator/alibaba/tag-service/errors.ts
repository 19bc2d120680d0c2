import { CloudError } from "../../cloud-error.ts";

const ARN_FORMAT = "arn:acs:${ProductCode}:${Region}:${Account}:${ResourceType}/${ResourceId}";

/** What refuses a whole call. */
export const tagErrors = {
  missing: (name: "RegionId" | "ResourceIdARN" | "TagKey") =>
    new CloudError(404, `MissingParameter.${name}`, `The parameter ${name} is mandatory for this action.`),
  noResources: () =>
    new CloudError(403, "MissingParameter.ResourceIds", "The parameter ResourceIds is mandatory for this action."),
  tags: () =>
    new CloudError(
      400,
      "InvalidParameter.Tags",
      "The Tags parameter cannot be empty, and JSON parsing should adhere to the format of a Map.",
    ),
  arnFormat: (arn: string) =>
    new CloudError(400, "InvalidResourceARN.FormatError", `The ResourceARN ${arn} is not like ${ARN_FORMAT}.`),
  arnRegion: (region: string) =>
    new CloudError(
      400,
      "InvalidResourceARN.Region",
      `The Region specified in the ResourceARN parameter does not match the RegionId parameter, specifically: ${region}.`,
    ),
  arnAccount: (account: string) =>
    new CloudError(400, "InvalidResourceARN.Account", `The Account in the ResourceARN is not yours: ${account}.`),
  serviceCode: (product: string) =>
    new CloudError(
      400,
      "InvalidParameter.ServiceCode",
      `The parameter service code: ${product} in  ResourceARN is not valid or not support.`,
    ),
  resourceType: (kind: string) =>
    new CloudError(
      400,
      "InvalidParameter.ResourceType",
      `The parameter resource type: ${kind} in ResourceARN is not valid or not support.`,
    ),
  tooMany: (what: "ResourceIds" | "Tags", limit: number) =>
    new CloudError(403, `NumberExceed.${what}`, `The maximum number of ${what} is exceeded. The maximum is ${limit}.`),
  duplicateKey: () => new CloudError(403, "Duplicate.TagKey", "The Tags parameter contains duplicate keys."),
  key: (key: string) =>
    new CloudError(
      400,
      "InvalidParameter.TagKey",
      `The parameter TagKey is not valid. The following TagKeys are invalid: ${key}.`,
    ),
  value: (value: string) =>
    new CloudError(
      400,
      "InvalidParameter.TagValue",
      `The parameter TagValue is not valid. The following TagValues are invalid: ${value}.`,
    ),
  systemTag: () => new CloudError(403, "NoPermission.SystemTag", "You are not authorized to operate on system tags."),
  category: () => new CloudError(403, "InvalidParameter.Category", "The parameter Category is not valid."),
  pageSize: (name: "PageSize" | "MaxResult") =>
    new CloudError(400, `InvalidParameter.${name}`, `The parameter ${name} is not valid.`),
  token: () => new CloudError(403, "Invalid.NextToken", "The parameter NextToken is invalid."),
  supportCode: () => new CloudError(403, "InvalidParameter.SupportCode", "The parameter SupportCode is not valid."),
} as const;
