import type { StoredResource } from "../shelf.ts";
import type { HuaweiAnswer, HuaweiCall } from "./call.ts";
import { huaweiError } from "./errors.ts";

const MARKER = /^[A-Za-z0-9+/=_-]{4,400}$/;
const DEFAULT_LIMIT = 100;
const MOST = 200;

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function userRow(user: StoredResource): object {
  return {
    user_id: user.id,
    user_name: user.id,
    urn: `iam::${user.account}:user:${user.id}`,
    enabled: true,
    is_root_user: false,
    created_at: isoTime(user.createdAt),
    description: "",
  };
}

/** A trust agency has a trust policy, an agency of the old kind a trusted domain. */
function agencyRow(agency: StoredResource): object {
  return {
    agency_id: agency.id,
    agency_name: agency.id,
    urn: `iam::${agency.account}:agency:${agency.id}`,
    path: "",
    created_at: isoTime(agency.createdAt),
    description: "",
    max_session_duration: 3600,
    ...(agency.legacy
      ? { trust_domain_id: agency.account, trust_domain_name: agency.account }
      : { trust_policy: '{"Version":"5.0","Statement":[]}' }),
  };
}

function readLimit(query: URLSearchParams): number {
  const text = query.get("limit") ?? "";
  if (text === "") return DEFAULT_LIMIT;
  const limit = /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MOST) throw huaweiError("PAP5.0009", `limit must be from 1 to ${MOST}`);
  return limit;
}

/** Lists principals by marker. Tags are not in the rows. */
function list(
  call: HuaweiCall,
  kind: "user" | "agency",
  name: "users" | "agencies",
  row: (resource: StoredResource) => object,
  filter: readonly [parameter: string, passes: (resource: StoredResource, value: string) => boolean],
): HuaweiAnswer {
  const limit = readLimit(call.query);
  const [parameter, passes] = filter;
  const value = call.query.get(parameter) ?? "";
  const query = JSON.stringify([call.account, kind, value]);
  const marker = call.query.get("marker") ?? "";
  if (marker !== "" && !MARKER.test(marker)) throw huaweiError("PAP5.0010");
  const start = marker === "" ? { place: 0 } : call.cloud.tokens.open(query, marker);
  if (start === undefined) throw huaweiError("PAP5.0010");
  const found: StoredResource[] = [];
  let more = false;
  call.cloud.world.shelf(call.account, "global", `huawei:iam:${kind}`).scan(start.place, (resource) => {
    if (call.admission.hides(resource.id) || (value !== "" && !passes(resource, value))) return true;
    more = found.length === limit;
    if (!more) found.push(resource);
    return !more;
  });
  const next = more ? call.cloud.tokens.issue(query, { place: found.at(-1)?.sequence ?? 0, offset: 0 }) : undefined;
  return {
    status: 200,
    body: {
      [name]: found.map(row),
      page_info: { ...(next === undefined ? {} : { next_marker: next }), current_count: found.length },
    },
  };
}

/** Users are in no group here, so `group_id` finds none. */
export function listUsers(call: HuaweiCall): HuaweiAnswer {
  return list(call, "user", "users", userRow, ["group_id", () => false]);
}

/** Every agency has the empty path here. */
export function listAgencies(call: HuaweiCall): HuaweiAnswer {
  return list(call, "agency", "agencies", agencyRow, ["path_prefix", () => false]);
}
