import { CloudError } from "../cloud-error.ts";
import type { StoredResource } from "../shelf.ts";
import { eachPair } from "../tag-pairs.ts";
import { emulatedLimits } from "../limits.ts";
import { ALL_TYPES, findResource, invalid, regionsSeen, type AwsCall } from "./call.ts";
import { hasOtherHome } from "./global-home.ts";
import { readQuery, type ResourcesQuery } from "./get-resources-query.ts";

/**
 * How many resources a page looks at, as a multiple of its size: where few of them match, the page is short or empty
 * and still isn't the last.
 */
const LOOKED_AT_PER_ROW = 4;

const SILENT: ReadonlySet<string> = new Set(emulatedLimits[ALL_TYPES].silentTypes);

/** Whether the index holds a resource: what carries tags or ever did, but for the types that it leaves out. */
function isIndexed({ type, everTagged }: StoredResource): boolean {
  return everTagged && !SILENT.has(type);
}

function mapping(resource: StoredResource, query: ResourcesQuery): object {
  return {
    ResourceARN: resource.id,
    Tags: eachPair(resource.tags).map(([Key, Value]) => ({ Key, Value })),
    ...(query.compliance
      ? { ComplianceDetails: { ComplianceStatus: true, NoncompliantKeys: [], KeysWithNoncompliantValues: [] } }
      : {}),
  };
}

function startOf(call: AwsCall, query: ResourcesQuery): { place: number; offset: number } {
  if (query.token === "") return { place: 0, offset: 0 };
  const start = call.cloud.tokens.open(query.identity, query.token);
  if (start === undefined) throw invalid("The PaginationToken is not valid for this request.");
  if (call.cloud.now() - start.issuedAt > call.cloud.paginationTokenMs) {
    throw new CloudError(400, "PaginationTokenExpiredException", "The PaginationToken has expired.");
  }
  return start;
}

/** One page over the regions seen, one after another; a token's offset says which region it stands in. */
function page(call: AwsCall, query: ResourcesQuery): { found: StoredResource[]; next: string } {
  const regions = regionsSeen(call);
  let { place, offset } = startOf(call, query);
  let budget = query.pageSize * LOOKED_AT_PER_ROW;
  let tags = 0;
  const found: StoredResource[] = [];
  for (; offset < regions.length; offset += 1, place = 0) {
    let full = false;
    call.cloud.world.shelf(call.account, regions[offset] ?? "", ALL_TYPES).scan(place, (resource) => {
      const seen = !call.admission.hides(resource.id) && !hasOtherHome(resource.id, call.region);
      const wanted = seen && isIndexed(resource) && query.matches(resource);
      const weight = Math.max(1, resource.tags.length / 2);
      full = budget === 0 || (wanted && (found.length === query.pageSize || tags + weight > query.tagsPerPage));
      if (full) return false;
      budget -= 1;
      place = resource.sequence;
      if (!wanted) return true;
      tags += weight;
      found.push(resource);
      return true;
    });
    if (full) return { found, next: call.cloud.tokens.issue(query.identity, { place, offset }) };
  }
  return { found, next: "" };
}

/**
 * Lists what carries tags or ever did, each with all its tags, and nothing of the types that it is silent about. By ARN,
 * those that aren't known are left out.
 * https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
 */
export function getResources(call: AwsCall): object {
  const query = readQuery(call);
  const { found, next } =
    query.arns === undefined
      ? page(call, query)
      : {
          found: query.arns.flatMap((arn) => findResource(call, arn) ?? []).filter(isIndexed),
          next: "",
        };
  // Nothing here has a tag policy, so everything complies.
  const listed = query.excludeCompliant ? [] : found;
  return { PaginationToken: next, ResourceTagMappingList: listed.map((resource) => mapping(resource, query)) };
}
