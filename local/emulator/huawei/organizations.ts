import { directoryOf, type Directory, type DirectoryMember } from "../directory.ts";
import { wholeNumber, type HuaweiAnswer, type HuaweiCall } from "./call.ts";
import { domainListing } from "./domain-listing.ts";
import { huaweiError } from "./errors.ts";

const ROWS = { from: 1, to: 200, otherwise: 100 };
const ORGANIZATION_ID = "o-emulated";
const ROOT = "r-emulated";

/** The organization, for the account that manages it. Throws CloudError for every other one. */
function managedBy({ cloud, account }: HuaweiCall): Directory {
  const organization = directoryOf("huawei", cloud.organization, cloud.keyring);
  if (account !== organization.management) throw huaweiError("PAP5.0001");
  return organization;
}

function rowOf({ account, joined = "created", status = "active" }: DirectoryMember, management: string): object {
  return {
    id: account,
    urn: `organizations::${management}:account:${ORGANIZATION_ID}/${account}`,
    join_method: joined,
    status,
    joined_at: "2026-11-22T00:00:00Z",
    name: `emulated-${account}`,
    description: "",
  };
}

/** One page of rows by marker, under the name that an answer has for them. */
function pageOf<Item>(
  call: HuaweiCall,
  all: readonly Item[],
  name: string,
  write: (item: Item) => object,
): HuaweiAnswer {
  const { query, cloud } = call;
  const limit = wholeNumber(query.get("limit"), ROWS, () => huaweiError("PAP5.0009", "limit"));
  const identity = JSON.stringify(["organization", name, call.account, query.get("parent_id") ?? ""]);
  const marker = query.get("marker") ?? "";
  const start = marker === "" ? { place: 0 } : cloud.tokens.open(identity, marker);
  if (start === undefined) throw huaweiError("PAP5.0010");
  const end = start.place + limit;
  const rows = all.slice(start.place, end).map(write);
  const next_marker = end < all.length ? cloud.tokens.issue(identity, { place: end, offset: 0 }) : null;
  return { status: 200, body: { [name]: rows, page_info: { next_marker, current_count: rows.length } } };
}

/** ListAccounts: all members, or those that lie in a unit itself, by marker. */
function listAccounts(call: HuaweiCall): HuaweiAnswer {
  const { members, management } = managedBy(call);
  const parent = call.query.get("parent_id") ?? "";
  const shown = members.filter(({ folders = [] }) => parent === "" || (folders.at(-1) ?? ROOT) === parent);
  return pageOf(call, shown, "accounts", (member) => rowOf(member, management));
}

/** ListOrganizationalUnits: those that lie in a unit, or in the root, itself; without a parent all. */
function listUnits(call: HuaweiCall): HuaweiAnswer {
  const { members, management } = managedBy(call);
  const parent = call.query.get("parent_id") ?? "";
  const paths = members.map(({ folders = [] }) => [ROOT, ...folders]);
  const below = paths.flatMap((path) => path.slice(1).filter((_, at) => parent === "" || path[at] === parent));
  return pageOf(call, [...new Set(below)], "organizational_units", (id) => ({
    id,
    urn: `organizations::${management}:ou:${ORGANIZATION_ID}/${id}`,
    name: `emulated-${id}`,
    created_at: "2026-11-22T00:00:00Z",
  }));
}

/** Organizations, of which the calls are served that name the accounts and the units that they lie in. */
export const routeOrganizations = domainListing(
  "v1/organizations/accounts",
  "huawei:organizations:ListAccounts",
  listAccounts,
);

export const routeUnits = domainListing(
  "v1/organizations/organizational-units",
  "huawei:organizations:ListOrganizationalUnits",
  listUnits,
);
