import type { InventoryPage, InventoryResource, TagProvider } from "../../../app/ports/provider.ts";
import type { HuaweiAccountConfig } from "../../../core/config/config.ts";
import { ProviderError } from "../../../core/errors.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import type { Recorded } from "../../../core/recorded.ts";
import type { ResourceType, Tags } from "../../../core/resource.ts";
import { asArray, asCount, asId, asTagValue, asText } from "../../json.ts";
import { percentEncode } from "../../percent-encode.ts";
import type { HuaweiCall, HuaweiClient } from "../client.ts";
import { unexpectedShape } from "../listing.ts";
import { apigContract, iamContract } from "../contract.ts";
import { genericContract as contract } from "./contract.ts";
import { typesWith } from "./tms-names.ts";
import { canonicalType } from "./types.ts";

/** What Config has of one account. */
export type ConfigCalls = Required<Pick<TagProvider, "listInventory" | "countInventory" | "readRecorded">>;

/** Types that their own APIs list. */
const HAVE_OWN_ROWS: ReadonlySet<ResourceType> = new Set([iamContract, apigContract].flatMap(({ types }) => types));

/** The recorder was turned off, or has never been on. */
const RECORDER_OFF = "RMS.00010091";

/** Config of one account, once called RMS: all regions and projects in one listing. */
export function configCalls(client: HuaweiClient, { account, regions, tms }: HuaweiAccountConfig): ConfigCalls {
  const places: ReadonlySet<string> = new Set([...regions, "global"]);
  const named = typesWith(tms?.typeNames ?? {});

  async function get(
    action: string,
    path: string,
    { type, query, signal }: Pick<HuaweiCall, "query" | "signal"> & { readonly type: ResourceType },
  ): ReturnType<HuaweiClient> {
    if (contract.inventory[type] === undefined) {
      const message = `Config's inventory is of all types, and not of ${type}`;
      throw new ProviderError({ code: "UnsupportedType", kind: "request", message, httpStatus: 0, requestId: "" });
    }
    return client({
      service: "rms",
      action,
      method: "GET",
      path: `/v1/resource-manager/domains/${percentEncode(account)}/${path}`,
      ...(query !== undefined && { query }),
      region: "global",
      write: false,
      resourceIds: [],
      signal,
    });
  }

  return {
    async listInventory(_region, type, token, { signal } = {}) {
      const limit = String(contract.inventory[type]?.pageSize ?? 0);
      const query = { limit, ...(token !== undefined && { marker: token }) };
      const action = "ListAllResources";
      const { body, requestId } = await get(action, "all-resources", { type, query, signal });
      const page = readInventory(body, { places, named });
      if (page === undefined) throw unexpectedShape(action, requestId);
      return page;
    },

    async countInventory(_region, type, by, { signal } = {}) {
      const action = "CollectAllResourcesSummary";
      const { body, requestId } = await get(action, "all-resources/summary", { type, signal });
      const counts = readSummary(body, by);
      if (counts === undefined) throw unexpectedShape(action, requestId);
      return counts;
    },

    async readRecorded(_region, type, { signal } = {}) {
      const action = "ShowTrackerConfig";
      try {
        const { body, requestId } = await get(action, "tracker-config", { type, signal });
        const recorded = readSelector(body);
        if (recorded === undefined) throw unexpectedShape(action, requestId);
        return recorded;
      } catch (error) {
        if (error instanceof ProviderError && error.code === RECORDER_OFF) return "nothing";
        throw error;
      }
    },
  };
}

/**
 * The page that such a call was answered with; undefined for another shape.
 * @see https://docs.otc.t-systems.com/config/api-ref/apis/resource_query/querying_all_resources_under_your_account.html
 */
function readInventory(body: JsonObject, { places, named }: Known): InventoryPage | undefined {
  const rows = asArray(body["resources"]);
  const info = asObject(body["page_info"]);
  if (rows === undefined || info === undefined) return undefined;
  const resources: InventoryResource[] = [];
  let elsewhere = 0;
  for (const each of rows) {
    const row = readRow(asObject(each) ?? {}, named);
    if (row === undefined) return undefined;
    if (!places.has(row.region ?? "")) elsewhere += 1;
    else if (row.resource !== undefined) resources.push(row.resource);
  }
  const marker = asText(info["next_marker"]) ?? "";
  return { resources, rowCount: rows.length, elsewhere, ...(marker !== "" && { nextToken: marker }) };
}

