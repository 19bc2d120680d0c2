import { CloudError } from "../../cloud-error.ts";
import type { StoredResource } from "../../shelf.ts";
import { eachPair, type TagPairs } from "../../tag-pairs.ts";
import type { AlibabaAction } from "../call.ts";
import { checkOpen, seenBy } from "./call.ts";
import { filterFacts, readFilter } from "./filters.ts";
import { listedName } from "./resource-types.ts";

/** In which groups a resource is counted. */
const GROUPS: Readonly<Record<string, (resource: StoredResource, tags: TagPairs) => readonly string[]>> = {
  ResourceType: ({ type }) => [type],
  Region: ({ region }) => [region],
  ResourceGroupId: () => ["rg-default"],
  TagKey: (_, tags) => eachPair(tags).map(([key]) => key),
  TagValue: (_, tags) => [...new Set(eachPair(tags).map(([, value]) => value))],
};

/** Counts what exists in an account, as SearchResources would show it to whoever may see all. */
export const getResourceCounts: AlibabaAction = {
  ...filterFacts,
  run(call) {
    checkOpen(call, "GetResourceCounts");
    const { parameters, cloud, account, admission } = call;
    const key = parameters.get("GroupByKey") ?? "";
    const groupsOf = Object.hasOwn(GROUPS, key) ? GROUPS[key] : undefined;
    if (groupsOf === undefined) {
      const message = "The specified parameter GroupByKey is not valid.";
      throw new CloudError(400, "InvalidParameter.GroupByKey", message);
    }
    const meets = readFilter(parameters);
    const isCounted = cloud.resourceCenter?.countsWhatIsSeen === true ? seenBy(call) : () => true;

    const counts = new Map<string, number>();
    cloud.world.inventory("alibaba", account, 0, (resource, tags) => {
      if (!isCounted(resource.type) || admission.hides(resource.id) || !meets(resource, tags)) return true;
      for (const group of groupsOf(resource, tags)) counts.set(group, (counts.get(group) ?? 0) + 1);
      return true;
    });
    const named = (group: string): string => (key === "ResourceType" ? listedName(group) : group);
    return { ResourceCounts: [...counts].map(([group, Count]) => ({ GroupName: named(group), Count })) };
  },
};
