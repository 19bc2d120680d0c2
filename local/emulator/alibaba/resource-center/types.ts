import { CloudError } from "../../cloud-error.ts";
import type { AlibabaAction, AlibabaBody } from "../call.ts";
import { LISTED_TYPES, listedType, type ListedType } from "./resource-types.ts";

/** What a row holds beside its type, where the call asks for it. */
const FIELDS: Readonly<Record<string, (listed: ListedType) => unknown>> = {
  ResourceType: ({ name }) => name,
  ProductName: ({ name }) => name.split("::")[1],
  ResourceTypeName: ({ name }) => name.split("::")[2],
  FilterKeys: () => ["ResourceType", "RegionId", "ResourceId", "ResourceName", "Tag"],
  RelatedResourceTypes: () => [],
  CodeMapping: ({ tagCode }) => (tagCode === undefined ? {} : { ResourceGroup: tagCode, Tag: tagCode }),
};

const invalid = (name: string): CloudError =>
  new CloudError(409, `InvalidParameter.${name}`, `The specified parameter ${name} is not valid.`);

/** Lists the types that Resource Center knows, and the Tag service's codes for them; all on one page. */
export const listResourceTypes: AlibabaAction = {
  types: () => [],
  resourceIds: () => [],
  run({ parameters }) {
    const asked = parameters.list("Query");
    if (!asked.every((field) => Object.hasOwn(FIELDS, field))) throw invalid("Query");
    const fields = asked.length === 0 ? Object.keys(FIELDS) : ["ResourceType", ...asked];
    const rowOf = (listed: ListedType): AlibabaBody =>
      Object.fromEntries(fields.map((field) => [field, FIELDS[field]?.(listed)]));
    const name = parameters.get("ResourceType") ?? "";
    if (name === "") return { ResourceTypes: LISTED_TYPES.map(rowOf) };
    const listed = listedType(name);
    if (listed === undefined) throw invalid("ResourceType");
    return { ResourceTypes: [rowOf(listed)] };
  },
};