/** What an account's configuration says of rows. */
interface Known {
  /** The regions to list, and `global`. */
  readonly places: ReadonlySet<string>;
  /** The types that TMS has a known name of. */
  readonly named: ReadonlySet<ResourceType>;
}

interface Row {
  readonly region: string;
  /** Absent = it is gone, or listed by a row of its own. */
  readonly resource?: InventoryResource;
}

function readRow(row: JsonObject, named: ReadonlySet<ResourceType>): Row | undefined {
  const [id, provider, kind] = [asId(row["id"]), asText(row["provider"]), asText(row["type"])];
  if (id === undefined || provider === undefined || kind === undefined) return undefined;
  const type = canonicalType(provider, kind);
  const region = regionOf(row, provider);
  const isDeleted = asText(row["state"])?.toLowerCase() === "deleted";
  if (isDeleted || HAVE_OWN_ROWS.has(type)) return { region };
  const tags = readTagMap(row["tags"]);
  const project = asText(row["project_id"]) ?? "";
  // What carries tags can carry them, whatever TMS calls it.
  const isTaggable = named.has(type) || (tags?.size ?? 0) > 0;
  const resource: InventoryResource = {
    type,
    id,
    region,
    ...(project !== "" && { project }),
    ...(tags !== undefined && { tags }),
    ...(!isTaggable && { notTaggable: "UnsupportedType" }),
  };
  return { region, resource };
}

function regionOf(row: JsonObject, provider: string): string {
  const said = asText(row["region_id"]) ?? "";
  const isCentral = contract.globalServices?.has(provider.toLowerCase()) === true;
  return said === "" || isCentral ? "global" : said;
}

/** Undefined where they can't be read: then the row says nothing of them. */
function readTagMap(value: unknown): Tags | undefined {
  const carried = asObject(value);
  if (carried === undefined) return undefined;
  const tags = new Map<string, string>();
  for (const [key, said] of Object.entries(carried)) {
    const text = asTagValue(said);
    if (text === undefined) return undefined;
    tags.set(key, text);
  }
  return tags;
}

/**
 * How many there are by type as it is called here, or by region.
 * @see https://docs.otc.t-systems.com/config/api-ref/apis/resource_query/querying_a_resource_summary.html
 */
function readSummary(body: JsonObject, by: "type" | "region"): ReadonlyMap<string, number> | undefined {
  const counts = new Map<string, number>();
  const rows = rowsIn(body["items"], "types").flatMap(({ row: service, below: types }) =>
    types.flatMap((each) =>
      rowsIn([each], "regions").flatMap(({ row: type, below: regions }) =>
        regions.map((place) => ({ service, type, place: asObject(place) ?? {} })),
      ),
    ),
  );
  if (asArray(body["items"]) === undefined) return undefined;
  for (const { service, type, place } of rows) {
    const [provider, kind] = [asText(service["provider"]), asText(type["type"])];
    const [region, count] = [asText(place["region_id"]), asCount(place["count"])];
    if (provider === undefined || kind === undefined || region === undefined || count === undefined) return undefined;
    const name = by === "type" ? canonicalType(provider, kind) : region === "" ? "global" : region;
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return counts;
}

/** The rows of a list, with what each lists itself; of one that lists nothing, something that is no row. */
function rowsIn(list: unknown, below: string): { readonly row: JsonObject; readonly below: readonly unknown[] }[] {
  return (asArray(list) ?? []).map((each) => {
    const row = asObject(each) ?? {};
    return { row, below: asArray(row[below]) ?? [undefined] };
  });
}

/**
 * What a recorder that is on records.
 * @see https://github.com/huaweicloud/huaweicloud-sdk-nodejs-v3/tree/master/services/config
 */
function readSelector(body: JsonObject): Recorded | undefined {
  const selector = asObject(body["selector"]);
  if (selector?.["all_supported"] === true) return "everything";
  const names = asArray(selector?.["resource_types"])?.map((name) => asText(name)?.split(".", 2));
  if (names?.every((name) => name !== undefined) !== true) return undefined;
  return names.map(([provider = "", kind = ""]) => canonicalType(provider, kind));
}
