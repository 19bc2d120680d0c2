import { sightOf } from "../../narrow-sight.ts";
import type { StoredResource } from "../../shelf.ts";
import { meets, pairsToObject, type TagCondition, type TagPairs } from "../../tag-pairs.ts";
import { projectOf, wholeNumber, type HuaweiAnswer, type HuaweiCall } from "../call.ts";
import { huaweiError } from "../errors.ts";
import { huaweiType, typeOfConfig, type HuaweiType } from "../types.ts";
import { isUnused } from "./state.ts";

/** Rows: https://docs.otc.t-systems.com/config/api-ref/apis/resource_query/querying_all_resources_under_your_account.html */
const ROWS = { from: 1, to: 200, otherwise: 100 };
const MARKER = /^[A-Za-z0-9+/=_-]{4,400}$/;
const MOST_TAGS = 5;
/** The enterprise project that everything belongs to. */
const EP_ID = "0";

type Visit = (resource: StoredResource, known: HuaweiType, tags: TagPairs) => boolean;

/** `key` or `key=value`, repeated. */
function readConditions(query: URLSearchParams): readonly TagCondition[] {
  const tags = query.getAll("tags");
  if (tags.length > MOST_TAGS) throw huaweiError("RMS.00010028");
  return tags.map((tag) => {
    const at = tag.indexOf("=");
    return at === -1 ? { key: tag } : { key: tag.slice(0, at), value: tag.slice(at + 1) };
  });
}

function readType(query: URLSearchParams): HuaweiType | undefined {
  const name = query.get("type") ?? "";
  if (name === "") return undefined;
  const known = typeOfConfig(name);
  if (known === undefined) throw huaweiError("RMS.00010002", name);
  return known;
}

/** Which types an account's recorder covers. */
function coveredBy({ cloud: { recorder }, account }: HuaweiCall): (known: HuaweiType) => boolean {
  const covered = recorder?.covers?.[account]?.map((name) => typeOfConfig(name));
  return covered === undefined ? () => true : (known) => covered.includes(known);
}

const FILTERS: readonly (readonly [name: string, of: (resource: StoredResource, call: HuaweiCall) => string])[] = [
  ["region_id", ({ region }) => region],
  ["ep_id", () => EP_ID],
  ["project_id", (resource, { cloud }) => (resource.region === "global" ? "" : projectOf(cloud, resource))],
  ["id", ({ id }) => id],
  ["name", ({ id }) => id],
];

/** Calls `visit` with what Config shows that a request asks for, after that place, until it returns false. */
function scan(call: HuaweiCall, afterSequence: number, visit: Visit): void {
  const { query, cloud, account, admission } = call;
  const wanted = readType(query);
  const conditions = readConditions(query);
  const isCovered = coveredBy(call);
  const isSeen = sightOf(cloud.recorder?.sees?.[account]);
  const filters = FILTERS.flatMap(([name, of]) => {
    const value = query.get(name) ?? "";
    return value === "" ? [] : [(resource: StoredResource) => of(resource, call) === value];
  });
  if (isUnused(cloud.recorder, account)) return;
  cloud.world.inventory("huawei", account, afterSequence, (resource, tags) => {
    const known = huaweiType(resource.type);
    if (known === undefined || (wanted !== undefined && known !== wanted)) return true;
    if (!isCovered(known) || !isSeen(known.type) || admission.hides(resource.id)) return true;
    if (!filters.every((passes) => passes(resource))) return true;
    if (!conditions.every((condition) => meets(tags, condition))) return true;
    return visit(resource, known, tags);
  });
}

function rowOf({ cloud }: HuaweiCall, resource: StoredResource, known: HuaweiType, tags: TagPairs): object {
  const { id, region } = resource;
  const time = new Date(resource.createdAt).toISOString();
  return {
    id,
    name: id,
    provider: known.provider,
    type: known.kind,
    region_id: region,
    project_id: region === "global" ? "" : projectOf(cloud, resource),
    project_name: region === "global" ? "" : region,
    ep_id: EP_ID,
    ep_name: "default",
    created: time,
    updated: time,
    provisioning_state: "Succeeded",
    state: "normal",
    tags: pairsToObject(tags),
    properties: {},
  };
}

/** ListAllResources and ListTrackedResources: what exists in the account, tagged or not, as it was some time ago. */
export function listResources(call: HuaweiCall): HuaweiAnswer {
  const { query, cloud, account } = call;
  const limit = wholeNumber(query.get("limit"), ROWS, () => huaweiError("RMS.00010024"));
  const deleted = query.get("resource_deleted") ?? "false";
  if (deleted !== "false")
    throw huaweiError("RMS.00010001", "resource_deleted: the emulator shows no deleted resources");
  const asked = [...query].filter(([name]) => name !== "limit" && name !== "marker");
  const identity = JSON.stringify(["config", account, asked]);
  const marker = query.get("marker") ?? "";
  if (marker !== "" && !MARKER.test(marker)) throw huaweiError("RMS.00010034");
  const start = marker === "" ? { place: 0 } : cloud.tokens.open(identity, marker);
  if (start === undefined) throw huaweiError("RMS.00010035");

  const rows: object[] = [];
  const end = { place: start.place, hasMore: false };
  scan(call, start.place, (resource, known, tags) => {
    end.hasMore = rows.length === limit;
    if (end.hasMore) return false;
    rows.push(rowOf(call, resource, known, tags));
    end.place = resource.sequence;
    return true;
  });
  const next_marker = end.hasMore ? cloud.tokens.issue(identity, { place: end.place, offset: 0 }) : null;
  return { status: 200, body: { resources: rows, page_info: { current_count: rows.length, next_marker } } };
}

/** CountAllResources. */
export function countResources(call: HuaweiCall): HuaweiAnswer {
  let total_count = 0;
  scan(call, 0, () => {
    total_count += 1;
    return true;
  });
  return { status: 200, body: { total_count } };
}

/** CollectAllResourcesSummary: how many there are, by service, type and region. */
export function summarizeResources(call: HuaweiCall): HuaweiAnswer {
  const counts = new Map<string, Map<string, Map<string, number>>>();
  scan(call, 0, ({ region }, { provider, kind }) => {
    const types = counts.get(provider) ?? new Map<string, Map<string, number>>();
    const regions = types.get(kind) ?? new Map<string, number>();
    counts.set(provider, types.set(kind, regions.set(region, (regions.get(region) ?? 0) + 1)));
    return true;
  });
  const body = [...counts].map(([provider, types]) => ({
    provider,
    types: [...types].map(([type, regions]) => ({
      type,
      regions: [...regions].map(([region_id, count]) => ({ region_id, count })),
    })),
  }));
  return { status: 200, body };
}
