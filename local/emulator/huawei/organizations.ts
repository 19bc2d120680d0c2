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

/** ListAccounts: all members, or those that lie in a unit itself, by marker. */
function listAccounts(call: HuaweiCall): HuaweiAnswer {
  const { query, cloud } = call;
  const { members, management } = managedBy(call);
  const limit = wholeNumber(query.get("limit"), ROWS, () => huaweiError("PAP5.0009", "limit"));
  const parent = query.get("parent_id") ?? "";
  const shown = members.filter(({ folders = [] }) => parent === "" || (folders.at(-1) ?? ROOT) === parent);
  const identity = JSON.stringify(["organization", call.account, parent]);
  const marker = query.get("marker") ?? "";
  const start = marker === "" ? { place: 0 } : cloud.tokens.open(identity, marker);
  if (start === undefined) throw huaweiError("PAP5.0010");
  const end = start.place + limit;
  const accounts = shown.slice(start.place, end).map((member) => rowOf(member, management));
  const next_marker = end < shown.length ? cloud.tokens.issue(identity, { place: end, offset: 0 }) : null;
  return { status: 200, body: { accounts, page_info: { next_marker, current_count: accounts.length } } };
}

/** Organizations, of which the one call is served that names the accounts. */
export const routeOrganizations = domainListing(
  "v1/organizations/accounts",
  "huawei:organizations:ListAccounts",
  listAccounts,
);
