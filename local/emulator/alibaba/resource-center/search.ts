import { CloudError } from "../../cloud-error.ts";
import type { StoredResource } from "../../shelf.ts";
import { eachPair, type TagPairs } from "../../tag-pairs.ts";
import { isoTime, wholeNumber, type AlibabaAction, type AlibabaBody, type AlibabaCall } from "../call.ts";
import { checkOpen, seenBy } from "./call.ts";
import { filterFacts, readFilter } from "./filters.ts";
import { listedName } from "./resource-types.ts";

/** Rows: https://www.alibabacloud.com/help/en/resource-management/resource-center/developer-reference/api-resourcecenter-2022-12-01-searchresources */
const ROWS = { from: 1, to: 500, otherwise: 20 };

const invalid = (name: string, status = 400): CloudError =>
  new CloudError(status, `InvalidParameter.${name}`, `The specified parameter ${name} is not valid.`);

function rowOf(resource: StoredResource, tags: TagPairs): AlibabaBody {
  return {
    AccountId: resource.account,
    RegionId: resource.region,
    ResourceType: listedName(resource.type),
    ResourceId: resource.id,
    ResourceName: resource.id,
    ResourceGroupId: "rg-default",
    CreateTime: isoTime(resource.createdAt),
    Tags: eachPair(tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

/** Throws CloudError for what the cloud has and this one doesn't: another order, an expression, what was deleted. */
function checkServed({ parameters }: AlibabaCall): void {
  const asks = (name: string, usual: string): boolean => (parameters.get(name) ?? usual) !== usual;
  if (asks("SortCriterion.Key", "CreateTime")) throw invalid("SortCriterion.Key", 409);
  if (asks("SortCriterion.Order", "ASC")) throw invalid("SortCriterion.Order", 409);
  if (asks("SearchExpression", "")) throw invalid("SearchExpression");
  if (asks("IncludeDeletedResources", "false")) throw invalid("IncludeDeletedResources");
}

/** What makes a listing, so that the token of one page is good for its next page alone. */
function identityOf({ parameters, account }: AlibabaCall): string {
  const filters = [...parameters.all].filter(([name]) => name.startsWith("Filter."));
  return JSON.stringify(["resource-center", account, filters.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** Lists what exists in an account, tagged or not, of all its regions and types, as it was some time ago. */
export const searchResources: AlibabaAction = {
  ...filterFacts,
  run(call) {
    checkOpen(call, "SearchResources");
    checkServed(call);
    const { parameters, cloud, account, admission } = call;
    const asked = wholeNumber(parameters.get("MaxResults"), ROWS, () => invalid("MaxResults"));
    const size = Math.min(asked, cloud.mostRows ?? asked);
    const meets = readFilter(parameters);
    const isSeen = seenBy(call);
    const identity = identityOf(call);
    const token = parameters.get("NextToken") ?? "";
    const start = token === "" ? { place: 0 } : cloud.tokens.open(identity, token);
    if (start === undefined) throw invalid("NextToken");

    const rows: AlibabaBody[] = [];
    const end = { place: start.place, hasMore: false };
    cloud.world.inventory("alibaba", account, start.place, (resource, tags) => {
      if (!isSeen(resource.type) || admission.hides(resource.id) || !meets(resource, tags)) return true;
      end.hasMore = rows.length === size;
      if (end.hasMore) return false;
      rows.push(rowOf(resource, tags));
      end.place = resource.sequence;
      return true;
    });
    return {
      Resources: rows,
      MaxResults: asked,
      ...(end.hasMore && { NextToken: cloud.tokens.issue(identity, { place: end.place, offset: 0 }) }),
    };
  },
};
