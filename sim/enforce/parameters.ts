import type { Parameters } from "../../local/emulator/alibaba/parameters.ts";
import type { SimRequest } from "./sim-request.ts";

/** The parameters of an RPC request as the emulator reads them off a query. */
export function parametersOf({ type, region, ids, tags, token }: SimRequest): Parameters {
  const all = new Map([["ResourceType", type.slice(type.lastIndexOf(":") + 1)]]);
  if (type.startsWith("alibaba:vpcipam:")) all.set("RegionId", region).set("MaxResults", "50");
  if (token !== undefined) all.set("NextToken", token);
  const pairs = Array.from(tags, ([key, value]) => ({ key, value }));
  return {
    all,
    get: (name) => all.get(name),
    list: (name) => (name === "ResourceId" ? ids : []),
    tags: () => pairs,
  };
}
