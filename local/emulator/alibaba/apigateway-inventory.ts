import { CloudError } from "../cloud-error.ts";
import type { StoredResource } from "../shelf.ts";
import { eachPair, meets } from "../tag-pairs.ts";
import { isoTime, wholeNumber, type AlibabaAction, type AlibabaBody, type AlibabaCall } from "./call.ts";

/** How one Describe action lists its kind of resource. */
interface Inventory {
  readonly type: string;
  readonly maxPageSize: number;
  /** The parameter that names one resource. */
  readonly idParameter: string;
  /** The parameter that a resource's name must contain; resources are named like their id here. */
  readonly nameParameter?: string;
  /** Filters on what emulated resources don't have: with any of them nothing is found. */
  readonly unmet: readonly string[];
  wrap(rows: readonly AlibabaBody[]): AlibabaBody;
  row(resource: StoredResource): AlibabaBody;
}

function tagInfo(resource: StoredResource): AlibabaBody {
  return { TagInfo: eachPair(resource.tags).map(([Key, Value]) => ({ Key, Value })) };
}

function times(resource: StoredResource): AlibabaBody {
  return { CreatedTime: isoTime(resource.createdAt), ModifiedTime: isoTime(resource.createdAt) };
}

/** App ids are numbers in responses; an id that isn't one stays text. */
function appId(id: string): number | string {
  return /^[1-9][0-9]{0,14}$/.test(id) ? Number(id) : id;
}

const invalid = (name: string) => () =>
  new CloudError(400, `Invalid${name}`, `The specified parameter ${name} value is not valid.`);

function filterOf(call: AlibabaCall, inventory: Inventory): ((resource: StoredResource) => boolean) | undefined {
  const { parameters, admission } = call;
  const id = parameters.get(inventory.idParameter) ?? "";
  const name = inventory.nameParameter === undefined ? "" : (parameters.get(inventory.nameParameter) ?? "");
  const unmet = inventory.unmet.some((parameter) => (parameters.get(parameter) ?? "") !== "");
  const conditions = parameters.tags("Tag").map(({ key, value }) => {
    if (key === undefined) throw new CloudError(400, "InvalidParameter.TagKey", "The Tag.N.Key parameter is invalid.");
    return value === undefined || value === "" ? { key } : { key, value };
  });
  if (id === "" && name === "" && !unmet && conditions.length === 0 && !admission.hides("")) return undefined;
  return (resource) =>
    !unmet &&
    !admission.hides(resource.id) &&
    (id === "" || resource.id === id) &&
    resource.id.includes(name) &&
    conditions.every((condition) => meets(resource.tags, condition));
}

function select(call: AlibabaCall, inventory: Inventory, offset: number, limit: number): [StoredResource[], number] {
  const shelf = call.cloud.world.shelf(call.account, call.region, inventory.type);
  const newestFirst = (call.parameters.get("Sort") ?? "desc").toLowerCase() !== "asc";
  const filter = filterOf(call, inventory);
  if (filter === undefined) return [shelf.slice(offset, limit, newestFirst), shelf.size];
  const found = shelf.slice(0, shelf.size, newestFirst).filter(filter);
  return [found.slice(offset, offset + limit), found.length];
}

function describe(inventory: Inventory): AlibabaAction {
  return {
    types: () => [inventory.type],
    resourceIds(parameters) {
      const id = parameters.get(inventory.idParameter) ?? "";
      return id === "" ? [] : [id];
    },
    run(call) {
      const { parameters } = call;
      const pages = { from: 1, to: 100_000_000, otherwise: 1 };
      const sizes = { from: 1, to: inventory.maxPageSize, otherwise: 10 };
      const PageNumber = wholeNumber(parameters.get("PageNumber"), pages, invalid("PageNumber"));
      const PageSize = wholeNumber(parameters.get("PageSize"), sizes, invalid("PageSize"));
      const [resources, TotalCount] = select(call, inventory, (PageNumber - 1) * PageSize, PageSize);
      return {
        TotalCount,
        PageNumber,
        PageSize,
        ...inventory.wrap(resources.map((resource) => inventory.row(resource))),
      };
    },
  };
}

const apiGroups: Inventory = {
  type: "alibaba:apigateway:apiGroup",
  maxPageSize: 50,
  idParameter: "GroupId",
  nameParameter: "GroupName",
  unmet: ["InstanceId", "BasePath"],
  wrap: (rows) => ({ ApiGroupAttributes: { ApiGroupAttribute: rows } }),
  row: (resource) => ({
    GroupId: resource.id,
    GroupName: resource.id,
    SubDomain: `${resource.id}-${resource.region}.example.com`,
    RegionId: resource.region,
    InstanceId: "api-shared-vpc-001",
    InstanceType: "VPC_SHARED",
    ...times(resource),
    Description: "",
    BillingStatus: "NORMAL",
    IllegalStatus: "NORMAL",
    HttpsPolicy: "HTTPS2_TLS1_0",
    TrafficLimit: 500,
    BasePath: "/",
    Tags: tagInfo(resource),
  }),
};

const plugins: Inventory = {
  type: "alibaba:apigateway:plugin",
  maxPageSize: 100,
  idParameter: "PluginId",
  nameParameter: "PluginName",
  unmet: [],
  wrap: (rows) => ({ Plugins: { PluginAttribute: rows } }),
  row: (resource) => ({
    PluginId: resource.id,
    PluginName: resource.id,
    PluginType: "trafficControl",
    PluginData: "",
    RegionId: resource.region,
    ...times(resource),
    Description: "",
    Tags: tagInfo(resource),
  }),
};

const apps: Inventory = {
  type: "alibaba:apigateway:app",
  maxPageSize: 100,
  idParameter: "AppId",
  unmet: ["AppOwner"],
  wrap: (rows) => ({ Apps: { AppItem: rows } }),
  row: (resource) => ({ AppId: appId(resource.id), AppName: resource.id, Description: "" }),
};

const appAttributes: Inventory = {
  ...apps,
  nameParameter: "AppName",
  unmet: ["AppCode", "AppKey"],
  wrap: (rows) => ({ Apps: { AppAttribute: rows } }),
  row: (resource) => ({
    AppId: appId(resource.id),
    AppName: resource.id,
    Description: "",
    ...times(resource),
    Tags: tagInfo(resource),
  }),
};

const apis: Inventory = {
  type: "alibaba:apigateway:api",
  maxPageSize: 50,
  idParameter: "ApiId",
  nameParameter: "ApiName",
  unmet: ["GroupId", "CatalogId", "ApiMethod", "ApiPath"],
  wrap: (rows) => ({ ApiSummarys: { ApiSummary: rows } }),
  row: (resource) => ({
    ApiId: resource.id,
    ApiName: resource.id,
    RegionId: resource.region,
    Visibility: "PRIVATE",
    ...times(resource),
    Description: "",
    TagList: { Tag: eachPair(resource.tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })) },
  }),
};

/** The Describe actions: the only way to find what carries no tags. */
export const apiGatewayInventory: Readonly<Record<string, AlibabaAction>> = {
  DescribeApiGroups: describe(apiGroups),
  DescribePlugins: describe(plugins),
  DescribeApps: describe(apps),
  DescribeAppAttributes: describe(appAttributes),
  DescribeApis: describe(apis),
};
