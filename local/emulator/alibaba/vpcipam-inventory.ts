import { CloudError } from "../cloud-error.ts";
import type { StoredResource } from "../shelf.ts";
import { eachPair, meets, type TagCondition } from "../tag-pairs.ts";
import { isoTime, wholeNumber, type AlibabaAction, type AlibabaBody, type AlibabaCall } from "./call.ts";

interface Inventory {
  readonly type: string;
  /** `Ipams`: the list in the response. */
  readonly list: string;
  /** `IpamId`: the id in a row; `…s.N` filters by it. */
  readonly id: string;
  readonly name: string;
  /** Filters on what emulated resources don't have: with any of them nothing is found. */
  readonly unmet: readonly string[];
}

const MOST_IDS = 100;

function conditionsOf(call: AlibabaCall): TagCondition[] {
  return call.parameters.tags("Tags").map(({ key, value }) => {
    if (key === undefined || key === "") {
      throw new CloudError(400, "IllegalParam.TagKey", "The input parameter TagKey is invalid.");
    }
    return value === undefined || value === "" ? { key } : { key, value };
  });
}

function row(resource: StoredResource, inventory: Inventory): AlibabaBody {
  return {
    [inventory.id]: resource.id,
    [inventory.name]: resource.id,
    RegionId: resource.region,
    OwnerId: resource.account,
    Status: "Created",
    CreateTime: isoTime(resource.createdAt),
    Tags: eachPair(resource.tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

function list(inventory: Inventory): AlibabaAction {
  const idList = `${inventory.id}s`;
  return {
    types: () => [inventory.type],
    resourceIds: (parameters) => parameters.list(idList),
    run(call) {
      const { parameters, cloud, admission } = call;
      const region = parameters.get("RegionId") ?? "";
      if (region === "") {
        const message = "The input parameter RegionId that is mandatory for processing this request is not supplied.";
        throw new CloudError(400, "MissingParameter.RegionId", message);
      }
      if (region !== call.region) {
        throw new CloudError(404, "InvalidRegionId.NotFound", "The specified RegionId does not exist.");
      }
      const ids = parameters.list(idList);
      if (ids.length > MOST_IDS) {
        const message = `The number of Param ${idList} exceeded the limit.`;
        throw new CloudError(400, `IllegalParamSize.${idList}`, message);
      }
      const conditions = conditionsOf(call);
      const size = wholeNumber(
        parameters.get("MaxResults"),
        { from: 1, to: 100, otherwise: 10 },
        () => new CloudError(400, "IllegalParam.MaxResults", "The input parameter MaxResults is invalid."),
      );
      const name = parameters.get(inventory.name) ?? "";
      const unmet = inventory.unmet.filter((parameter) => (parameters.get(parameter) ?? "") !== "");
      const query = JSON.stringify([inventory.type, call.account, call.region, ids, conditions, name, unmet]);
      const token = parameters.get("NextToken") ?? "";
      const start = token === "" ? { place: 0, offset: 0 } : cloud.tokens.open(query, token);
      if (start === undefined) throw new CloudError(400, "Invalid.NextToken", "The specified NextToken is invalid.");

      const shelf = cloud.world.shelf(call.account, call.region, inventory.type);
      const wantedIds = new Set(ids);
      const found: StoredResource[] = [];
      let more = false;
      shelf.scan(start.place, (resource) => {
        if (unmet.length > 0) return false;
        if (admission.hides(resource.id)) return true;
        if (wantedIds.size > 0 && !wantedIds.has(resource.id)) return true;
        if (name !== "" && resource.id !== name) return true;
        if (!conditions.every((condition) => meets(resource.tags, condition))) return true;
        more = found.length === size;
        if (!more) found.push(resource);
        return !more;
      });
      const place = found.at(-1)?.sequence ?? 0;
      return {
        [inventory.list]: found.map((resource) => row(resource, inventory)),
        Count: found.length,
        TotalCount: shelf.size,
        MaxResults: size,
        NextToken: more ? cloud.tokens.issue(query, { place, offset: 0 }) : "",
      };
    },
  };
}

const UNMET = ["ResourceGroupId"];

/** ListIpams and its siblings: the only way to find what carries no tags. */
export const vpcIpamInventory: Readonly<Record<string, AlibabaAction>> = {
  ListIpams: list({ type: "alibaba:vpcipam:IPAM", list: "Ipams", id: "IpamId", name: "IpamName", unmet: UNMET }),
  ListIpamScopes: list({
    type: "alibaba:vpcipam:IPAMSCOPE",
    list: "IpamScopes",
    id: "IpamScopeId",
    name: "IpamScopeName",
    unmet: [...UNMET, "IpamId", "IpamScopeType"],
  }),
  ListIpamPools: list({
    type: "alibaba:vpcipam:IPAMPOOL",
    list: "IpamPools",
    id: "IpamPoolId",
    name: "IpamPoolName",
    unmet: [...UNMET, "IpamScopeId", "PoolRegionId", "SourceIpamPoolId", "IsShared", "IpVersion", "Ipv6Isp"],
  }),
};
